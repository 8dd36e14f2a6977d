import {
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
  paginateDescribeAutoScalingGroups,
  type DescribePoliciesCommandOutput,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import { DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeImagesCommand, type Image } from "@aws-sdk/client-ec2";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { z } from "zod";
import {
  listenerTraffic,
  liveWeights,
  observe,
  suspendedIn,
  targetHealth,
  type ListenerTraffic,
} from "../../aws/describe.ts";
import { byColor, colors, type ByColor, type Color } from "../../deployment/model.ts";
import { fleetPartName, isGeneratedFrom } from "../../deployment/names.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import type { Clients } from "../clients.ts";
import type { AlarmFacts, FleetFacts, ImageFacts, Instance } from "./model.ts";
import type { Outputs, StackState } from "./stack-state.ts";

/** Reads of what is really there. AWS's errors pass through. */

/** The listener's weights as it has them now. */
export async function weightsNow(
  { elb, autoScaling }: Clients,
  outputs: Outputs,
): Promise<ByColor<number> | undefined> {
  return liveWeights({ elb, autoScaling }, outputs.listenerArn, outputs.targetGroupArns);
}

/** The same, and where else it sends requests. */
export async function trafficNow(
  { elb, autoScaling }: Clients,
  outputs: Outputs,
): Promise<ListenerTraffic | undefined> {
  return listenerTraffic({ elb, autoScaling }, outputs.listenerArn, outputs.targetGroupArns);
}

/** Both fleets. */
export async function fleetsNow(
  clients: Clients,
  outputs: Outputs,
  { templateImages, templateAhead }: Pick<StackState, "templateImages" | "templateAhead">,
): Promise<ByColor<FleetFacts>> {
  const { autoScaling, elb } = clients;
  const names = byColor((color) => outputs.fleets[color].groupName);
  const health = (color: Color) => targetHealth({ elb, autoScaling }, outputs.targetGroupArns[color]);
  const [{ AutoScalingGroups = [] }, blue, green, images] = await Promise.all([
    autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [names.blue, names.green] })),
    health("blue"),
    health("green"),
    imagesNow(clients, [outputs.deployed.machines.blue.imageId, outputs.deployed.machines.green.imageId]),
  ]);
  const targets = { blue, green };
  return byColor((color) => {
    const group = AutoScalingGroups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === names[color]);
    const { imageId } = outputs.deployed.machines[color];
    const image = images.find((candidate) => candidate.imageId === imageId) ?? { imageId };
    return {
      ...fleetFacts(color, names[color], image, group, targets[color]),
      templateImage: templateImages[color],
      templateAhead: templateAhead[color],
    };
  });
}

function fleetFacts(
  color: Color,
  groupName: string,
  image: ImageFacts,
  group: AutoScalingGroup | undefined,
  targets: TargetHealthDescription[],
): FleetFacts {
  const members = group?.Instances ?? [];
  const instances = members.map(({ InstanceId: id = "", LifecycleState: lifecycle = "", ...member }) => {
    const { State: health, Reason, Description } = targets.find(({ Target }) => Target?.Id === id)?.TargetHealth ?? {};
    const instance: Instance = {
      id,
      type: member.InstanceType,
      lifecycle,
      health,
      reason: health === "healthy" ? undefined : shownReason(Description ?? Reason),
      isProtected: member.ProtectedFromScaleIn,
    };
    return instance;
  });
  return {
    color,
    groupName,
    image,
    instances,
    capacity: { minSize: group?.MinSize ?? 0, maxSize: group?.MaxSize ?? 0 },
    desired: group?.DesiredCapacity ?? 0,
    spotPercentage:
      100 - (group?.MixedInstancesPolicy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100),
    suspended: suspendedIn(group),
    ...observe(targets, group ?? {}),
  };
}

/** Characters of an alarm's or a target's reason: AWS's own words, with what others have put into them. */
const reasonLimit = 500;
const shownReason = (reason: string | undefined) =>
  reason === undefined ? undefined : outsideText(reason, reasonLimit);

/** What images say of themselves; an unknown one is left out. */
export async function imagesNow({ ec2 }: Clients, imageIds: string[]): Promise<ImageFacts[]> {
  // By filter: an id that is gone would fail the whole call.
  const filter = { Name: "image-id", Values: [...new Set(imageIds)] };
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [filter], IncludeDeprecated: true }));
  return Images.map(imageFacts);
}

/** All tags of images, by image id. */
export async function imageTags({ ec2 }: Clients, imageIds: string[]): Promise<Map<string, Record<string, string>>> {
  const filter = { Name: "image-id", Values: [...new Set(imageIds)] };
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [filter], IncludeDeprecated: true }));
  return new Map(
    Images.map(({ ImageId = "", Tags = [] }) => [
      ImageId,
      Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [outsideText(Key), outsideText(Value)])),
    ]),
  );
}

