import { z } from "zod";
import { type QueryStructure, validationError } from "@bluegreen/query-protocol";

/** A list of the Query protocol; the empty one is sent as an empty text. */
function list<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => (value === "" ? [] : value), z.array(item));
}

const text = z.string().min(1);
const whole = z.coerce.number().int();
const size = whole.min(0).max(100_000);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");
const texts = list(text);
const groupName = text.max(255);

const template = z.strictObject({
  LaunchTemplateId: text.optional(),
  LaunchTemplateName: text.optional(),
  Version: text.optional(),
});

const mixedInstances = z.strictObject({
  LaunchTemplate: z.strictObject({
    LaunchTemplateSpecification: template,
    Overrides: list(
      z.strictObject({
        InstanceType: text.optional(),
        WeightedCapacity: text.optional(),
        LaunchTemplateSpecification: template.optional(),
      }),
    ).optional(),
  }),
  InstancesDistribution: z
    .strictObject({
      OnDemandAllocationStrategy: text.optional(),
      OnDemandBaseCapacity: size.optional(),
      OnDemandPercentageAboveBaseCapacity: whole.min(0).max(100).optional(),
      SpotAllocationStrategy: text.optional(),
      SpotInstancePools: size.optional(),
      SpotMaxPrice: z.string().optional(),
    })
    .optional(),
});

const tag = z.strictObject({
  ResourceId: text.optional(),
  ResourceType: text.optional(),
  Key: text.max(128),
  Value: z.string().max(256).default(""),
  PropagateAtLaunch: flag.default(false),
});

const hook = z.strictObject({
  LifecycleHookName: text,
  LifecycleTransition: z.enum(["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"]),
  HeartbeatTimeout: whole.min(30).max(7200).default(3600),
  DefaultResult: z.enum(["CONTINUE", "ABANDON"]).default("ABANDON"),
  NotificationTargetARN: z.string().optional(),
  NotificationMetadata: z.string().optional(),
  RoleARN: z.string().optional(),
});

const settings = {
  LaunchTemplate: template.optional(),
  MixedInstancesPolicy: mixedInstances.optional(),
  DesiredCapacity: size.optional(),
  DefaultCooldown: whole.min(0).optional(),
  AvailabilityZones: texts.optional(),
  VPCZoneIdentifier: z.string().optional(),
  HealthCheckType: z
    .string()
    .regex(/^(EC2|ELB)(,(EC2|ELB))*$/)
    .optional(),
  HealthCheckGracePeriod: whole.min(0).optional(),
  TerminationPolicies: texts.optional(),
  NewInstancesProtectedFromScaleIn: flag.optional(),
  CapacityRebalance: flag.optional(),
  ServiceLinkedRoleARN: text.optional(),
  MaxInstanceLifetime: whole.optional(),
  DefaultInstanceWarmup: whole.optional(),
  InstanceMaintenancePolicy: z
    .strictObject({
      MinHealthyPercentage: whole.min(-1).max(100),
      MaxHealthyPercentage: whole.min(-1).max(200),
    })
    .optional(),
};

/** Settings that CreateAutoScalingGroup and UpdateAutoScalingGroup share. */
export type GroupSettings = z.infer<z.ZodObject<typeof settings>>;

const lifecycle = {
  AutoScalingGroupName: groupName,
  LifecycleHookName: text,
  InstanceId: text.optional(),
  LifecycleActionToken: text.optional(),
};
const page = { MaxRecords: whole.min(1).max(100).optional(), NextToken: text.optional() };
const filter = z.strictObject({ Name: text, Values: texts });

