import { randomUUID } from "node:crypto";
import { AwsError, validationError } from "@bluegreen/query-protocol";
import { messageOf } from "../errors.ts";
import type { Ec2Directory, Subnet, TemplateSpecification } from "../ec2/directory.ts";
import type { Topology } from "../elb/topology.ts";
import { moment } from "./activities.ts";
import { resized } from "./capacity.ts";
import type { Group, Hook } from "./model.ts";
import { templateOf } from "./model.ts";
import * as refusals from "./refusals.ts";
import type { Arguments, GroupSettings } from "./schemas.ts";

/** The account that moto gives everybody. */
export const account = "123456789012";

/** What changes of groups are checked against. */
export interface Surroundings {
  ec2: Ec2Directory;
  region: string;
  /** Elastic Load Balancing at this moment. */
  topology(): Topology;
}

/** Refuses a launch template that doesn't exist or whose data can't launch anything. */
async function checkTemplate(template: TemplateSpecification, subnets: Subnet[], { ec2 }: Surroundings): Promise<void> {
  const version = await ec2.templateVersion(template).catch((error: unknown) => {
    throw validationError(`You must use a valid fully-formed launch template. ${messageOf(error)}`);
  });
  const data = version.LaunchTemplateData ?? {};
  refusals.checkImage(data.ImageId, data.ImageId ? await ec2.image(data.ImageId) : undefined);
  const groups = data.NetworkInterfaces?.flatMap((item) => item.Groups ?? []) ?? data.SecurityGroupIds ?? [];
  if (groups.length > 0) {
    refusals.checkSecurityGroups(groups, await ec2.securityGroups(groups), subnets[0]?.vpcId ?? "");
  }
}

/** The settings that Create and Update share, as fields of a group; absent ones stay out. */
function fieldsOf(settings: GroupSettings): Partial<Group> {
  const fields: Partial<Group> = {
    launchTemplate: settings.LaunchTemplate,
    mixedInstances: settings.MixedInstancesPolicy,
    healthCheckType: settings.HealthCheckType,
    healthCheckGracePeriod: settings.HealthCheckGracePeriod,
    defaultCooldown: settings.DefaultCooldown,
    defaultInstanceWarmup: settings.DefaultInstanceWarmup,
    maxInstanceLifetime: settings.MaxInstanceLifetime,
    maintenance: settings.InstanceMaintenancePolicy,
    terminationPolicies: settings.TerminationPolicies,
    protectNewInstances: settings.NewInstancesProtectedFromScaleIn,
    capacityRebalance: settings.CapacityRebalance,
    serviceLinkedRole: settings.ServiceLinkedRoleARN,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function subnetIds(settings: GroupSettings): string[] {
  return (settings.VPCZoneIdentifier ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
}

/** A hook from its arguments. */
export function hookOf(
  args: Required<Arguments<"CreateAutoScalingGroup">>["LifecycleHookSpecificationList"][number],
): Hook {
  return {
    name: args.LifecycleHookName,
    transition: args.LifecycleTransition,
    heartbeatTimeout: args.HeartbeatTimeout,
    defaultResult: args.DefaultResult,
    notificationTarget: args.NotificationTargetARN,
    notificationMetadata: args.NotificationMetadata,
    role: args.RoleARN,
  };
}

/** CreateAutoScalingGroup: the new group, or AWS's refusal. */
export async function createGroup(args: Arguments<"CreateAutoScalingGroup">, around: Surroundings): Promise<Group> {
  const name = args.AutoScalingGroupName;
  if (Boolean(args.LaunchTemplate) === Boolean(args.MixedInstancesPolicy)) {
    throw validationError(
      "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.",
    );
  }
  const size = { minSize: args.MinSize, maxSize: args.MaxSize, desired: args.DesiredCapacity ?? args.MinSize };
  refusals.checkSize(size);
  const ids = subnetIds(args);
  const subnets = await around.ec2.subnets(ids);
  refusals.checkSubnets(ids, subnets);
  const targetGroups = args.TargetGroupARNs ?? [];
  refusals.checkTargetGroups(targetGroups, around.topology().targetGroups, subnets[0]?.vpcId ?? "");
  const template = templateOf({ launchTemplate: args.LaunchTemplate, mixedInstances: args.MixedInstancesPolicy });
  await checkTemplate(template ?? {}, subnets, around);
  const now = new Date();
  return {
    name,
    arn: `arn:aws:autoscaling:${around.region}:${account}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
    created: now,
    ...size,
    subnets,
    healthCheckType: "EC2",
    healthCheckGracePeriod: 0,
    defaultCooldown: 300,
    terminationPolicies: ["Default"],
    protectNewInstances: false,
    capacityRebalance: false,
    serviceLinkedRole: `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    ...fieldsOf(args),
    targetGroups,
    tags: (args.Tags ?? []).map(({ Key, Value, PropagateAtLaunch }) => ({ Key, Value, PropagateAtLaunch })),
    metrics: [],
    suspended: new Set(),
    hooks: new Map((args.LifecycleHookSpecificationList ?? []).map((hook) => [hook.LifecycleHookName, hookOf(hook)])),
    policies: new Map(),
    members: new Map(),
    activities: [],
    launching: [],
    pausedUntil: 0,
    failures: 0,
    deleting: false,
    lastRequest:
      `At ${moment(now)} a user request created an AutoScalingGroup changing the desired capacity ` +
      `from 0 to ${size.desired}.`,
  };
}

/** UpdateAutoScalingGroup: changes the group, or refuses as AWS does and changes nothing. */
export async function updateGroup(
  group: Group,
  args: Arguments<"UpdateAutoScalingGroup">,
  around: Surroundings,
): Promise<void> {
  const change = { minSize: args.MinSize, maxSize: args.MaxSize, desired: args.DesiredCapacity };
  const size = resized(group, change);
  refusals.checkSize(size);
  const ids = subnetIds(args);
  const subnets = ids.length > 0 ? await around.ec2.subnets(ids) : group.subnets;
  if (ids.length > 0) {
    refusals.checkSubnets(ids, subnets);
    refusals.checkTargetGroups(group.targetGroups, around.topology().targetGroups, subnets[0]?.vpcId ?? "");
  }
  const template = templateOf({ launchTemplate: args.LaunchTemplate, mixedInstances: args.MixedInstancesPolicy });
  if (template) {
    await checkTemplate(template, subnets, around);
    group.launchTemplate = undefined;
    group.mixedInstances = undefined;
  }
  const fields = fieldsOf(args);
  if (args.InstanceMaintenancePolicy?.MinHealthyPercentage === -1) {
    // AWS's way to say: no policy any more.
    fields.maintenance = undefined;
  }
  const before = group.desired;
  Object.assign(group, fields, { subnets, pausedUntil: 0, failures: 0 }, size);
  group.lastRequest =
    `At ${moment(new Date())} a user request update of AutoScalingGroup constraints to min: ${size.minSize}, ` +
    `max: ${size.maxSize}, desired: ${size.desired} changing the desired capacity from ${before} to ${size.desired}.`;
}

/** The group of that name, or AWS's refusal. */
export function requireGroup(groups: Map<string, Group>, name: string): Group {
  const group = groups.get(name);
  if (!group) {
    throw validationError(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
  }
  return group;
}

/** Refuses a name that is taken. */
export function checkName(groups: Map<string, Group>, name: string): void {
  if (groups.has(name)) {
    throw new AwsError(
      "AlreadyExists",
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  }
}
