import type {
  ResponseLaunchTemplateData,
  RunInstancesCommandInput,
  Tag,
  TagSpecification,
  _InstanceType,
} from "@aws-sdk/client-ec2";

/** What the launch of one instance adds to its template. */
export interface LaunchChoice {
  subnetId: string;
  /** Instance type of a mixed-instances policy's override; default: the template's. */
  instanceType?: string;
  /** Default false: On-Demand. */
  spot?: boolean;
  /** Tags that the group propagates; they win over the template's. */
  tags: Tag[];
}

/** Tags of one resource type: the template's, then the group's over them. */
function tagsFor(specifications: TagSpecification[], type: "instance" | "volume", over: Tag[]): TagSpecification[] {
  const merged = new Map<string | undefined, Tag>();
  const own = specifications.filter((item) => item.ResourceType === type).flatMap((item) => item.Tags ?? []);
  for (const tag of [...own, ...over]) {
    merged.set(tag.Key, tag);
  }
  return merged.size > 0 ? [{ ResourceType: type, Tags: [...merged.values()] }] : [];
}

/**
 * The RunInstances call for a launch template's data. moto merges only part of a template by itself, so the whole of it
 * is spelt out: security groups of the first network interface become the instance's own, as they are on AWS.
 */
export function runInstancesInput(data: ResponseLaunchTemplateData, choice: LaunchChoice): RunInstancesCommandInput {
  const primary = data.NetworkInterfaces?.find((item) => (item.DeviceIndex ?? 0) === 0);
  const groups = primary?.Groups?.length ? primary.Groups : data.SecurityGroupIds;
  const profile = data.IamInstanceProfile;
  return {
    MinCount: 1,
    MaxCount: 1,
    ImageId: data.ImageId,
    InstanceType: (choice.instanceType ?? data.InstanceType) as _InstanceType | undefined,
    SubnetId: choice.subnetId,
    SecurityGroupIds: groups?.length ? groups : undefined,
    UserData: data.UserData,
    IamInstanceProfile: profile ? (profile.Arn ? { Arn: profile.Arn } : { Name: profile.Name }) : undefined,
    MetadataOptions: data.MetadataOptions
      ? {
          HttpTokens: data.MetadataOptions.HttpTokens,
          HttpPutResponseHopLimit: data.MetadataOptions.HttpPutResponseHopLimit,
          HttpEndpoint: data.MetadataOptions.HttpEndpoint,
          InstanceMetadataTags: data.MetadataOptions.InstanceMetadataTags,
        }
      : undefined,
    Monitoring: data.Monitoring?.Enabled === undefined ? undefined : { Enabled: data.Monitoring.Enabled },
    EbsOptimized: data.EbsOptimized,
    // AWS takes the size of the image's own snapshot; moto asks for one.
    BlockDeviceMappings: data.BlockDeviceMappings?.map(({ Ebs, ...mapping }) => ({
      ...mapping,
      Ebs: Ebs && { ...Ebs, VolumeSize: Ebs.VolumeSize ?? (Ebs.SnapshotId ? undefined : 8) },
    })),
    InstanceMarketOptions: choice.spot ? { MarketType: "spot" } : undefined,
    TagSpecifications: [
      ...tagsFor(data.TagSpecifications ?? [], "instance", choice.tags),
      ...tagsFor(data.TagSpecifications ?? [], "volume", []),
    ],
  };
}
