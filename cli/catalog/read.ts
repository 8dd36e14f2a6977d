import { DescribeInstancesCommand, paginateDescribeImages, type Image } from "@aws-sdk/client-ec2";
import { paginateDescribeAutoScalingGroups, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { DescribeListenersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { paginateGetParametersByPath } from "@aws-sdk/client-ssm";
import { parameterOf } from "../../images/build/manifest.ts";
import { LAYERS } from "../../images/build/layers.ts";
import { forwardedGroups } from "../../deployment/listener-weights.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import { parseRevocation, revokedPath, type BuiltImage, type Revocation } from "../../deployment/revocation.ts";
import type { Clients } from "../clients.ts";

/** A parameter that stands for an image. */
export interface Published {
  /** `v1.2.3`, or of a layer `base`. */
  readonly name: string;
  readonly imageId: string;
}

/** A fleet that runs an image. */
export interface RunningFleet {
  readonly stack: string;
  readonly color: string;
  readonly imageId: string;
  readonly instances: number;
  /** Percent of its stack's requests; undefined: no listener forwards to it. */
  readonly percent?: number;
}

export interface KnownImage extends BuiltImage {
  /** ISO 8601. */
  readonly createdAt?: string;
}

/** All that is known of images in an account and region. */
export interface Catalog {
  readonly published: readonly Published[];
  readonly revocations: readonly Revocation[];
  readonly images: ReadonlyMap<string, KnownImage>;
  readonly fleets: readonly RunningFleet[];
}

const imagesPath = "/bluegreen/images";

/** Reads the catalogue. AWS's errors pass through. */
export async function readCatalog(clients: Clients, project: string): Promise<Catalog> {
  const [parameters, fleets] = await Promise.all([parametersBelow(clients), fleetsHere(clients, project)]);
  const isRevocation = ({ Name }: { Name: string }) => Name.startsWith(`${revokedPath}/`);
  const published = parameters
    .filter((one) => !isRevocation(one))
    .map(({ Name, Value }) => ({ name: nameOf(Name), imageId: Value }));
  return {
    published,
    revocations: parameters.filter(isRevocation).map(({ Name, Value }) => parseRevocation(Name, Value)),
    images: await imagesWithSources(
      clients,
      [...published, ...fleets].map(({ imageId }) => imageId),
    ),
    fleets,
  };
}

function nameOf(parameter: string): string {
  const layer = LAYERS.find((one) => one !== "app" && parameterOf({ layer: one }) === parameter);
  return layer ?? outsideText(parameter.slice(imagesPath.length + 1));
}

async function parametersBelow({ ssm: client }: Clients): Promise<{ Name: string; Value: string }[]> {
  const found: { Name: string; Value: string }[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client },
    { Path: imagesPath, Recursive: true },
  ))
    found.push(...Parameters.map(({ Name = "", Value = "" }) => ({ Name, Value })));
  return found;
}

/** Ids that one call takes: a filter has 200 values at most. */
const idsAtOnce = 200;

/** Images, and what they were built on, as far as they can be seen here. */
async function imagesWithSources(
  { ec2: client }: Clients,
  wanted: readonly string[],
): Promise<Map<string, KnownImage>> {
  const found = new Map<string, KnownImage>();
  const asked = new Set<string>();
  for (let ids = [...new Set(wanted)]; ids.length > 0;) {
    for (const id of ids) asked.add(id);
    for (let index = 0; index < ids.length; index += idsAtOnce) {
      // By filter: an id that is gone would fail the call.
      const Filters = [{ Name: "image-id", Values: ids.slice(index, index + idsAtOnce) }];
      for await (const { Images = [] } of paginateDescribeImages({ client }, { Filters, IncludeDeprecated: true }))
        for (const image of Images) found.set(image.ImageId ?? "", known(image));
    }
    const sources = [...found.values()].flatMap(({ sourceImageId }) => sourceImageId ?? []);
    ids = [...new Set(sources)].filter((id) => !asked.has(id));
  }
  return found;
}

function known({ ImageId = "", CreationDate, SourceImageId, Tags = [] }: Image): KnownImage {
  const tag = (key: string) => {
    const value = Tags.find(({ Key }) => Key === key)?.Value;
    return value === undefined ? undefined : outsideText(value);
  };
  return {
    imageId: ImageId,
    version: tag("Version"),
    // A tag can be written by many; what EC2 has noted by nobody.
    sourceImageId: SourceImageId ?? tag("SourceAMI"),
    createdAt: CreationDate,
  };
}

/** The fleets of all of the project's stacks. */
async function fleetsHere(clients: Clients, project: string): Promise<RunningFleet[]> {
  const groups: AutoScalingGroup[] = [];
  const Filters = [{ Name: "tag:Project", Values: [project] }];
  for await (const page of paginateDescribeAutoScalingGroups({ client: clients.autoScaling }, { Filters }))
    groups.push(...(page.AutoScalingGroups ?? []));
  return (await Promise.all(groups.map((group) => fleetsOf(clients, group)))).flat();
}

/** A group's instances by image: two while it is being replaced. */
async function fleetsOf(clients: Clients, group: AutoScalingGroup): Promise<RunningFleet[]> {
  const InstanceIds = (group.Instances ?? []).map(({ InstanceId = "" }) => InstanceId);
  if (InstanceIds.length === 0) return [];
  const [{ Reservations = [] }, percent] = await Promise.all([
    clients.ec2.send(new DescribeInstancesCommand({ InstanceIds })),
    shareOf(clients, group.TargetGroupARNs?.[0]),
  ]);
  const ids = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ ImageId = "" }) => ImageId));
  const tag = (key: string) => outsideText(group.Tags?.find(({ Key }) => Key === key)?.Value ?? "?");
  return [...new Set(ids)].map((imageId) => ({
    stack: tag("Environment"),
    color: tag("Color"),
    imageId,
    instances: ids.filter((id) => id === imageId).length,
    percent,
  }));
}

/** Percent of the requests that a target group gets by its load balancer's listeners' own actions. */
async function shareOf({ elb }: Clients, arn: string | undefined): Promise<number | undefined> {
  if (arn === undefined) return undefined;
  const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
  const LoadBalancerArn = TargetGroups[0]?.LoadBalancerArns?.[0];
  if (LoadBalancerArn === undefined) return undefined;
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  for (const { DefaultActions = [] } of Listeners) {
    const groups = forwardedGroups(DefaultActions);
    const own = groups.find((group) => group.arn === arn);
    const total = groups.reduce((sum, { weight = 1 }) => sum + weight, 0);
    if (own) return total === 0 ? 0 : Math.round((100 * (own.weight ?? 1)) / total);
  }
  return undefined;
}
