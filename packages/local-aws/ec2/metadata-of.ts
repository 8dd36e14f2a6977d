import type { Instance } from "@aws-sdk/client-ec2";
import type { Temporary } from "../door/keys.ts";
import { tagsByKey } from "./instances.ts";
import type { MetadataOf } from "./metadata-tree.ts";

/** What EC2 keeps apart from the instance itself. */
export interface Beside {
  region: string;
  accountId: string;
  /** Base64. */
  userData?: string;
  /** Of the instance's key pair, as OpenSSH writes it. */
  publicKey?: string;
  /** Gives the credentials of the instance's role. */
  ofRole: (role: string) => Temporary;
}

/** What the metadata service tells an instance of itself, from what EC2 tells of it. */
export function metadataOf(instance: Instance, { region, accountId, userData, publicKey, ofRole }: Beside): MetadataOf {
  const tags = tagsByKey(instance);
  const profile = instance.IamInstanceProfile;
  const role = profile?.Arn?.split("/").at(-1) ?? "";
  const shown = instance.MetadataOptions?.InstanceMetadataTags === "enabled";
  return {
    instanceId: instance.InstanceId ?? "",
    imageId: instance.ImageId ?? "",
    instanceType: instance.InstanceType ?? "",
    privateIp: instance.PrivateIpAddress ?? "",
    mac: instance.NetworkInterfaces?.[0]?.MacAddress ?? "",
    region,
    availabilityZone: instance.Placement?.AvailabilityZone ?? "",
    accountId,
    launchedAt: instance.LaunchTime ?? new Date(),
    userData,
    tags: shown ? tags : undefined,
    targetLifecycleState: tags["aws:autoscaling:groupName"] === undefined ? undefined : "InService",
    // The stack's profiles hold one role each, and nobody looks at its name.
    role: profile && {
      name: role,
      issued: ofRole(role),
      instanceProfileArn: profile.Arn ?? "",
      instanceProfileId: profile.Id ?? "",
    },
    publicKey: publicKey === undefined ? undefined : { name: instance.KeyName ?? "", openssh: publicKey },
  };
}
