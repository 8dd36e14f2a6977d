import type { Temporary } from "../door/keys.ts";

/** What the metadata service tells of an instance; what is undefined, it hasn't got. */
export interface MetadataOf {
  instanceId: string;
  imageId: string;
  instanceType: string;
  privateIp: string;
  mac: string;
  region: string;
  availabilityZone: string;
  accountId: string;
  launchedAt: Date;
  /** Base64, as EC2 keeps it. */
  userData?: string;
  /** All tags, those of `aws:` included; given only where the template enables `instanceMetadataTags`. */
  tags?: Record<string, string>;
  /** The state that Auto Scaling takes it to, "InService" from its launch on; a group's members only. */
  targetLifecycleState?: string;
  role?: { name: string; instanceProfileArn: string; instanceProfileId: string; issued: Temporary };
  /** The key pair that it was launched with. */
  publicKey?: { name: string; openssh: string };
}

/** A value, or a list of further names. */
export type Node = string | Buffer | Branch;

export interface Branch {
  children: Record<string, Node>;
  /** What the list says, where that isn't the names. */
  lines?: string[];
}

/** Versions of the metadata: what cloud-init looks for, the first and the newest of them, and the alias. */
export const versions = ["1.0", "2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23", "2024-04-11", "latest"];

const second = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");

const branch = (children: Record<string, Node | undefined>, lines?: string[]): Branch => ({
  children: Object.fromEntries(
    Object.entries(children).filter((entry): entry is [string, Node] => entry[1] !== undefined),
  ),
  lines,
});

const json = (value: object): string => JSON.stringify(value, undefined, 2);

function iam({ role }: MetadataOf, now: number): Branch | undefined {
  if (!role) return undefined;
  const { credentials: issued, issuedAt, expiration } = role.issued;
  const credentials = {
    Code: "Success",
    LastUpdated: second(issuedAt.getTime()),
    Type: "AWS-HMAC",
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secretAccessKey,
    Token: issued.sessionToken,
    Expiration: second(expiration.getTime()),
  };
  const { instanceProfileArn: InstanceProfileArn, instanceProfileId: InstanceProfileId } = role;
  return branch({
    info: json({ Code: "Success", LastUpdated: second(now), InstanceProfileArn, InstanceProfileId }),
    "security-credentials": branch({ [role.name]: json(credentials) }),
  });
}

function identity(instance: MetadataOf): string {
  const { accountId, availabilityZone, imageId, instanceId, instanceType, launchedAt, privateIp, region } = instance;
  return json({
    accountId,
    architecture: "x86_64",
    availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    imageId,
    instanceId,
    instanceType,
    kernelId: null,
    pendingTime: second(launchedAt.getTime()),
    privateIp,
    ramdiskId: null,
    region,
    version: "2017-09-30",
  });
}

/** All that the service tells of an instance, below the version. */
export function metadataTree(instance: MetadataOf, now: number): Branch {
  const { accountId, mac, privateIp, publicKey, region, tags, targetLifecycleState, userData } = instance;
  const hostname = `ip-${privateIp.replaceAll(".", "-")}.${region}.compute.internal`;
  const card = branch({
    "device-number": "0",
    "local-hostname": hostname,
    "local-ipv4s": privateIp,
    mac,
    "owner-id": accountId,
  });
  return branch({
    dynamic: branch({ "instance-identity": branch({ document: identity(instance) }) }),
    "meta-data": branch({
      "ami-id": instance.imageId,
      "ami-launch-index": "0",
      autoscaling: targetLifecycleState ? branch({ "target-lifecycle-state": targetLifecycleState }) : undefined,
      hostname,
      iam: iam(instance, now),
      "instance-id": instance.instanceId,
      "instance-type": instance.instanceType,
      "local-hostname": hostname,
      "local-ipv4": privateIp,
      mac,
      network: branch({ interfaces: branch({ macs: branch({ [mac]: card }) }) }),
      placement: branch({ "availability-zone": instance.availabilityZone, region }),
      "public-keys": publicKey
        ? branch({ 0: branch({ "openssh-key": publicKey.openssh }) }, [`0=${publicKey.name}`])
        : undefined,
      services: branch({ domain: "amazonaws.com", partition: "aws" }),
      tags: tags ? branch({ instance: branch(tags) }) : undefined,
    }),
    "user-data": userData === undefined ? undefined : Buffer.from(userData, "base64"),
  });
}
