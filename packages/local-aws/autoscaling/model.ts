import type { Subnet, TemplateSpecification } from "../ec2/directory.ts";

/** Life of a group's instance, in AWS's words. */
type LifecycleState =
  | "Pending"
  | "Pending:Wait"
  | "Pending:Proceed"
  | "InService"
  | "Standby"
  | "Terminating"
  | "Terminating:Wait"
  | "Terminating:Proceed";

/** An instance that a group holds. */
export interface Member {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly template: Required<TemplateSpecification>;
  readonly launchedAt: Date;
  readonly spot: boolean;
  lifecycle: LifecycleState;
  health: "Healthy" | "Unhealthy";
  /** Why it is unhealthy, in AWS's words. */
  unhealthyBecause?: string;
  protectedFromScaleIn: boolean;
  /** When it came into service: the health-check grace period counts from here. */
  inServiceAt?: number;
}

/** A tag of a group. */
export interface GroupTag {
  Key: string;
  Value: string;
  PropagateAtLaunch: boolean;
}

/** One launch or termination, as DescribeScalingActivities tells it. */
export interface Activity {
  readonly id: string;
  readonly group: string;
  readonly cause: string;
  readonly start: Date;
  readonly details: string;
  description: string;
  end?: Date;
  status: "PreInService" | "InProgress" | "WaitingForELBConnectionDraining" | "Successful" | "Failed" | "Cancelled";
  message?: string;
  progress: number;
}

/** A lifecycle hook; its timeout is in AWS seconds. */
export interface Hook {
  name: string;
  transition: "autoscaling:EC2_INSTANCE_LAUNCHING" | "autoscaling:EC2_INSTANCE_TERMINATING";
  heartbeatTimeout: number;
  defaultResult: "CONTINUE" | "ABANDON";
  notificationTarget?: string;
  notificationMetadata?: string;
  role?: string;
}

/** A mixed-instances policy as the API takes and gives it. */
export interface MixedInstancesPolicy {
  LaunchTemplate: {
    LaunchTemplateSpecification: TemplateSpecification;
    Overrides?: {
      InstanceType?: string;
      WeightedCapacity?: string;
      LaunchTemplateSpecification?: TemplateSpecification;
    }[];
  };
  InstancesDistribution?: {
    OnDemandAllocationStrategy?: string;
    OnDemandBaseCapacity?: number;
    OnDemandPercentageAboveBaseCapacity?: number;
    SpotAllocationStrategy?: string;
    SpotInstancePools?: number;
    SpotMaxPrice?: string;
  };
}

/** A scaling policy: kept and described; load doesn't move capacity in a rehearsal. */
export interface ScalingPolicy {
  readonly arn: string;
  readonly name: string;
  readonly type: string;
  readonly settings: Record<string, string | number | boolean | object | undefined>;
}

/** An Auto Scaling group; all spans are AWS seconds. */
export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly created: Date;
  minSize: number;
  maxSize: number;
  desired: number;
  subnets: Subnet[];
  launchTemplate?: TemplateSpecification;
  mixedInstances?: MixedInstancesPolicy;
  healthCheckType: string;
  healthCheckGracePeriod: number;
  defaultCooldown: number;
  defaultInstanceWarmup?: number;
  maxInstanceLifetime?: number;
  maintenance?: { MinHealthyPercentage: number; MaxHealthyPercentage: number };
  terminationPolicies: string[];
  protectNewInstances: boolean;
  capacityRebalance: boolean;
  serviceLinkedRole: string;
  targetGroups: string[];
  tags: GroupTag[];
  metrics: string[];
  suspended: Set<string>;
  hooks: Map<string, Hook>;
  policies: Map<string, ScalingPolicy>;
  members: Map<string, Member>;
  /** Newest first. */
  activities: Activity[];
  /** Launches that have no instance yet. */
  launching: Pick<Member, "zone" | "spot">[];
  /** No launch before this time (real, ms): the last one failed. */
  pausedUntil: number;
  failures: number;
  deleting: boolean;
  /** The last change that somebody asked for, for the causes of activities. */
  lastRequest: string;
}

/** The group's launch template, wherever it stands. */
export function templateOf(group: Pick<Group, "launchTemplate" | "mixedInstances">): TemplateSpecification | undefined {
  return group.launchTemplate ?? group.mixedInstances?.LaunchTemplate.LaunchTemplateSpecification;
}

/** Whether a member counts as capacity: it is there and not on its way out. */
export function isAlive(member: Pick<Member, "lifecycle">): boolean {
  return !member.lifecycle.startsWith("Terminating");
}
