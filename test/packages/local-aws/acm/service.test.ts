import { readFileSync, existsSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { TLSSocket } from "node:tls";
import {
  ACMClient,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  type CreateListenerCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { type Cloud, runCloud } from "../../../../packages/local-aws/cloud.ts";
import { localPort } from "../../../../packages/local-aws/elb/addresses.ts";
import { findMoto } from "../../../../tools/moto.ts";
import { certificate as ownCertificate, key as ownKey } from "../../app/certificate.ts";

// Certificates as they really are: asked for, proved, signed, and served by the load balancer.
const region = "eu-central-1";
let cloud: Cloud;
let acm: ACMClient;
let elb: ElasticLoadBalancingV2Client;
let route53: Route53Client;
let zone: string;
let balancer: string;
let host: string;

beforeAll(async () => {
  cloud = await runCloud({ timeScale: 100, motoPython: await findMoto(() => undefined), region }, () => undefined);
  const config = cloud.client;
  acm = new ACMClient(config);
  elb = new ElasticLoadBalancingV2Client(config);
  route53 = new Route53Client(config);
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: "shop.test", CallerReference: "a" }));
  zone = HostedZone?.Id ?? "";
  const ec2 = new EC2Client(config);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.78.0.0/16" }));
  const VpcId = Vpc?.VpcId;
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const subnet = async (letter: string, part: number) => {
    const asked = { VpcId, AvailabilityZone: `${region}${letter}`, CidrBlock: `10.78.${part}.0/24` };
    return (await ec2.send(new CreateSubnetCommand(asked))).Subnet?.SubnetId ?? "";
  };
  const Subnets = [await subnet("a", 0), await subnet("b", 1)];
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: "shop", Subnets }));
  balancer = LoadBalancers?.[0].LoadBalancerArn ?? "";
  host = LoadBalancers?.[0].DNSName ?? "";
}, 300_000);

afterAll(() => cloud?.stop());

async function requested(DomainName: string, ...SubjectAlternativeNames: string[]): Promise<string> {
  const names = SubjectAlternativeNames.length > 0 ? SubjectAlternativeNames : undefined;
  const request = { DomainName, ValidationMethod: "DNS", SubjectAlternativeNames: names } as const;
  return (await acm.send(new RequestCertificateCommand(request))).CertificateArn ?? "";
}

async function described(CertificateArn: string) {
  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
  if (!Certificate) throw new Error(`no certificate ${CertificateArn}`);
  return Certificate;
}

/** Writes the records that prove a certificate's domains, or one of them; `value` in place of the right one. */
async function prove(arn: string, { value, only }: { value?: string; only?: string } = {}): Promise<void> {
  const all = (await described(arn)).DomainValidationOptions ?? [];
  const options = all.filter(({ DomainName }) => only === undefined || DomainName === only);
  const Changes = options.map(({ ResourceRecord: { Name, Value } = { Name: "", Type: "CNAME", Value: "" } }) => ({
    Action: "UPSERT" as const,
    ResourceRecordSet: { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value: value ?? Value }] },
  }));
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
}

async function issued(...names: [string, ...string[]]): Promise<string> {
  const arn = await requested(...names);
  await prove(arn);
  expect((await described(arn)).Status).toBe("ISSUED");
  return arn;
}

const hello = { StatusCode: "200", ContentType: "text/plain", MessageBody: "hello" };

async function listenerOn(Port: number, over: Partial<CreateListenerCommandInput>): Promise<string> {
  const DefaultActions = [{ Type: "fixed-response" as const, FixedResponseConfig: hello }];
  const request = { LoadBalancerArn: balancer, Port, Protocol: "HTTPS" as const, DefaultActions, ...over };
  return (await elb.send(new CreateListenerCommand(request))).Listeners?.[0].ListenerArn ?? "";
}

const withCertificate = (CertificateArn: string) => ({ Certificates: [{ CertificateArn }] });

/** Asks by HTTPS as a client does that trusts the cloud's authority and knows the load balancer by a name. */
function ask(port: number, servername: string): Promise<{ body: string; names: string; serial: string }> {
  const ca = readFileSync(cloud.certificateAuthority);
  return new Promise((resolve, reject) => {
    const call = https.get({ host, port: localPort(port), servername, ca, agent: false }, (response) => {
      const { subjectaltname = "", serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ body, names: subjectaltname, serial: serialNumber }));
    });
    call.on("error", reject);
  });
}

