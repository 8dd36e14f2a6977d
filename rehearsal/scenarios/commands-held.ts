import {
  EnterStandbyCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import type { Color } from "../../deployment/model.ts";
import { autoScaling } from "./aws.ts";
import { groupNow, suspended } from "./commands-groups.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectServing, seenNow } from "./commands-watch.ts";
import { until, type Step } from "./context.ts";

/** A retire that can't end the instances says so, and names what stays. */
async function kept(scene: Scene, standby: Color): Promise<void> {
  const { context } = scene;
  const { name, inService } = await groupNow(scene, standby);
  const [aside, shielded] = inService;
  await suspended(scene, name, "Terminate", async () => {
    await runCommand(context, ["retire"], 3, /Terminate \(.*is suspended/);
    const another = context.session.images["brings-schema-2"];
    await runCommand(context, ["stage", another], 3, /Terminate \(.*is suspended/);
  });
  const client = autoScaling(context);
  const of = { AutoScalingGroupName: name };
  await client.send(new EnterStandbyCommand({ ...of, InstanceIds: [aside], ShouldDecrementDesiredCapacity: false }));
  await client.send(new SetInstanceProtectionCommand({ ...of, InstanceIds: [shielded], ProtectedFromScaleIn: true }));
  const { events } = await runCommand(context, ["retire"], 1, new RegExp(`${aside} \\(Standby\\)`));
  if (!events.some(({ text = "" }) => text.includes(`lifted the scale-in protection of ${shielded}`)))
    throw new Error(`the protection of ${shielded} was to be lifted`);
  const end = { InstanceId: aside, ShouldDecrementDesiredCapacity: false };
  await client.send(new TerminateInstanceInAutoScalingGroupCommand(end));
  await runCommand(context, ["retire"], 0);
}

const held = commandStep(
  "command-held",
  "a group's processes are suspended, instances are protected or in Standby: the command ends, and names it",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    const { serving, to, image } = await toRelease(scene);
    await runCommand(context, ["stage", image], 0);
    await kept(scene, to);
    await until(`${to} has no instance`, 60, async () => (await seenNow(context, stack)).inService[to] === 0);
    const { name } = await groupNow(scene, to);
    await suspended(scene, name, "Launch", async () => {
      const { seconds } = await runCommand(context, ["stage", image], 1, /can't become ready: .*Launch \(/);
      if (seconds > 60) throw new Error(`it took ${seconds} s to see that no instance can come`);
      const { events } = await runCommand(context, ["status"], 0);
      const status = events.find(({ type }) => type === "result")?.value;
      if (!JSON.stringify(status).includes('"suspended":["Launch ('))
        throw new Error("status was to show the suspension");
      const { events: drifted } = await runCommand(context, ["drift"], 6);
      if (!JSON.stringify(drifted).includes("suspendedProcesses")) throw new Error("drift was to show the suspension");
    });
    await runCommand(context, ["stage", image], 0);
    await runCommand(context, ["retire"], 0);
    await expectServing(context, stack, serving);
    return { note: `Launch and Terminate suspended, protection lifted, Standby named` };
  },
);

export const commandHeldSteps: Step[] = [held];
