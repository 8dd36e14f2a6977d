import * as autoscaling from "@aws-sdk/client-auto-scaling";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import {
  type Capacity,
  capacityOf,
  fatalActivities,
  missingAtCreation,
  missingAtUpdate,
  seconds,
} from "./group-capacity.ts";
import { GROUP_ARGS, groupDefaults, groupFaults, groupTags, hookRequests, updateRequest } from "./group-args.ts";
import { detachAndAttach, setMetrics, setProcesses, setTags } from "./group-parts.ts";

async function groupOf(name: string, cloud: Cloud): Promise<autoscaling.AutoScalingGroup | undefined> {
  const request = new autoscaling.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  return (await cloud.autoscaling.send(request)).AutoScalingGroups?.find((one) => one.AutoScalingGroupName === name);
}

async function targetStates(group: autoscaling.AutoScalingGroup, cloud: Cloud): Promise<Map<string, string>[]> {
  const asked = (group.TargetGroupARNs ?? []).map(async (TargetGroupArn) => {
    const health = await cloud.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    const states = health.TargetHealthDescriptions ?? [];
    return new Map(states.map((one) => [one.Target?.Id ?? "", String(one.TargetHealth?.State)]));
  });
  return Promise.all(asked);
}

async function waitForCapacity(
  name: string,
  inputs: Props,
  since: Date,
  cloud: Cloud,
  missing: (capacity: Capacity) => string | undefined,
): Promise<void> {
  const customSeconds = seconds(String(inputs.waitForCapacityTimeout));
  if (customSeconds === 0) return;
  const waiter = Object.assign(Object.create(cloud) as Cloud, { customSeconds });
  await until(`Auto Scaling Group (${name}) capacity satisfied`, 10, waiter, async () => {
    if (inputs.ignoreFailedScalingActivities !== true) {
      const request = new autoscaling.DescribeScalingActivitiesCommand({ AutoScalingGroupName: name });
      const fatal = fatalActivities((await cloud.autoscaling.send(request)).Activities ?? [], since);
      if (fatal.length > 0) throw new Error(fatal.join("; "));
    }
    const group = await groupOf(name, cloud);
    if (!group) throw new Error(`Auto Scaling Group (${name}) is gone`);
    const lacking = missing(capacityOf(group, await targetStates(group, cloud)));
    return lacking ? { missing: lacking } : { done: true };
  });
}

async function drain(name: string, cloud: Cloud): Promise<void> {
  const none = { DesiredCapacity: 0, MinSize: 0, MaxSize: 0 };
  await cloud.autoscaling.send(new autoscaling.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...none }));
  const held = (await groupOf(name, cloud))?.Instances?.filter((one) => one.ProtectedFromScaleIn) ?? [];
  if (held.length > 0) {
    const InstanceIds = held.map((one) => one.InstanceId ?? "");
    const request = { AutoScalingGroupName: name, InstanceIds, ProtectedFromScaleIn: false };
    await cloud.autoscaling.send(new autoscaling.SetInstanceProtectionCommand(request));
  }
  await until(`Auto Scaling Group (${name}) drain`, 10, cloud, async () => {
    const left = (await groupOf(name, cloud))?.Instances?.length ?? 0;
    return left === 0 ? { done: true } : { missing: `${left} instance(s) left` };
  });
}

