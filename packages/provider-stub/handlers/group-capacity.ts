import type { AutoScalingGroup, Activity } from "@aws-sdk/client-auto-scaling";
import type { Props } from "../shape.ts";

/** Healthy instances: in the group, and of those the ones that every target group calls healthy. */
export interface Capacity {
  readonly inGroup: number;
  readonly inTargetGroups: number;
}

/** Target health by instance id, one map a target group. */
export type TargetStates = readonly ReadonlyMap<string, string>[];

/** Counts as the official provider does: an instance that a target group does not list yet counts as healthy. */
export function capacityOf(group: AutoScalingGroup, targets: TargetStates): Capacity {
  const healthy = (group.Instances ?? []).filter(
    (one) => one.InstanceId && one.HealthStatus === "Healthy" && one.LifecycleState === "InService",
  );
  const weight = (one: { WeightedCapacity?: string }) => Number(one.WeightedCapacity ?? 1);
  const registered = healthy.filter((one) =>
    targets.every((states) => (states.get(one.InstanceId ?? "") ?? "healthy") === "healthy"),
  );
  const sum = (instances: typeof healthy) => instances.reduce((total, one) => total + weight(one), 0);
  return { inGroup: sum(healthy), inTargetGroups: sum(registered) };
}

/** What a creation still waits for, or undefined: all its targets are minimums. */
export function missingAtCreation(inputs: Props, { inGroup, inTargetGroups }: Capacity): string | undefined {
  const want = Number(inputs.desiredCapacity ?? 0) || Number(inputs.minSize);
  if (inGroup < want) return `want at least ${want} healthy instance(s) in Auto Scaling Group, have ${inGroup}`;
  const registered = Number(inputs.waitForElbCapacity ?? 0) || Number(inputs.minElbCapacity ?? 0);
  if (inTargetGroups >= registered) return undefined;
  return `want at least ${registered} healthy instance(s) registered to Load Balancer, have ${inTargetGroups}`;
}

/** What an update still waits for, or undefined: all its targets are exact. `desired` is the state's, if not the program's. */
export function missingAtUpdate(
  inputs: Props,
  desired: number,
  { inGroup, inTargetGroups }: Capacity,
): string | undefined {
  const want = Math.max(Number(inputs.minSize), Number(inputs.desiredCapacity ?? desired));
  if (inGroup !== want) return `want exactly ${want} healthy instance(s) in Auto Scaling Group, have ${inGroup}`;
  const registered = Number(inputs.waitForElbCapacity ?? 0);
  if (registered === 0 || inTargetGroups === registered) return undefined;
  return `want exactly ${registered} healthy instance(s) registered to Load Balancer, have ${inTargetGroups}`;
}

/** The failures since the operation began that end a wait at once; a late instance profile is tried again by AWS. */
export function fatalActivities(activities: readonly Activity[], since: Date): string[] {
  return activities
    .filter((one) => one.StatusCode === "Failed" && one.Progress === 100 && (one.StartTime ?? since) >= since)
    .filter((one) => !one.StatusMessage?.includes("Invalid IAM Instance Profile"))
    .map((one) => `scaling activity (${one.ActivityId}): ${one.StatusCode}: ${one.StatusMessage}`);
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a duration like "10m" or "1h30m"; "0" is none. */
export function seconds(duration: string): number {
  if (duration === "0") return 0;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== duration || parts.length === 0) {
    throw new Error(`waitForCapacityTimeout is "${duration}"; give a duration such as "10m", or "0" for none`);
  }
  return parts.reduce((total, [, count, unit]) => total + Number(count) * UNITS[unit], 0);
}
