import { notRehearsed } from "../errors.ts";
import { activityAnswer, groupAnswer, hookAnswer, instanceAnswer, policyAnswer, tagAnswers } from "./answers.ts";
import type { Group, GroupTag } from "./model.ts";
import { groupOf, type Scaling } from "./scaling.ts";
import type { Action } from "./action.ts";
import type { ActionName } from "./schemas.ts";

function allGroups(scaling: Scaling): Group[] {
  return [...scaling.controller.groups.values()];
}

/** AWS's filters on groups: `tag-key`, `tag-value` and `tag:KEY`; all of them must hold. */
function passes(group: Group, filters: { Name: string; Values: string[] }[]): boolean {
  const holds = (tag: GroupTag, { Name, Values }: { Name: string; Values: string[] }): boolean => {
    if (Name === "tag-key") {
      return Values.includes(tag.Key);
    }
    return (Name === "tag-value" || Name === `tag:${tag.Key}`) && Values.includes(tag.Value);
  };
  return filters.every((filter) => group.tags.some((tag) => holds(tag, filter)));
}

/** Actions that only tell. */
export const describeActions = {
  DescribeAutoScalingGroups(args, scaling) {
    const names = args.AutoScalingGroupNames ?? [];
    const groups = allGroups(scaling).filter(
      (group) => (names.length === 0 || names.includes(group.name)) && passes(group, args.Filters ?? []),
    );
    return { AutoScalingGroups: groups.map(groupAnswer) };
  },

  DescribeAutoScalingInstances(args, scaling) {
    const ids = args.InstanceIds ?? [];
    const all = allGroups(scaling).flatMap((group) => [...group.members.values()].map((member) => ({ group, member })));
    const wanted = all.filter(({ member }) => ids.length === 0 || ids.includes(member.id));
    return { AutoScalingInstances: wanted.map(({ group, member }) => instanceAnswer(group, member)) };
  },

  DescribeScalingActivities(args, scaling) {
    const name = args.AutoScalingGroupName;
    const groups = name ? [groupOf(scaling, name)] : allGroups(scaling);
    const ids = args.ActivityIds ?? [];
    const activities = groups
      .flatMap((group) => group.activities)
      .filter((activity) => ids.length === 0 || ids.includes(activity.id))
      .sort((a, b) => b.start.getTime() - a.start.getTime());
    return { Activities: activities.slice(0, args.MaxRecords ?? 100).map(activityAnswer) };
  },

  DescribeLifecycleHooks(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    const names = args.LifecycleHookNames ?? [];
    const hooks = [...group.hooks.values()].filter((hook) => names.length === 0 || names.includes(hook.name));
    return { LifecycleHooks: hooks.map((hook) => hookAnswer(group, hook)) };
  },

  DescribePolicies(args, scaling) {
    const groups = args.AutoScalingGroupName ? [groupOf(scaling, args.AutoScalingGroupName)] : allGroups(scaling);
    const names = args.PolicyNames ?? [];
    const types = args.PolicyTypes ?? [];
    const policies = groups.flatMap((group) =>
      [...group.policies.values()]
        .filter((policy) => names.length === 0 || names.includes(policy.name) || names.includes(policy.arn))
        .filter((policy) => types.length === 0 || types.includes(policy.type))
        .map((policy) => policyAnswer(group, policy)),
    );
    return { ScalingPolicies: policies };
  },

  DescribeTags(args, scaling) {
    const filters = args.Filters ?? [];
    const unknown = filters.find(({ Name }) => !["auto-scaling-group", "key"].includes(Name));
    if (unknown) {
      throw notRehearsed(
        `the DescribeTags filter ${unknown.Name}`,
        "packages/local-aws/autoscaling/describe-actions.ts",
      );
    }
    const wanted = (name: string, value: string): boolean =>
      filters.every((filter) => filter.Name !== name || filter.Values.includes(value));
    const tags = allGroups(scaling)
      .filter((group) => wanted("auto-scaling-group", group.name))
      .flatMap((group) => tagAnswers({ ...group, tags: group.tags.filter((tag) => wanted("key", tag.Key)) }));
    return { Tags: tags };
  },

  DescribeLoadBalancerTargetGroups(args, scaling) {
    const group = groupOf(scaling, args.AutoScalingGroupName);
    return {
      LoadBalancerTargetGroups: group.targetGroups.map((arn) => ({
        LoadBalancerTargetGroupARN: arn,
        State: "InService",
      })),
    };
  },
} satisfies { [Name in ActionName]?: Action<Name> };
