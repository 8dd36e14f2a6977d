import { DescribeScalingActivitiesCommand, type Activity, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "./aws-clients.ts";
import { autoScalingGroup, targetHealth } from "./live.ts";

/** What is waited for: as many healthy targets of this very group as it wants, and no fewer than its minimum. */
export interface Readiness {
  color: string;
  groupName: string;
  targetGroupArn: string;
  minSize: number;
  /** Whether it has requests to answer already: then the way out is the other fleet. */
  serves: boolean;
  /** Seconds. */
  timeout: number;
  /** When this update began, in milliseconds since the epoch: earlier scaling activities are history. */
  since: number;
}

/** Ready, on the way, or given up with the reason. */
export type FleetState = { ready: boolean; summary: string; failure?: string };

/**
 * Instances that the group may give up, at their launch or for their health, before waiting is pointless: one can be bad
 * luck with a machine, a second one is the image.
 */
const tolerableReplacements = 1;

/** A launch that a lifecycle hook gave up, by an answer or by silence. AWS calls it cancelled, not failed. */
const abandoned = /lifecycle action .*was abandoned/i;

/** Launch errors that the group itself gets over by trying another zone or a little later. */
const passing = /insufficient|capacity|throttl|rate exceeded|request limit/i;

/** Of these, the account's own quota, whose message speaks of "vCPU capacity": time doesn't raise it. */
const quota = /vcpu (capacity|limit)/i;

/** Judges one look at a fleet. `activities` are those since the waiting began (of a new group: all). */
export function fleetState(
  group: AutoScalingGroup | undefined,
  targets: TargetHealthDescription[],
  activities: Activity[],
  minSize: number,
): FleetState {
  const members = (group?.Instances ?? []).map(({ InstanceId }) => InstanceId);
  const own = targets.filter(({ Target }) => members.includes(Target?.Id));
  const healthy = own.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
  const wanted = Math.max(minSize, group?.DesiredCapacity ?? 0);
  const summary = `${healthy} of ${wanted} healthy`;
  if (group && healthy >= wanted) return { ready: true, summary };

  const givenUp = activities.filter(({ StatusMessage }) => abandoned.test(StatusMessage ?? ""));
  if (givenUp.length > tolerableReplacements) {
    const failure = `${givenUp.length} of its launches were given up at the boot gate (${gateReport(givenUp[0])})`;
    return { ready: false, summary, failure };
  }
  const failures = activities
    .filter(({ StatusCode }) => StatusCode === "Failed")
    .map(({ StatusMessage, Description }) => StatusMessage ?? Description ?? "no reason given");
  const fatal = failures.find((message) => !passing.test(message) || quota.test(message));
  if (fatal) return { ready: false, summary, failure: `a launch failed: ${fatal}` };
  const replaced = activities.filter(
    ({ Cause }) => /health check/i.test(Cause ?? "") && /taken out of service/i.test(Cause ?? ""),
  );
  if (replaced.length > tolerableReplacements) {
    const failure = `${replaced.length} of its instances failed their health checks and were replaced${reasons(own)}`;
    return { ready: false, summary, failure };
  }
  const shortage = failures.length > 0 ? `; the last launch failed: ${failures[0]}` : "";
  const doubt = givenUp.length > 0 ? `; a launch was given up at the boot gate: ${gateReport(givenUp[0])}` : "";
  return { ready: false, summary: `${summary}${reasons(own)}${atTheGate(group)}${shortage}${doubt}` };
}

/** Instances that run, and are in no target group before their boot gate has answered. */
function atTheGate(group: AutoScalingGroup | undefined): string {
  const waiting = (group?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === "Pending:Wait");
  return waiting.length > 0 ? `; at the boot gate: ${waiting.map(({ InstanceId }) => InstanceId).join(", ")}` : "";
}

/** AWS's words for a launch that was given up, and where the gate's own stand: the console outlives the instance for an hour. */
function gateReport({ StatusMessage, Description }: Activity): string {
  const [id] = /\bi-[0-9a-f]+/.exec(Description ?? "") ?? [];
  const report = `see aws ec2 get-console-output --output text --instance-id ${id ?? "i-..."}`;
  return `${StatusMessage}; ${report}, or journalctl -u bluegreen-boot-gate on a living instance`;
}

function reasons(targets: TargetHealthDescription[]): string {
  const lines = targets
    .filter(({ TargetHealth }) => TargetHealth?.State !== "healthy")
    .map(
      ({ Target, TargetHealth }) =>
        `${Target?.Id} ${TargetHealth?.State}: ${TargetHealth?.Description ?? TargetHealth?.Reason ?? "no reason given"}`,
    );
  return lines.length > 0 ? ` (${lines.join("; ")})` : "";
}

/**
 * Waits until a fleet is ready.
 * @param report is told the state whenever it changes.
 * @throws Error that says what the fleet lacks, in AWS's own words, at the deadline or as soon as waiting is pointless.
 */
export async function waitUntilReady(
  clients: AwsClients,
  { color, groupName, targetGroupArn, minSize, serves, timeout, since }: Readiness,
  report: (summary: string) => void,
): Promise<void> {
  const start = Date.now();
  let last: string | undefined;
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5_000)) {
    const [group, targets] = await Promise.all([
      autoScalingGroup(clients, groupName),
      targetHealth(clients, targetGroupArn),
    ]);
    const activities = group ? await activitiesSince(clients, groupName, since) : [];
    const state = fleetState(group, targets, activities, minSize);
    if (state.ready) return;
    if (state.summary !== last) report((last = state.summary));
    const failure =
      state.failure ?? (Date.now() - start > timeout * 1000 ? `not after ${timeout} s: ${state.summary}` : undefined);
    if (failure)
      throw new Error(`The ${color} fleet (${groupName}) is not ready: ${failure}. ${advice(color, serves)}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function activitiesSince({ autoScaling }: AwsClients, groupName: string, since: number): Promise<Activity[]> {
  const { Activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: 50 }),
  );
  return Activities.filter(({ StartTime }) => !StartTime || StartTime.getTime() >= since);
}

const advice = (color: string, serves: boolean) =>
  serves
    ? `It serves, and goes on with what it has. Look at its instances; if the other fleet is better, set activeColor to it.`
    : `No traffic was moved to it. Set ${color}Ami to a good image and update again, or switch the fleet off with standby: off.`;
