import { DescribeScalingActivitiesCommand, type Activity, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "./clients.ts";
import { awsTime } from "./clock.ts";
import { withCode } from "../deployment/error-codes.ts";
import type { Color } from "../deployment/model.ts";
import { autoScalingGroup, suspendedIn, targetHealth } from "./describe.ts";

/** What is waited for: as many healthy targets of this very group as it wants, and no fewer than its minimum. */
export interface Readiness {
  color: Color;
  groupName: string;
  targetGroupArn: string;
  minSize: number;
  /** Whether it has requests to answer already: then the way out is the other fleet. */
  serves: boolean;
  /** Seconds. */
  timeout: number;
  /** When this update began, in milliseconds since 1970 by this host's clock: earlier scaling activities are history. */
  since: number;
}

/** Ready, on the way, given up with the reason, or held up by suspended processes of the group. */
export type FleetState = { ready: boolean; summary: string; failure?: string; suspended?: string };

/**
 * Launches that may fail, and instances that the group may give up for their health, before waiting is pointless: one can be
 * bad luck with a machine, a second one is the image or a right.
 */
const tolerable = 1;

/** A launch that a lifecycle hook gave up, by an answer or by silence. AWS calls it cancelled, not failed. */
const abandoned = /lifecycle action .*was abandoned/i;

/**
 * Launch errors that the group itself gets over by trying another zone or a little later. The last: AWS makes the service-linked
 * role with an account's first group, and it can't be assumed for some seconds.
 */
const passing =
  /insufficient|capacity|throttl|rate exceeded|request limit|denied when attempting to assume role \S*AWSServiceRoleForAutoScaling/i;

/** Of these, the account's own quota, whose message speaks of "vCPU capacity": time doesn't raise it. */
const quota = /vcpu (capacity|limit)/i;

/**
 * EC2 ended the instance before it was in service, for example for a KMS key that the service-linked role may not use:
 * "Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError".
 * AWS calls such a launch cancelled. Spot interruptions say nothing of the image.
 */
const ended = /termination reason: (?!.*spot)/i;

/** Causes of a replacement that are none of the image's: EC2 stopped the instance, or took a Spot instance back. */
const notTheImage = /terminated or stopped|spot/i;

/**
 * Without the first no instance comes into service; without the second, none takes the place of one that is unhealthy.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-how-suspending-processes-affects-other-processes.html
 */
const needed = { launches: ["Launch", "AddToLoadBalancer"], replacements: ["HealthCheck", "ReplaceUnhealthy"] };

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

  const isIll = own.some(({ TargetHealth }) => TargetHealth?.State === "unhealthy");
  const suspended = suspendedIn(group, [...needed.launches, ...(isIll ? needed.replacements : [])]);
  if (suspended.length > 0) return { ready: false, summary, suspended: suspended.join(", ") };

  const givenUp = activities.filter(({ StatusMessage }) => abandoned.test(StatusMessage ?? ""));
  if (givenUp.length > tolerable) {
    const failure = `${givenUp.length} of its launches were given up at the boot gate (${gateReport(givenUp[0])})`;
    return { ready: false, summary, failure };
  }
  const failures = activities.filter(isFailedLaunch).map(reasonOf);
  const exhausted = failures.find((message) => quota.test(message));
  if (exhausted) return { ready: false, summary, failure: `a launch failed: ${exhausted}` };
  // While others come up, a zone or a machine is at fault, and the group tries again elsewhere until the time is over.
  const fatal = failures.filter((message) => !passing.test(message));
  if (fatal.length > tolerable && !activities.some(isGoodLaunch) && healthy === 0)
    return { ready: false, summary, failure: `${fatal.length} of its launches failed: ${fatal[0]}` };
  const replaced = activities.filter(
    ({ Cause = "" }) =>
      /taken out of service/i.test(Cause) && /health check|status check/i.test(Cause) && !notTheImage.test(Cause),
  );
  if (replaced.length > tolerable) {
    const failure = `${replaced.length} of its instances failed their health checks and were replaced${reasons(own)}`;
    return { ready: false, summary, failure };
  }
  const shortage = failures.length > 0 ? `; the last launch failed: ${failures[0]}` : "";
  const doubt = givenUp.length > 0 ? `; a launch was given up at the boot gate: ${gateReport(givenUp[0])}` : "";
  return { ready: false, summary: `${summary}${reasons(own)}${atTheGate(group)}${shortage}${doubt}` };
}

const reasonOf = ({ StatusMessage, Description }: Activity): string =>
  StatusMessage ?? Description ?? "no reason given";

const isFailedLaunch = (activity: Activity): boolean =>
  activity.StatusCode === "Failed" || (activity.StatusCode === "Cancelled" && ended.test(reasonOf(activity)));

const isGoodLaunch = ({ StatusCode, Description }: Activity): boolean =>
  StatusCode === "Successful" && /^launching a new ec2 instance/i.test(Description ?? "");

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
    // Another code than for a fleet that is not ready: nothing is wrong with its image.
    if (state.suspended)
      throw new Error(
        withCode(
          { code: "fleet-held-up", color },
          `The ${color} fleet (${groupName}) can't become ready: processes of its group are suspended: ${state.suspended}. ` +
            `Resume them: aws autoscaling resume-processes --auto-scaling-group-name ${groupName}; then update again. ` +
            "Instances that were launched without AddToLoadBalancer stay out of the target group: terminate them.",
        ),
      );
    if (state.summary !== last) report((last = state.summary));
    const failure =
      state.failure ?? (Date.now() - start > timeout * 1000 ? `not after ${timeout} s: ${state.summary}` : undefined);
    if (failure)
      throw new Error(
        withCode(
          { code: "fleet-not-ready", color },
          `The ${color} fleet (${groupName}) is not ready: ${failure}. ${advice(color, serves)}`,
        ),
      );
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function activitiesSince({ autoScaling }: AwsClients, groupName: string, since: number): Promise<Activity[]> {
  const { Activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: 50 }),
  );
  // AWS wrote the activities' times: this host's clock may be minutes off, and the answer has just told by how much.
  const ahead = awsTime(autoScaling) - Date.now();
  return Activities.filter(({ StartTime }) => !StartTime || StartTime.getTime() >= since + ahead);
}

const advice = (color: string, serves: boolean) =>
  serves
    ? `It serves, and goes on with what it has. Look at its instances; if the other fleet is better, set activeColor to it.`
    : `No traffic was moved to it. Set ${color}Ami to a good image and update again, or switch the fleet off with standby: off.`;