export function imageFacts({
  ImageId = "",
  CreationDate,
  SourceImageId,
  SourceImageRegion,
  Tags = [],
}: Image): ImageFacts {
  const tag = (key: string) => {
    const value = Tags.find(({ Key }) => Key === key)?.Value;
    return value === undefined ? undefined : outsideText(value);
  };
  const [min, max] = [Number(tag("SchemaMin") ?? NaN), Number(tag("SchemaMax") ?? NaN)];
  return {
    imageId: ImageId,
    version: tag("Version"),
    commit: tag("Commit"),
    createdAt: CreationDate,
    schema: Number.isInteger(min) && Number.isInteger(max) ? { min, max } : undefined,
    gossReport: tag("GossReport"),
    source: SourceImageId && SourceImageRegion ? { imageId: SourceImageId, region: SourceImageRegion } : undefined,
  };
}

/** The stack's alarms by colour, composite ones first, and those of the load balancer. */
export async function alarmsNow(
  { cloudWatch }: Clients,
  { alarms }: Outputs,
): Promise<{ byColor: ByColor<AlarmFacts[]>; loadBalancer: AlarmFacts[] }> {
  const names = [alarms.blue, alarms.green].flatMap(({ composite, parts }) => [composite, ...parts]);
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: [...names, ...alarms.loadBalancer],
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      MaxRecords: 100,
    }),
  );
  const facts = new Map(
    [...CompositeAlarms, ...MetricAlarms].map((alarm): [string, AlarmFacts] => {
      const name = alarm.AlarmName ?? "";
      // The time of the update moves also when the state does not change.
      const since = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString();
      const state = alarm.StateValue ?? "INSUFFICIENT_DATA";
      const badSince = state === "ALARM" ? badSinceIn(alarm) : undefined;
      const reason = shownReason(alarm.StateReason);
      return [name, { name, state, reason, since, badSince, composite: "AlarmRule" in alarm }];
    }),
  );
  const of = (wanted: string[]) => wanted.flatMap((name) => facts.get(name) ?? []);
  return {
    byColor: byColor((color) => of([alarms[color].composite, ...alarms[color].parts])),
    loadBalancer: of(alarms.loadBalancer),
  };
}

const reasonData = z.object({
  evaluatedDatapoints: z.array(z.object({ timestamp: z.string(), value: z.number().optional() })),
});

/**
 * When the first data point began that set an alarm off, by the JSON that CloudWatch gives beside the reason; undefined where it
 * gives none, as for a composite alarm, or where no point is above the threshold.
 */
export function badSinceIn({
  StateReasonData,
  Threshold,
  DatapointsToAlarm,
  EvaluationPeriods = 1,
}: MetricAlarm): string | undefined {
  if (StateReasonData === undefined || Threshold === undefined) return undefined;
  const { data } = reasonData.safeParse(parsedJson(StateReasonData));
  const bad = (data?.evaluatedDatapoints ?? [])
    .filter(({ value }) => value !== undefined && value > Threshold)
    // CloudWatch writes the offset without a colon, which ISO 8601 allows and ECMAScript's own format does not.
    .map(({ timestamp }) => Date.parse(timestamp.replace(/\+0000$/, "Z")))
    .sort((a, b) => b - a);
  const first = bad.slice(0, DatapointsToAlarm ?? EvaluationPeriods).at(-1);
  return first === undefined || Number.isNaN(first) ? undefined : new Date(first).toISOString();
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Groups that the state doesn't know, and that are not being deleted already. */
export const unknownTo = (
  { groupNames }: Pick<StackState, "groupNames">,
  groups: AutoScalingGroup[],
): AutoScalingGroup[] =>
  groups.filter(
    ({ AutoScalingGroupName = "", Status }) => Status === undefined && !groupNames.includes(AutoScalingGroupName),
  );

/** Whether the program gave a policy its name; others are somebody else's. */
const isOwnPolicy = (name: string): boolean =>
  colors.some((color) =>
    (["cpu", "requests"] as const).some((part) => isGeneratedFrom(fleetPartName(color, part), name)),
  );

/** A scaling policy of a group. */
export interface GroupPolicy {
  readonly group: string;
  readonly name: string;
}

/** Throws an error of Auto Scaling's unless it says that the group or policy is gone: as the provider tells it (service/autoscaling/policy.go). */
export function unlessGone(error: Error): void {
  if (error.name !== "ValidationError" || !/not found/.test(error.message)) throw error;
}

/** Scaling policies by the program's own names; a group that is gone has none. */
export async function policiesOf({ autoScaling }: Clients, groups: readonly string[]): Promise<GroupPolicy[]> {
  const found = await Promise.all(
    groups.map(async (group) => {
      const { ScalingPolicies = [] } = await autoScaling
        .send(new DescribePoliciesCommand({ AutoScalingGroupName: group }))
        .catch((error: Error): Partial<DescribePoliciesCommandOutput> => (unlessGone(error), {}));
      return ScalingPolicies.map(({ PolicyName = "" }) => ({ group, name: PolicyName }));
    }),
  );
  return found.flat().filter(({ name }) => isOwnPolicy(name));
}

/** Auto Scaling groups that carry a stack's tags. */
export async function groupsOf(
  { autoScaling }: Clients,
  environment: string,
  project: string,
): Promise<AutoScalingGroup[]> {
  const Filters = [
    { Name: "tag:Project", Values: [project] },
    { Name: "tag:Environment", Values: [environment] },
  ];
  const groups: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client: autoScaling }, { Filters }))
    groups.push(...(page.AutoScalingGroups ?? []));
  return groups;
}
