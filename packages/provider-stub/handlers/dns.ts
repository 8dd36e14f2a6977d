import * as acm from "@aws-sdk/client-acm";
import * as route53 from "@aws-sdk/client-route-53";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, isBlock, type Props, shape, tagList, tagMap, text, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";

const certificateArgs = shape(`domainName subjectAlternativeNames validationMethod keyAlgorithm
  options{certificateTransparencyLoggingPreference export} tags:own`);

const certificateTagging: Tagging = {
  tag: (CertificateArn, tags, cloud) =>
    cloud.acm.send(new acm.AddTagsToCertificateCommand({ CertificateArn, Tags: tagList(tags) })),
  untag: (CertificateArn, keys, cloud) =>
    cloud.acm.send(new acm.RemoveTagsFromCertificateCommand({ CertificateArn, Tags: keys.map((Key) => ({ Key })) })),
};

async function certificateOf(CertificateArn: string, cloud: Cloud): Promise<acm.CertificateDetail | undefined> {
  return (await ifThere(cloud.acm.send(new acm.DescribeCertificateCommand({ CertificateArn }))))?.Certificate;
}

const certificate: Row = {
  type: "aws:acm/certificate:Certificate",
  args: certificateArgs,
  replace: "domainName subjectAlternativeNames validationMethod keyAlgorithm",
  tagging: certificateTagging,
  check: ({ validationMethod }) =>
    validationMethod === "DNS"
      ? []
      : [{ property: "validationMethod", reason: `"${text(validationMethod)}": the stand-in only does DNS` }],
  async create(inputs, cloud) {
    const Tags = tagList(inputs.tags);
    const request = {
      ...toAws<acm.RequestCertificateCommandInput>(certificateArgs, inputs),
      ...(Tags.length > 0 ? { Tags } : {}),
    };
    return (await cloud.acm.send(new acm.RequestCertificateCommand(request))).CertificateArn ?? "";
  },
  async settle(arn, _inputs, cloud) {
    // The records that prove the domain come a moment after the certificate.
    await until(`validation records of ${arn}`, 5, cloud, async () => {
      const options = (await certificateOf(arn, cloud))?.DomainValidationOptions ?? [];
      const ready = options.length > 0 && options.every((option) => option.ResourceRecord);
      return ready ? { done: true } : { missing: "no records yet" };
    });
  },
  async read(arn, cloud) {
    const found = await certificateOf(arn, cloud);
    if (!found) return undefined;
    const tags = await cloud.acm.send(new acm.ListTagsForCertificateCommand({ CertificateArn: arn }));
    const options = (found.DomainValidationOptions ?? []).map(({ DomainName, ResourceRecord }) => ({
      domainName: DomainName,
      resourceRecordName: ResourceRecord?.Name,
      resourceRecordType: ResourceRecord?.Type,
      resourceRecordValue: ResourceRecord?.Value,
    }));
    const others = found.SubjectAlternativeNames?.filter((name) => name !== found.DomainName);
    return {
      ...fromAws(certificateArgs, found),
      subjectAlternativeNames: others,
      // AWS writes RSA-2048 where it takes RSA_2048.
      keyAlgorithm: found.KeyAlgorithm?.replace("-", "_"),
      validationMethod: found.DomainValidationOptions?.[0]?.ValidationMethod,
      domainValidationOptions: options,
      tags: tagMap(tags.Tags),
      arn,
      status: found.Status,
    };
  },
  async update({ id, news, changed }, cloud) {
    if (!changed("options")) return;
    const Options = toAws<{ Options: acm.CertificateOptions }>(certificateArgs, { options: news.options }).Options;
    await cloud.acm.send(new acm.UpdateCertificateOptionsCommand({ CertificateArn: id, Options }));
  },
  async remove(CertificateArn, _state, cloud) {
    const go = () => ifThere(cloud.acm.send(new acm.DeleteCertificateCommand({ CertificateArn })));
    await retrying(/^ResourceInUse/, 20, cloud, go);
  },
};

const validationArgs = shape("certificateArn:own validationRecordFqdns:own");

const certificateValidation: Row = {
  type: "aws:acm/certificateValidation:CertificateValidation",
  args: validationArgs,
  replace: "certificateArn validationRecordFqdns",
  async create(inputs, cloud) {
    const arn = String(inputs.certificateArn);
    return until<string>(`certificate ${arn} to be issued`, 75, cloud, async () => {
      const found = await certificateOf(arn, cloud);
      if (!found) throw new Error(`no certificate ${arn}`);
      if (found.Status === "FAILED") throw new Error(`the certificate's validation failed: ${found.FailureReason}`);
      return found.Status === "ISSUED"
        ? { done: found.IssuedAt?.toISOString() ?? arn }
        : { missing: `status ${found.Status}` };
    });
  },
  async read(_id, cloud, state) {
    const found = await certificateOf(String(state.certificateArn), cloud);
    return found?.Status === "ISSUED" ? { certificateArn: found.CertificateArn } : undefined;
  },
  async remove() {
    // There is nothing in AWS behind it.
  },
};

