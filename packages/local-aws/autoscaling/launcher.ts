import type { KMSClient } from "@aws-sdk/client-kms";
import type { ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import { tagsByKey, type Instances } from "../ec2/instances.ts";
import type { Ec2Directory, Subnet } from "../ec2/directory.ts";
import { runInstancesInput } from "../ec2/launch-template.ts";
import { keyLets } from "../kms/use.ts";
import { account } from "./groups.ts";
import { templateOf, type Group, type Member } from "./model.ts";

/** Tags that Auto Scaling gives to what it launches: its own, then those that the group propagates. */
function tagsOf(group: Group, templateId: string, version: string): { Key: string; Value: string }[] {
  return [
    { Key: "aws:autoscaling:groupName", Value: group.name },
    { Key: "aws:ec2launchtemplate:id", Value: templateId },
    { Key: "aws:ec2launchtemplate:version", Value: version },
    ...group.tags.filter((tag) => tag.PropagateAtLaunch).map(({ Key, Value }) => ({ Key, Value })),
  ];
}

/** The subnet of a zone that holds the fewest of the group's instances, by their zone the first of several. */
function subnetIn(group: Group, zone: string): Subnet {
  const subnets = group.subnets.filter((subnet) => subnet.zone === zone);
  const subnet = subnets[group.members.size % subnets.length];
  if (!subnet) {
    throw new Error(`The group has no subnet in ${zone}`);
  }
  return subnet;
}

/** Launches a group's instances: EC2 by its template's version, and a real process behind each. */
export class Launcher {
  private readonly ec2: Ec2Directory;
  private readonly instances: Instances;

  private readonly kms: Pick<KMSClient, "send">;

  constructor(ec2: Ec2Directory, instances: Instances, kms: Pick<KMSClient, "send">) {
    this.ec2 = ec2;
    this.instances = instances;
    this.kms = kms;
  }

  /** Each volume's key must let Auto Scaling's service-linked role use it, and give EC2 a grant: else the instance ends at once. */
  private async checkKeys({ BlockDeviceMappings = [] }: ResponseLaunchTemplateData): Promise<void> {
    for (const key of new Set(BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.KmsKeyId ?? []))) {
      const role = `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
      const context = { "aws:principalarn": role, "kms:calleraccount": account, "kms:grantisforawsresource": "true" };
      const actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];
      const use = { principal: `AWS ${role}`, actions: [...actions, "kms:CreateGrant"], context };
      if (!(await keyLets(this.kms, key, use).catch(() => false)))
        throw new Error("Client.InternalError: Client error on launch");
    }
  }

  /** Launches one instance in a zone; throws EC2's own error when it can't. */
  async launch(group: Group, { zone, spot }: Pick<Member, "zone" | "spot">): Promise<Member> {
    const specification = templateOf(group);
    if (!specification) {
      throw new Error("The group has no launch template");
    }
    const version = await this.ec2.templateVersion(specification);
    const data = version.LaunchTemplateData ?? {};
    const image = data.ImageId ? await this.ec2.image(data.ImageId) : undefined;
    if (!image) {
      throw new Error(`The image id '[${data.ImageId}]' does not exist`);
    }
    await this.checkKeys(data);
    const templateId = version.LaunchTemplateId ?? "";
    const versionNumber = String(version.VersionNumber);
    const subnetId = subnetIn(group, zone).id;
    const started = await this.ec2.run(
      runInstancesInput(data, {
        subnetId,
        instanceType: group.mixedInstances?.LaunchTemplate.Overrides?.[0]?.InstanceType,
        spot,
        tags: tagsOf(group, templateId, versionNumber),
      }),
    );
    const id = started.InstanceId ?? "";
    await this.instances.start({
      id,
      imageId: data.ImageId ?? "",
      privateIp: started.PrivateIpAddress ?? "",
      userData: data.UserData,
      imageTags: tagsByKey(image),
      group: group.name,
      zone,
      subnetId,
    });
    return {
      id,
      zone,
      spot,
      type: started.InstanceType ?? "",
      template: {
        LaunchTemplateId: templateId,
        LaunchTemplateName: version.LaunchTemplateName ?? "",
        Version: versionNumber,
      },
      launchedAt: new Date(),
      lifecycle: "Pending",
      health: "Healthy",
      protectedFromScaleIn: group.protectNewInstances,
    };
  }
}