test("a certificate is pending until the right record stands in the zone", async () => {
  const arn = await requested("pending.shop.test");
  const before = await described(arn);
  expect(before).toMatchObject({ Status: "PENDING_VALIDATION", DomainName: "pending.shop.test" });
  expect(before).not.toHaveProperty("NotAfter");
  expect(before.DomainValidationOptions?.[0]).toMatchObject({
    ValidationStatus: "PENDING_VALIDATION",
    ResourceRecord: { Type: "CNAME" },
  });
  await expect(acm.send(new GetCertificateCommand({ CertificateArn: arn }))).rejects.toThrow(/in progress/);
  await prove(arn, { value: "somebody-else.acm-validations.aws." });
  expect((await described(arn)).Status).toBe("PENDING_VALIDATION");
  await prove(arn);
  expect(await described(arn)).toMatchObject({ Status: "ISSUED", NotAfter: expect.any(Date) as Date });
  const { Certificate } = await acm.send(new GetCertificateCommand({ CertificateArn: arn }));
  expect(Certificate).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

test("given two names, a certificate is issued once both are proved, and a wildcard asks for its base's record", async () => {
  const arn = await requested("two.shop.test", "also-two.shop.test");
  await prove(arn, { only: "two.shop.test" });
  expect((await described(arn)).Status).toBe("PENDING_VALIDATION");
  await prove(arn, { only: "also-two.shop.test" });
  expect((await described(arn)).Status).toBe("ISSUED");
  const [plain, wild] = await Promise.all([requested("base.shop.test"), requested("*.base.shop.test")]);
  const record = async (one: string) => (await described(one)).DomainValidationOptions?.[0].ResourceRecord;
  expect(await record(wild)).toEqual(await record(plain));
});

test("fails to make a listener with a certificate that is pending, or not there", async () => {
  const arn = await requested("early.shop.test");
  await expect(listenerOn(8443, withCertificate(arn))).rejects.toMatchObject({
    name: "UnsupportedCertificate",
    message: expect.stringContaining("must have a fully-qualified domain name") as string,
  });
  await expect(listenerOn(8443, withCertificate(`${arn}x`))).rejects.toMatchObject({
    name: "CertificateNotFoundException",
  });
});

test("a listener serves its own certificate, and another one once it is modified", async () => {
  const [first, second] = [await issued("first.shop.test", "also.shop.test"), await issued("second.shop.test")];
  const listener = await listenerOn(8444, withCertificate(first));
  expect(await ask(8444, "also.shop.test")).toMatchObject({
    body: "hello",
    names: "DNS:first.shop.test, DNS:also.shop.test",
  });
  await expect(ask(8444, "second.shop.test")).rejects.toThrow(/does not match certificate's altnames/);
  await elb.send(new ModifyListenerCommand({ ListenerArn: listener, ...withCertificate(second) }));
  expect(await ask(8444, "second.shop.test")).toMatchObject({ names: "DNS:second.shop.test" });
});

test("a certificate that is imported anew reaches its listener", async () => {
  const imported = { Certificate: Buffer.from(ownCertificate), PrivateKey: Buffer.from(ownKey) };
  const { CertificateArn = "" } = await acm.send(new ImportCertificateCommand(imported));
  await listenerOn(8445, withCertificate(CertificateArn));
  await expect(ask(8445, "localhost")).rejects.toThrow(/self-signed certificate/);
  // What ACM has issued is readable by the load balancer alone; the file stands for that.
  const file = `${cloud.certificateAuthority.replace("ca.pem", "")}${(await issued("renewed.shop.test")).split("/").at(-1)}.pem`;
  const [PrivateKey, Certificate] = readFileSync(file, "utf8").split(/(?<=-----END PRIVATE KEY-----)/);
  const renewal = { CertificateArn, PrivateKey: Buffer.from(PrivateKey), Certificate: Buffer.from(Certificate) };
  await acm.send(new ImportCertificateCommand(renewal));
  expect(await ask(8445, "renewed.shop.test")).toMatchObject({ body: "hello", names: "DNS:renewed.shop.test" });
});

test("a certificate in use stays until its listener is gone", async () => {
  const arn = await issued("used.shop.test");
  const ListenerArn = await listenerOn(8446, withCertificate(arn));
  expect((await described(arn)).InUseBy).toEqual([balancer]);
  const go = () => acm.send(new DeleteCertificateCommand({ CertificateArn: arn }));
  await expect(go()).rejects.toMatchObject({ name: "ResourceInUseException" });
  await elb.send(new DeleteListenerCommand({ ListenerArn }));
  await go();
  await expect(described(arn)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("port 80 sends everybody on to HTTPS, path and query kept", async () => {
  const RedirectConfig = { Port: "443", Protocol: "HTTPS", StatusCode: "HTTP_301" as const };
  const DefaultActions = [{ Type: "redirect" as const, RedirectConfig }];
  await listenerOn(80, { Protocol: "HTTP", DefaultActions });
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) =>
    http
      .get({ host, port: localPort(80), path: "/a?b=1", headers: { host: "shop.test" } }, resolve)
      .on("error", reject),
  );
  answer.resume();
  expect(answer.statusCode).toBe(301);
  expect(answer.headers.location).toBe("https://shop.test:443/a?b=1");
});

test("fails on a proof by mail, which nobody could give", async () => {
  const request = new RequestCertificateCommand({ DomainName: "mail.shop.test", ValidationMethod: "EMAIL" });
  await expect(acm.send(request)).rejects.toThrow(/does not know certificates that are proved by EMAIL/);
});

test("keys and authority are gone with the cloud", async () => {
  const { certificateAuthority } = cloud;
  expect(existsSync(certificateAuthority)).toBe(true);
  await cloud.stop();
  expect(existsSync(certificateAuthority)).toBe(false);
});
