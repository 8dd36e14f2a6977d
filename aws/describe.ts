import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import {
  DescribeListenersCommand,
  DescribeTargetHealthCommand,
  ListenerNotFoundException,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "./clients.ts";
import { weightsIn } from "../deployment/listener-weights.ts";
import type { ByColor, TargetHealthSummary } from "../deployment/model.ts";

/** Reads of what is really there. AWS's errors pass through. */

/** The listener's weights by colour, 0 where it doesn't name the colour; undefined when there is no such listener. */
export async function liveWeights(
  { elb }: AwsClients,
  listenerArn: string,
  targetGroupArns: ByColor<string>,
): Promise<ByColor<number> | undefined> {
  try {
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
    return weightsIn(Listeners[0]?.DefaultActions ?? [], targetGroupArns);
  } catch (error) {
    if (error instanceof ListenerNotFoundException) return undefined;
    throw error;
  }
}

export async function targetHealth({ elb }: AwsClients, targetGroupArn: string): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  return TargetHealthDescriptions;
}

export async function autoScalingGroup(
  { autoScaling }: AwsClients,
  name: string,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups[0];
}

/**
 * A colour's targets that are not leaving.
 * @param group its present group; without it nobody can tell whose targets are, and every healthy one counts
 */
export function observe(
  targets: TargetHealthDescription[],
  group?: Partial<Pick<AutoScalingGroup, "Instances" | "DesiredCapacity">>,
): TargetHealthSummary {
  const idsIn = (states: TargetHealthDescription[]) => states.map(({ Target }) => Target?.Id ?? "");
  const staying = targets.filter(({ TargetHealth }) => !["draining", "unused"].includes(TargetHealth?.State ?? ""));
  const healthy = idsIn(staying.filter(({ TargetHealth }) => TargetHealth?.State === "healthy"));
  if (!group) return { registered: staying.length, healthy: healthy.length, staleTargets: [] };
  const { Instances = [], DesiredCapacity = 0 } = group;
  const lifecycleOf = new Map(Instances.map(({ InstanceId = "", LifecycleState }) => [InstanceId, LifecycleState]));
  const inService = healthy.filter((id) => lifecycleOf.get(id) === "InService");
  return {
    registered: staying.length,
    healthy: Math.min(inService.length, DesiredCapacity),
    staleTargets: idsIn(staying).filter((id) => !lifecycleOf.has(id)),
  };
}
