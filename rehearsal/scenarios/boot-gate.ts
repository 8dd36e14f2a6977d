import { CompleteLifecycleActionCommand, DescribeAutoScalingInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { autoScaling } from "./aws.ts";
import { touchedResources } from "../../automation/protocol.ts";
import { touchedByImage, pause, type Context, type Step, type Fixture } from "./context.ts";
import { fixtures } from "./release.ts";

/** Green serves; blue comes up with an image that answers the launch lifecycle hook. */
const gated = (context: Context): Fixture => ({
  ...fixtures.green(context),
  blueAmi: context.session.images["boot-gate"],
});

/**
 * Stands in for the gates in the instances while a promise is under way: answers the hook for each that waits.
 * @returns ids of the instances that were answered for
 */
async function answering(context: Context, result: "CONTINUE" | "ABANDON", until: Promise<unknown>): Promise<string[]> {
  const client = autoScaling(context);
  const answered: string[] = [];
  let goesOn = true;
  until.then(
    () => (goesOn = false),
    () => (goesOn = false),
  );
  while (goesOn) {
    const { AutoScalingInstances = [] } = await client.send(new DescribeAutoScalingInstancesCommand());
    const waiting = AutoScalingInstances.filter(({ LifecycleState }) => LifecycleState === "Pending:Wait");
    for (const { InstanceId = "", AutoScalingGroupName } of waiting) {
      const action = { AutoScalingGroupName, InstanceId, LifecycleHookName: "boot-gate" };
      await client.send(new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: result }));
      answered.push(InstanceId);
    }
    await pause(0.1);
  }
  return answered;
}

/** A launch hook lets no instance through but by an answer: the update waits for it, or ends with the gate's no. */
export const bootGate: Step = {
  name: "boot-gate",
  title: "a boot gate says no: the update fails at once, green serves on; it says yes: blue comes up",
  from: fixtures.released,
  async run(context) {
    const begun = Date.now();
    const refused = context.refused(
      gated(context),
      /\d+ of its launches were given up at the boot gate/,
      touchedByImage("blue"),
    );
    const given = await answering(context, "ABANDON", refused);
    const result = await refused;
    const up = context.updated(gated(context));
    const taken = await answering(context, "CONTINUE", up);
    await up;
    const { byColor, failed } = await context.traffic(begun);
    if (byColor.blue > 0 || failed > 0) throw new Error(`${byColor.blue} users saw blue, ${failed} requests failed`);
    if (taken.length < 2) throw new Error(`blue came up with ${taken.length} answers`);
    const again = await context.updated(gated(context));
    if (touchedResources(again).length > 0)
      throw new Error(`the same update touched ${touchedResources(again).join(", ")}`);
    await context.updated(fixtures.released(context));
    const note = `${given.length} launches given up and the update failed in ${result.seconds.toFixed(1)} s, then ${taken.length} let through`;
    return { touched: touchedResources(result), updateSeconds: result.seconds, note };
  },
};
