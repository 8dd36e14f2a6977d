import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, isBlock, shape, tagMap, toAws } from "../shape.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";

const DATA = `imageId instanceType keyName userData ebsOptimized:bool disableApiStop disableApiTermination
  instanceInitiatedShutdownBehavior kernelId ramDiskId securityGroupNames=SecurityGroups
  vpcSecurityGroupIds=SecurityGroupIds iamInstanceProfile{arn name}
  metadataOptions{httpEndpoint httpTokens httpPutResponseHopLimit httpProtocolIpv6 instanceMetadataTags}
  monitoring{enabled} creditSpecification{cpuCredits} enclaveOptions{enabled} maintenanceOptions{autoRecovery}
  hibernationOptions{configured} cpuOptions{amdSevSnp coreCount threadsPerCore}
  placement{affinity availabilityZone groupName hostId hostResourceGroupArn partitionNumber spreadDomain tenancy}
  privateDnsNameOptions{enableResourceNameDnsARecord enableResourceNameDnsAaaaRecord hostnameType}
  instanceMarketOptions{marketType spotOptions{blockDurationMinutes instanceInterruptionBehavior maxPrice spotInstanceType validUntil}}
  blockDeviceMappings{deviceName noDevice virtualName
    ebs{deleteOnTermination:bool encrypted:bool iops kmsKeyId snapshotId throughput volumeInitializationRate volumeSize volumeType}}
  networkInterfaces{associatePublicIpAddress:bool deleteOnTermination:bool description deviceIndex interfaceType
    ipv4AddressCount=SecondaryPrivateIpAddressCount networkCardIndex networkInterfaceId privateIpAddress
    securityGroups=Groups subnetId}
  tagSpecifications{resourceType tags:tags}`;

const dataArgs = shape(DATA);
const args = shape(`${DATA} name:own description:own defaultVersion:own updateDefaultVersion:own tags:own`);
const DATA_KEYS = [...dataArgs.keys()];

async function templateOf(id: string, cloud: Cloud): Promise<ec2.LaunchTemplate | undefined> {
  const request = new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] });
  return (await ifThere(cloud.ec2.send(request)))?.LaunchTemplates?.[0];
}

/** moto takes the template's own tags for tags of what it launches. */
function tagsOfLaunched(specifications: unknown): unknown {
  if (!Array.isArray(specifications)) return undefined;
  const launched = specifications.filter((one: unknown) => isBlock(one) && one.resourceType !== "launch-template");
  return launched.length > 0 ? launched : undefined;
}

async function setDefault(id: string, version: unknown, cloud: Cloud): Promise<void> {
  const DefaultVersion = String(version);
  await cloud.ec2.send(new ec2.ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion }));
}

/** Launch templates: every change of their data is a new version of the same template. */
export const launchTemplate: Row = {
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  args,
  replace: "name",
  name: { max: 125 },
  tagging: ec2Tagging,
  check: ({ defaultVersion, updateDefaultVersion }) =>
    defaultVersion !== undefined && updateDefaultVersion !== undefined
      ? [{ property: "defaultVersion", reason: "conflicts with updateDefaultVersion: give one of them" }]
      : [],
  // The official provider's preview follows all changes but these, although tags make no version and a description does.
  volatile(changed, { updateDefaultVersion }) {
    const announced = changed.some((arg) => arg !== "name" && arg !== "description");
    const outputs = updateDefaultVersion === true ? ["latestVersion", "defaultVersion"] : ["latestVersion"];
    return announced ? outputs : [];
  },
  async create(inputs, cloud) {
    const request = {
      LaunchTemplateName: String(inputs.name),
      VersionDescription: inputs.description as string | undefined,
      LaunchTemplateData: toAws<ec2.RequestLaunchTemplateData>(dataArgs, inputs),
      ...tagsAtCreation("launch-template", inputs),
    };
    return (await cloud.ec2.send(new ec2.CreateLaunchTemplateCommand(request))).LaunchTemplate?.LaunchTemplateId ?? "";
  },
  async read(id, cloud) {
    const found = await templateOf(id, cloud);
    if (!found) return undefined;
    const Versions = [String(found.LatestVersionNumber)];
    const answer = await cloud.ec2.send(
      new ec2.DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions }),
    );
    const latest = answer.LaunchTemplateVersions?.[0];
    const data = fromAws(dataArgs, latest?.LaunchTemplateData);
    const { account } = await cloud.identity();
    return {
      ...data,
      tagSpecifications: tagsOfLaunched(data.tagSpecifications),
      name: found.LaunchTemplateName,
      description: latest?.VersionDescription,
      latestVersion: found.LatestVersionNumber,
      defaultVersion: found.DefaultVersionNumber,
      tags: tagMap(found.Tags),
      arn: `arn:aws:ec2:${cloud.region}:${account}:launch-template/${id}`,
    };
  },
  async update({ id, news, changed }, cloud) {
    let version: number | undefined;
    if (changed("description", ...DATA_KEYS)) {
      const request = {
        LaunchTemplateId: id,
        VersionDescription: news.description as string | undefined,
        LaunchTemplateData: toAws<ec2.RequestLaunchTemplateData>(dataArgs, news),
      };
      const made = await cloud.ec2.send(new ec2.CreateLaunchTemplateVersionCommand(request));
      version = made.LaunchTemplateVersion?.VersionNumber;
    }
    if (news.updateDefaultVersion === true && version !== undefined) await setDefault(id, version, cloud);
    else if (changed("defaultVersion") && news.defaultVersion !== undefined)
      await setDefault(id, news.defaultVersion, cloud);
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.ec2.send(new ec2.DeleteLaunchTemplateCommand({ LaunchTemplateId: id })));
  },
};
