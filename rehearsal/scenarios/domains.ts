import { DeleteCertificateCommand, DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from "@aws-sdk/client-route-53";
import { acm, route53 } from "./aws.ts";
import { until, type Context } from "./context.ts";

/** Makes a public zone, as whoever has bought the domain does. @returns its id */
export async function makeZone(context: Context, name: string): Promise<string> {
  const request = new CreateHostedZoneCommand({ Name: name, CallerReference: `${name} ${Date.now()}` });
  const { HostedZone } = await route53(context).send(request);
  return HostedZone?.Id?.replace("/hostedzone/", "") ?? "";
}

/** The records of a zone that others have put there: all but its own two. */
export async function recordsIn(context: Context, zone: string): Promise<ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await route53(context).send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
  );
  return ResourceRecordSets.filter(({ Type }) => Type !== "NS" && Type !== "SOA");
}

/** Removes a zone with its records. */
export async function removeZone(context: Context, zone: string): Promise<void> {
  const client = route53(context);
  const Changes = (await recordsIn(context, zone)).map((record) => ({
    Action: "DELETE" as const,
    ResourceRecordSet: record,
  }));
  if (Changes.length > 0) {
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
  }
  await client.send(new DeleteHostedZoneCommand({ Id: zone }));
}

/** Gets a certificate outside of any stack, as its file asks for: requested, proved in the zone, issued. @returns its ARN */
export async function makeCertificate(context: Context, domain: string, zone: string): Promise<string> {
  const client = acm(context);
  const request = new RequestCertificateCommand({ DomainName: domain, ValidationMethod: "DNS" });
  const { CertificateArn = "" } = await client.send(request);
  const described = async () =>
    (await client.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate ?? { Status: undefined };
  const before = await described();
  if (before.Status !== "PENDING_VALIDATION") throw new Error(`${domain} is ${before.Status} before it was proved`);
  const Changes = (before.DomainValidationOptions ?? []).map(({ ResourceRecord: proof }) => ({
    Action: "UPSERT" as const,
    ResourceRecordSet: { Name: proof?.Name, Type: proof?.Type, TTL: 300, ResourceRecords: [{ Value: proof?.Value }] },
  }));
  await route53(context).send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
  await until(`the certificate of ${domain} is issued`, 30, async () => (await described()).Status === "ISSUED");
  return CertificateArn;
}

export async function removeCertificate(context: Context, CertificateArn: string): Promise<void> {
  await acm(context).send(new DeleteCertificateCommand({ CertificateArn }));
}