/** Arguments of each action of Auto Scaling that this cloud knows; an argument that is not here is refused. */
export const schemas = {
  CreateAutoScalingGroup: z.strictObject({
    AutoScalingGroupName: groupName,
    MinSize: size,
    MaxSize: size,
    ...settings,
    TargetGroupARNs: texts.optional(),
    Tags: list(tag).optional(),
    LifecycleHookSpecificationList: list(hook).optional(),
  }),
  UpdateAutoScalingGroup: z.strictObject({
    AutoScalingGroupName: groupName,
    MinSize: size.optional(),
    MaxSize: size.optional(),
    ...settings,
  }),
  DescribeAutoScalingGroups: z.strictObject({
    AutoScalingGroupNames: texts.optional(),
    Filters: list(filter).optional(),
    IncludeInstances: flag.optional(),
    ...page,
  }),
  DescribeAutoScalingInstances: z.strictObject({ InstanceIds: texts.optional(), ...page }),
  DeleteAutoScalingGroup: z.strictObject({ AutoScalingGroupName: groupName, ForceDelete: flag.default(false) }),
  SetDesiredCapacity: z.strictObject({
    AutoScalingGroupName: groupName,
    DesiredCapacity: size,
    HonorCooldown: flag.optional(),
  }),
  TerminateInstanceInAutoScalingGroup: z.strictObject({ InstanceId: text, ShouldDecrementDesiredCapacity: flag }),
  EnterStandby: z.strictObject({
    AutoScalingGroupName: groupName,
    InstanceIds: texts,
    ShouldDecrementDesiredCapacity: flag,
  }),
  ExitStandby: z.strictObject({ AutoScalingGroupName: groupName, InstanceIds: texts }),
  SetInstanceHealth: z.strictObject({
    InstanceId: text,
    HealthStatus: z.enum(["Healthy", "Unhealthy"]),
    ShouldRespectGracePeriod: flag.default(true),
  }),
  SetInstanceProtection: z.strictObject({
    AutoScalingGroupName: groupName,
    InstanceIds: texts,
    ProtectedFromScaleIn: flag,
  }),
  DescribeScalingActivities: z.strictObject({
    AutoScalingGroupName: groupName.optional(),
    ActivityIds: texts.optional(),
    IncludeDeletedGroups: flag.optional(),
    ...page,
  }),
  PutLifecycleHook: hook.partial({ LifecycleTransition: true }).extend({ AutoScalingGroupName: groupName }),
  DescribeLifecycleHooks: z.strictObject({
    AutoScalingGroupName: groupName,
    LifecycleHookNames: texts.optional(),
  }),
  DeleteLifecycleHook: z.strictObject({ AutoScalingGroupName: groupName, LifecycleHookName: text }),
  CompleteLifecycleAction: z.strictObject({ ...lifecycle, LifecycleActionResult: z.enum(["CONTINUE", "ABANDON"]) }),
  RecordLifecycleActionHeartbeat: z.strictObject(lifecycle),
  CreateOrUpdateTags: z.strictObject({ Tags: list(tag) }),
  DeleteTags: z.strictObject({ Tags: list(tag) }),
  DescribeTags: z.strictObject({ Filters: list(filter).optional(), ...page }),
  AttachLoadBalancerTargetGroups: z.strictObject({ AutoScalingGroupName: groupName, TargetGroupARNs: texts }),
  DetachLoadBalancerTargetGroups: z.strictObject({ AutoScalingGroupName: groupName, TargetGroupARNs: texts }),
  DescribeLoadBalancerTargetGroups: z.strictObject({ AutoScalingGroupName: groupName, ...page }),
  EnableMetricsCollection: z.strictObject({
    AutoScalingGroupName: groupName,
    Metrics: texts.optional(),
    Granularity: z.literal("1Minute"),
  }),
  DisableMetricsCollection: z.strictObject({ AutoScalingGroupName: groupName, Metrics: texts.optional() }),
  SuspendProcesses: z.strictObject({ AutoScalingGroupName: groupName, ScalingProcesses: texts.optional() }),
  ResumeProcesses: z.strictObject({ AutoScalingGroupName: groupName, ScalingProcesses: texts.optional() }),
  PutScalingPolicy: z.looseObject({
    AutoScalingGroupName: groupName,
    PolicyName: text,
    PolicyType: text.default("SimpleScaling"),
    EstimatedInstanceWarmup: whole.optional(),
    Enabled: flag.default(true),
  }),
  DescribePolicies: z.strictObject({
    AutoScalingGroupName: groupName.optional(),
    PolicyNames: texts.optional(),
    PolicyTypes: texts.optional(),
    ...page,
  }),
  DeletePolicy: z.strictObject({ AutoScalingGroupName: groupName.optional(), PolicyName: text }),
};

/** Name of an action that this cloud knows. */
export type ActionName = keyof typeof schemas;

/** The arguments of an action, read and checked. */
export type Arguments<Name extends ActionName> = z.infer<(typeof schemas)[Name]>;

/** Reads an action's arguments; what is missing, malformed or unknown is refused in one message. */
export function readArguments<Name extends ActionName>(action: Name, params: QueryStructure): Arguments<Name> {
  const own = Object.entries(params).filter(([name]) => name !== "Action" && name !== "Version");
  const result = schemas[action].safeParse(Object.fromEntries(own));
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const where = issue.path.join(".") || action;
      return issue.code === "unrecognized_keys"
        ? `${where}: ${issue.keys.join(", ")} is unknown to the rehearsal's cloud (extend packages/local-aws/autoscaling/schemas.ts)`
        : `${where}: ${issue.message}`;
    });
    throw validationError(`${faults.length} validation error(s) detected: ${faults.join("; ")}`);
  }
  return result.data as Arguments<Name>;
}
