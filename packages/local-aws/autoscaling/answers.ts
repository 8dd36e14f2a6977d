import type { Answer } from "@bluegreen/query-protocol";
import type { Activity, Group, Hook, Member, ScalingPolicy } from "./model.ts";

/** A member as DescribeAutoScalingGroups gives it. */
function memberAnswer(member: Member): { [member: string]: Answer } {
  return {
    InstanceId: member.id,
    InstanceType: member.type,
    AvailabilityZone: member.zone,
    LifecycleState: member.lifecycle,
    HealthStatus: member.health,
    LaunchTemplate: { ...member.template },
    ProtectedFromScaleIn: member.protectedFromScaleIn,
  };
}

/** A member as DescribeAutoScalingInstances gives it. */
export function instanceAnswer(group: Group, member: Member): Answer {
  return { ...memberAnswer(member), AutoScalingGroupName: group.name, HealthStatus: member.health.toUpperCase() };
}

/** The tags of a group, with what they belong to. */
export function tagAnswers(group: Group): Answer[] {
  return group.tags.map((tag) => ({ ResourceId: group.name, ResourceType: "auto-scaling-group", ...tag }));
}

/** A mixed-instances policy with the defaults that AWS fills in. */
function mixedInstancesAnswer(policy: NonNullable<Group["mixedInstances"]>): Answer {
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: { ...policy.LaunchTemplate.LaunchTemplateSpecification },
      Overrides: (policy.LaunchTemplate.Overrides ?? []).map((override) => ({
        InstanceType: override.InstanceType,
        WeightedCapacity: override.WeightedCapacity,
        LaunchTemplateSpecification: override.LaunchTemplateSpecification && {
          ...override.LaunchTemplateSpecification,
        },
      })),
    },
    InstancesDistribution: {
      OnDemandAllocationStrategy: "prioritized",
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: "lowest-price",
      ...policy.InstancesDistribution,
    },
  };
}

/** A group as DescribeAutoScalingGroups gives it. */
export function groupAnswer(group: Group): Answer {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: group.launchTemplate && { ...group.launchTemplate },
    MixedInstancesPolicy: group.mixedInstances && mixedInstancesAnswer(group.mixedInstances),
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desired,
    DefaultCooldown: group.defaultCooldown,
    AvailabilityZones: [...new Set(group.subnets.map((subnet) => subnet.zone))],
    LoadBalancerNames: [],
    TargetGroupARNs: group.targetGroups,
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriod,
    Instances: [...group.members.values()].map(memberAnswer),
    CreatedTime: group.created,
    SuspendedProcesses: [...group.suspended].map((name) => ({
      ProcessName: name,
      SuspensionReason: "User suspended",
    })),
    VPCZoneIdentifier: group.subnets.map((subnet) => subnet.id).join(","),
    EnabledMetrics: group.metrics.map((metric) => ({ Metric: metric, Granularity: "1Minute" })),
    Status: group.deleting ? "Delete in progress" : undefined,
    Tags: tagAnswers(group),
    TerminationPolicies: group.terminationPolicies,
    NewInstancesProtectedFromScaleIn: group.protectNewInstances,
    ServiceLinkedRoleARN: group.serviceLinkedRole,
    MaxInstanceLifetime: group.maxInstanceLifetime,
    CapacityRebalance: group.capacityRebalance,
    DefaultInstanceWarmup: group.defaultInstanceWarmup,
    InstanceMaintenancePolicy: group.maintenance && { ...group.maintenance },
    TrafficSources: group.targetGroups.map((arn) => ({ Identifier: arn, Type: "elbv2" })),
  };
}

/** An activity as DescribeScalingActivities gives it. */
export function activityAnswer(activity: Activity): { [member: string]: Answer } {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: activity.group,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.start,
    EndTime: activity.end,
    StatusCode: activity.status,
    StatusMessage: activity.message,
    Progress: activity.progress,
    Details: activity.details,
  };
}

/** A hook as DescribeLifecycleHooks gives it; AWS ends every wait after 48 hours or 100 time-outs. */
export function hookAnswer(group: Group, hook: Hook): Answer {
  return {
    LifecycleHookName: hook.name,
    AutoScalingGroupName: group.name,
    LifecycleTransition: hook.transition,
    HeartbeatTimeout: hook.heartbeatTimeout,
    GlobalTimeout: Math.min(hook.heartbeatTimeout * 100, 172_800),
    DefaultResult: hook.defaultResult,
    NotificationTargetARN: hook.notificationTarget,
    NotificationMetadata: hook.notificationMetadata,
    RoleARN: hook.role,
  };
}

/** A policy as DescribePolicies gives it. */
export function policyAnswer(group: Group, policy: ScalingPolicy): Answer {
  return {
    ...(policy.settings as { [member: string]: Answer }),
    AutoScalingGroupName: group.name,
    PolicyName: policy.name,
    PolicyARN: policy.arn,
    PolicyType: policy.type,
    Alarms: [],
  };
}
