import { randomUUID } from "node:crypto";
import { structureOf, textOf, validationError } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import { account, hookOf } from "./groups.ts";
import { checkResourceLabel, checkTargetGroups } from "./refusals.ts";
import { groupOf, type Scaling } from "./scaling.ts";
import type { Action } from "./action.ts";
import type { ActionName, Arguments } from "./schemas.ts";

/** All processes that can be suspended. */
const processes = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
];

/** All metrics that a group can publish. */
const metrics = [
  "GroupMinSize",
  "GroupMaxSize",
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupPendingInstances",
  "GroupStandbyInstances",
  "GroupTerminatingInstances",
  "GroupTotalInstances",
];

function checkPolicy(args: Arguments<"PutScalingPolicy">, scaling: Scaling): void {
  if (args.PolicyType !== "TargetTrackingScaling") {
    throw notRehearsed(
      `scaling policies of type ${args.PolicyType}`,
      "packages/local-aws/autoscaling/setting-actions.ts",
    );
  }
  const tracking = structureOf((args.TargetTrackingConfiguration ?? "") as Parameters<typeof structureOf>[0]);
  const predefined = structureOf(tracking.PredefinedMetricSpecification);
  const metric = textOf(predefined.PredefinedMetricType);
  if (!(Number(textOf(tracking.TargetValue)) > 0)) {
    throw validationError("TargetTrackingConfiguration must have a TargetValue above 0");
  }
  if (metric === "ALBRequestCountPerTarget") {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    checkResourceLabel(textOf(predefined.ResourceLabel), group, scaling.around.topology());
  } else if (textOf(predefined.ResourceLabel)) {
    throw validationError(`ResourceLabel must not be specified for ${metric} metric type`);
  }
}

/** Actions that change what a group is set to: policies, hooks, tags, target groups, metrics, processes. */
export const settingActions = {
  PutScalingPolicy(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    checkPolicy(args, scaling);
    const { PolicyName: name, PolicyType: type, ...settings } = args;
    const arn =
      group.policies.get(name)?.arn ??
      `arn:aws:autoscaling:${scaling.around.region}:${account}:scalingPolicy:${randomUUID()}:` +
        `autoScalingGroupName/${group.name}:policyName/${name}`;
    group.policies.set(name, { arn, name, type, settings: settings as Record<string, string> });
    return { PolicyARN: arn, Alarms: [] };
  },

  DeletePolicy(args, scaling) {
    for (const group of scaling.controller.groups.values()) {
      const policy = [...group.policies.values()].find((item) => [item.name, item.arn].includes(args.PolicyName));
      if (policy && (!args.AutoScalingGroupName || args.AutoScalingGroupName === group.name)) {
        group.policies.delete(policy.name);
        return;
      }
    }
    throw validationError("ScalingPolicy name not found - The policy does not exist");
  },

  PutLifecycleHook(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const transition = args.LifecycleTransition ?? group.hooks.get(args.LifecycleHookName)?.transition;
    if (!transition) {
      throw validationError("LifecycleTransition must be specified for a new lifecycle hook");
    }
    group.hooks.set(args.LifecycleHookName, hookOf({ ...args, LifecycleTransition: transition }));
  },

  DeleteLifecycleHook(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    if (!group.hooks.delete(args.LifecycleHookName)) {
      throw validationError("No lifecycle hook found with name " + args.LifecycleHookName);
    }
  },

  CompleteLifecycleAction(args, scaling) {
    groupOf(scaling, args.AutoScalingGroupName);
    scaling.hooks.complete(args, args.LifecycleActionResult);
  },

  RecordLifecycleActionHeartbeat(args, scaling) {
    groupOf(scaling, args.AutoScalingGroupName);
    scaling.hooks.heartbeat(args);
  },

  CreateOrUpdateTags(args, scaling) {
    for (const { ResourceId = "", Key, Value, PropagateAtLaunch } of args.Tags) {
      const group = groupOf(scaling, ResourceId);
      group.tags = [...group.tags.filter((tag) => tag.Key !== Key), { Key, Value, PropagateAtLaunch }];
    }
  },

  DeleteTags(args, scaling) {
    for (const { ResourceId = "", Key } of args.Tags) {
      const group = groupOf(scaling, ResourceId);
      group.tags = group.tags.filter((tag) => tag.Key !== Key);
    }
  },

  AttachLoadBalancerTargetGroups(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const vpcId = group.subnets[0]?.vpcId ?? "";
    checkTargetGroups(args.TargetGroupARNs, scaling.around.topology().targetGroups, vpcId);
    const added = args.TargetGroupARNs.filter((arn) => !group.targetGroups.includes(arn));
    group.targetGroups = [...group.targetGroups, ...added];
    const members = [...group.members.values()].filter((member) => member.lifecycle === "InService");
    added.forEach((arn) =>
      scaling.targets.register(
        arn,
        members.map(({ id }) => ({ id })),
      ),
    );
  },

  DetachLoadBalancerTargetGroups(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const missing = args.TargetGroupARNs.find((arn) => !group.targetGroups.includes(arn));
    if (missing) {
      throw validationError(`The target group ${missing} is not attached to the AutoScalingGroup ${group.name}.`);
    }
    group.targetGroups = group.targetGroups.filter((arn) => !args.TargetGroupARNs.includes(arn));
    for (const arn of args.TargetGroupARNs) {
      void scaling.targets.deregister(
        arn,
        [...group.members.keys()].map((id) => ({ id })),
      );
    }
  },

  EnableMetricsCollection(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    group.metrics = [...new Set([...group.metrics, ...(args.Metrics?.length ? args.Metrics : metrics)])];
  },

  DisableMetricsCollection(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    group.metrics = args.Metrics?.length ? group.metrics.filter((metric) => !args.Metrics?.includes(metric)) : [];
  },

  SuspendProcesses(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    (args.ScalingProcesses?.length ? args.ScalingProcesses : processes).forEach((name) => group.suspended.add(name));
  },

  ResumeProcesses(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    (args.ScalingProcesses?.length ? args.ScalingProcesses : processes).forEach((name) => group.suspended.delete(name));
    scaling.controller.reconcile(group);
  },
} satisfies { [Name in ActionName]?: Action<Name> };