const recordArgs = shape(`zoneId:own name:own type ttl=TTL records:own allowOverwrite:own
  aliases=AliasTarget:listed{name=DNSName zoneId=HostedZoneId evaluateTargetHealth}`);

async function fullName(inputs: Props, cloud: Cloud): Promise<string> {
  const zone = await cloud.route53.send(new route53.GetHostedZoneCommand({ Id: String(inputs.zoneId) }));
  const domain = (zone.HostedZone?.Name ?? "").replace(/\.$/, "");
  const name = text(inputs.name ?? "")
    .replace(/\.$/, "")
    .toLowerCase();
  return name === domain || name.endsWith(`.${domain}`) ? name : [name, domain].filter(Boolean).join(".");
}

function recordSet(name: string, inputs: Props): route53.ResourceRecordSet {
  const [alias] = Array.isArray(inputs.aliases) ? inputs.aliases.filter(isBlock) : [];
  const Name = name;
  const Type = inputs.type as route53.RRType;
  if (alias) {
    const { name: DNSName, zoneId, evaluateTargetHealth } = alias;
    const AliasTarget = {
      DNSName: String(DNSName),
      HostedZoneId: String(zoneId),
      EvaluateTargetHealth: evaluateTargetHealth === true,
    };
    return { Name, Type, AliasTarget };
  }
  const ResourceRecords = ((inputs.records as string[] | undefined) ?? []).map((Value) => ({ Value }));
  return { Name, Type, TTL: Number(inputs.ttl), ResourceRecords };
}

async function change(Action: route53.ChangeAction, name: string, inputs: Props, cloud: Cloud): Promise<void> {
  const HostedZoneId = String(inputs.zoneId);
  const ChangeBatch = {
    Changes: [{ Action, ResourceRecordSet: recordSet(name, inputs) }],
    Comment: "Managed by Pulumi",
  };
  const request = new route53.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch });
  const answer = await retrying(/^(NoSuchHostedZone|PriorRequestNotComplete)/, 1, cloud, () =>
    cloud.route53.send(request),
  );
  const Id = answer.ChangeInfo?.Id;
  await until(`record ${name} to be in sync`, 30, cloud, async () => {
    const status = (await cloud.route53.send(new route53.GetChangeCommand({ Id }))).ChangeInfo?.Status;
    return status === "INSYNC" ? { done: true } : { missing: `status ${status}` };
  });
}

async function recordOf(id: string, cloud: Cloud): Promise<route53.ResourceRecordSet | undefined> {
  const [HostedZoneId, ...rest] = id.split("_");
  const StartRecordType = rest.pop() as route53.RRType;
  const StartRecordName = rest.join("_");
  const request = new route53.ListResourceRecordSetsCommand({
    HostedZoneId,
    StartRecordName,
    StartRecordType,
    MaxItems: 1,
  });
  const [found] = (await ifThere(cloud.route53.send(request)))?.ResourceRecordSets ?? [];
  const named = found?.Name?.replace(/\.$/, "").toLowerCase() === StartRecordName;
  return named && found.Type === StartRecordType ? found : undefined;
}

const record: Row = {
  type: "aws:route53/record:Record",
  args: recordArgs,
  replace: "zoneId name type",
  async create(inputs, cloud) {
    const name = await fullName(inputs, cloud);
    await change(inputs.allowOverwrite === true ? "UPSERT" : "CREATE", name, inputs, cloud);
    return `${text(inputs.zoneId)}_${name}_${text(inputs.type)}`;
  },
  async read(id, cloud, state) {
    const found = await recordOf(id, cloud);
    if (!found) return undefined;
    const fqdn = found.Name?.replace(/\.$/, "");
    const alias = found.AliasTarget;
    const aliases = alias && [
      {
        name: alias.DNSName?.replace(/\.$/, ""),
        zoneId: alias.HostedZoneId,
        evaluateTargetHealth: alias.EvaluateTargetHealth,
      },
    ];
    const records = found.ResourceRecords?.map(({ Value }) => Value);
    return {
      zoneId: id.split("_")[0],
      name: state.name ?? fqdn,
      type: found.Type,
      ttl: found.TTL,
      records,
      aliases,
      fqdn,
    };
  },
  async update({ news }, cloud) {
    await change("UPSERT", await fullName(news, cloud), news, cloud);
  },
  async remove(id, state, cloud) {
    const found = await recordOf(id, cloud);
    if (found) await change("DELETE", String(state.fqdn), state, cloud);
  },
};

/** Certificates and DNS. */
export const dnsRows: Row[] = [certificate, certificateValidation, record];