/** Auto Scaling groups. */
export const group: Row = {
  type: "aws:autoscaling/group:Group",
  args: GROUP_ARGS,
  replace: "name initialLifecycleHooks",
  name: { max: 255 },
  defaults: groupDefaults,
  check: groupFaults,
  async create(inputs, cloud) {
    const name = String(inputs.name);
    const { desiredCapacity, ...rest } = inputs;
    // An explicit 0 is never sent: the official provider can't tell it from "not given".
    const capacity = Number(desiredCapacity ?? 0) > 0 ? { DesiredCapacity: Number(desiredCapacity) } : {};
    const hooked = hookRequests(name, inputs).length > 0;
    const request = {
      ...toAws<autoscaling.CreateAutoScalingGroupCommandInput>(GROUP_ARGS, rest),
      ...capacity,
      // The hooks of a new group must stand before its first instances.
      ...(hooked ? { MinSize: 0, MaxSize: 0, DesiredCapacity: undefined } : {}),
      Tags: groupTags(name, inputs.tags),
    };
    const go = () => cloud.autoscaling.send(new autoscaling.CreateAutoScalingGroupCommand(request));
    await retrying(/Invalid IAM Instance Profile/, 2, cloud, go);
    return name;
  },
  async settle(name, inputs, cloud) {
    const since = new Date();
    const hooks = hookRequests(name, inputs);
    for (const hook of hooks) await cloud.autoscaling.send(new autoscaling.PutLifecycleHookCommand(hook));
    if (hooks.length > 0) {
      const { minSize, maxSize, desiredCapacity } = inputs;
      const sizes = {
        MinSize: Number(minSize),
        MaxSize: Number(maxSize),
        DesiredCapacity: Number(desiredCapacity ?? 0) || undefined,
      };
      await cloud.autoscaling.send(
        new autoscaling.UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...sizes }),
      );
    }
    await waitForCapacity(name, inputs, since, cloud, (capacity) => missingAtCreation(inputs, capacity));
    await setProcesses(name, [], inputs.suspendedProcesses, cloud);
    await setMetrics(name, [], inputs, cloud);
  },
  async read(name, cloud) {
    const found = await groupOf(name, cloud);
    if (!found) return undefined;
    const metrics = found.EnabledMetrics ?? [];
    const tags = (found.Tags ?? []).filter((tag) => !tag.Key?.startsWith("aws:"));
    return {
      ...fromAws(GROUP_ARGS, found),
      launchTemplate: fromAws(GROUP_ARGS, found).launchTemplate ?? null,
      mixedInstancesPolicy: fromAws(GROUP_ARGS, found).mixedInstancesPolicy ?? null,
      name,
      protectFromScaleIn: found.NewInstancesProtectedFromScaleIn === true,
      suspendedProcesses: (found.SuspendedProcesses ?? []).map((one) => one.ProcessName),
      enabledMetrics: metrics.map((one) => one.Metric),
      metricsGranularity: metrics[0]?.Granularity,
      tags: tags.map((tag) => ({ key: tag.Key, value: tag.Value, propagateAtLaunch: tag.PropagateAtLaunch === true })),
      arn: found.AutoScalingGroupARN,
      availabilityZones: found.AvailabilityZones,
      predictedCapacity: found.PredictedCapacity ?? 0,
      warmPoolSize: found.WarmPoolSize ?? 0,
    };
  },
  async update(update, cloud) {
    const { id, news, olds, state, changed } = update;
    const since = new Date();
    const request = updateRequest(update);
    if (request) await cloud.autoscaling.send(new autoscaling.UpdateAutoScalingGroupCommand(request));
    if (changed("tags")) await setTags(id, olds.tags, news.tags, cloud);
    if (changed("targetGroupArns")) await detachAndAttach(id, olds.targetGroupArns, news.targetGroupArns, cloud);
    if (changed("desiredCapacity", "minSize")) {
      // The state's number, as the official provider takes it: it waits in vain once Auto Scaling has moved.
      const desired = Number(state.desiredCapacity ?? 0);
      await waitForCapacity(id, news, since, cloud, (capacity) => missingAtUpdate(news, desired, capacity));
    }
    if (changed("enabledMetrics", "metricsGranularity")) await setMetrics(id, olds.enabledMetrics, news, cloud);
    if (changed("suspendedProcesses")) await setProcesses(id, olds.suspendedProcesses, news.suspendedProcesses, cloud);
  },
  async remove(name, state, cloud) {
    if (!(await groupOf(name, cloud))) return;
    const ForceDelete = state.forceDelete === true;
    if (!ForceDelete) await drain(name, cloud);
    const request = new autoscaling.DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete });
    await retrying(/^(ResourceInUse|ScalingActivityInProgress)/, 10, cloud, () =>
      ifThere(cloud.autoscaling.send(request)),
    );
    await until(`Auto Scaling Group (${name}) delete`, 10, cloud, async () =>
      (await groupOf(name, cloud)) ? { missing: "it is still there" } : { done: true },
    );
  },
};
