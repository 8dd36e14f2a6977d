import * as autoscaling from "@aws-sdk/client-auto-scaling";
import type { Cloud } from "../row.ts";
import type { Props } from "../shape.ts";
import { until } from "../wait.ts";
import { groupTags } from "./group-args.ts";

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What is only in the first list. */
function only(list: unknown, other: unknown): string[] {
  return texts(list).filter((item) => !texts(other).includes(item));
}

export async function setTags(name: string, olds: unknown, news: unknown, cloud: Cloud): Promise<void> {
  const wanted = groupTags(name, news);
  const gone = groupTags(name, olds).filter((tag) => !wanted.some((kept) => kept.Key === tag.Key));
  if (gone.length > 0) await cloud.autoscaling.send(new autoscaling.DeleteTagsCommand({ Tags: gone }));
  if (wanted.length > 0) await cloud.autoscaling.send(new autoscaling.CreateOrUpdateTagsCommand({ Tags: wanted }));
}

/** Changes a group's target groups, and waits until AWS is done with each. */
export async function detachAndAttach(name: string, olds: unknown, news: unknown, cloud: Cloud): Promise<void> {
  const request = (TargetGroupARNs: string[]) => ({ AutoScalingGroupName: name, TargetGroupARNs });
  const settled = (state: string) =>
    until(`target groups of ${name}`, 10, cloud, async () => {
      const asked = new autoscaling.DescribeLoadBalancerTargetGroupsCommand({ AutoScalingGroupName: name });
      const groups = (await cloud.autoscaling.send(asked)).LoadBalancerTargetGroups ?? [];
      const busy = groups.filter((one) => one.State === state).length;
      return busy === 0 ? { done: true } : { missing: `${busy} still ${state}` };
    });
  const [gone, added] = [only(olds, news), only(news, olds)];
  if (gone.length > 0) {
    await cloud.autoscaling.send(new autoscaling.DetachLoadBalancerTargetGroupsCommand(request(gone)));
    await settled("Removing");
  }
  if (added.length > 0) {
    await cloud.autoscaling.send(new autoscaling.AttachLoadBalancerTargetGroupsCommand(request(added)));
    await settled("Adding");
  }
}

export async function setMetrics(name: string, olds: unknown, news: Props, cloud: Cloud): Promise<void> {
  const AutoScalingGroupName = name;
  const [gone, added] = [only(olds, news.enabledMetrics), only(news.enabledMetrics, olds)];
  if (gone.length > 0) {
    await cloud.autoscaling.send(
      new autoscaling.DisableMetricsCollectionCommand({ AutoScalingGroupName, Metrics: gone }),
    );
  }
  if (added.length > 0) {
    const Granularity = String(news.metricsGranularity);
    await cloud.autoscaling.send(
      new autoscaling.EnableMetricsCollectionCommand({ AutoScalingGroupName, Metrics: added, Granularity }),
    );
  }
}

export async function setProcesses(name: string, olds: unknown, news: unknown, cloud: Cloud): Promise<void> {
  const AutoScalingGroupName = name;
  const [resumed, suspended] = [only(olds, news), only(news, olds)];
  if (resumed.length > 0) {
    await cloud.autoscaling.send(
      new autoscaling.ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: resumed }),
    );
  }
  if (suspended.length > 0) {
    await cloud.autoscaling.send(
      new autoscaling.SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: suspended }),
    );
  }
}
