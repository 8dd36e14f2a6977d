import { SetInstanceProtectionCommand, type Instance } from "@aws-sdk/client-auto-scaling";
import { setTimeout as pause } from "node:timers/promises";
import { autoScalingGroup } from "../../aws/describe.ts";
import type { Color } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import type { Teller } from "../ui.ts";

/** Seconds that Auto Scaling has to begin with the end of each instance, and milliseconds between two looks. */
const patience = 120;
const every = 1_000;

/** Whether an instance is about to go by itself: it drains, or its hooks run. */
const isLeaving = ({ LifecycleState }: Instance): boolean => LifecycleState?.startsWith("Terminating") === true;

/**
 * Waits until each instance of a group whose size is 0 by now is gone or on its way, and lifts the scale-in protection of those
 * that it would keep for ever.
 * @throws CliError that names what stays, and why
 */
export async function emptied(session: Session, color: Color, groupName: string, tell: Teller): Promise<void> {
  const { clients, signal } = session;
  const { elb, autoScaling } = clients;
  const deadline = Date.now() + patience * 1_000;
  let lifted = false;
  for (;;) {
    const { Instances = [] } = (await autoScalingGroup({ elb, autoScaling }, groupName)) ?? {};
    const left = Instances.filter((instance) => !isLeaving(instance));
    if (left.length === 0) return;
    const inStandby = left.filter(({ LifecycleState }) => LifecycleState === "Standby");
    const kept = left.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn === true);
    if (kept.length > 0 && !lifted) {
      lifted = true;
      const ids = kept.map(({ InstanceId = "" }) => InstanceId);
      const lift = { AutoScalingGroupName: groupName, InstanceIds: ids, ProtectedFromScaleIn: false };
      await autoScaling.send(new SetInstanceProtectionCommand(lift)).then(
        () => tell.keep(`lifted the scale-in protection of ${ids.join(", ")}`),
        (error: Error) => tell.keep(`the scale-in protection of ${ids.join(", ")} can't be lifted: ${error.message}`),
      );
      continue;
    }
    // Nobody but who put it there takes an instance out of Standby.
    if (Date.now() > deadline || inStandby.length === left.length) throw stays(color, groupName, left);
    tell.now(`${left.length} instances are still in service`);
    await pause(every, undefined, { signal });
  }
}

function stays(color: Color, groupName: string, left: readonly Instance[]): CliError {
  const list = left.map(({ InstanceId, LifecycleState, ProtectedFromScaleIn }) => {
    return `${InstanceId} (${LifecycleState}${ProtectedFromScaleIn ? ", protected from scale-in" : ""})`;
  });
  return new CliError(
    "failed",
    `${color} gets no requests, and its group ${groupName} has size 0, but instances of it stay and cost: ${list.join(", ")}. ` +
      "End those that nobody needs: aws autoscaling terminate-instance-in-auto-scaling-group " +
      "--no-should-decrement-desired-capacity --instance-id ID (out of Standby first: aws autoscaling exit-standby); " +
      "then bluegreen retire again.",
  );
}
