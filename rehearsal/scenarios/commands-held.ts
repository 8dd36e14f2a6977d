import {
  EnterStandbyCommand,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { other } from "../../deployment/model.ts";
import { autoScaling } from "./aws.ts";
import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectServing, seenNow, servingNow } from "./commands-watch.ts";
import { until, type Step } from "./context.ts";

/** The standby's group, with its instances. */
async function standbyGroup({ context, stack }: Scene): Promise<{ name: string; members: readonly string[] }> {
  const arn = stack.targetGroupArns[other(await servingNow(context, stack))];
  const group = (await context.session.state()).groups.find(({ targetGroups }) => targetGroups.includes(arn));
  if (group === undefined) throw new Error(`no group has the target group ${arn}`);
  return { name: group.name, members: group.inService };
}

/** Runs something with a process of a group suspended. */
async function suspended<T>({ context }: Scene, name: string, process: string, run: () => Promise<T>): Promise<T> {
  const processes = { AutoScalingGroupName: name, ScalingProcesses: [process] };
  await autoScaling(context).send(new SuspendProcessesCommand(processes));
  try {
    return await run();
  } finally {
    await autoScaling(context).send(new ResumeProcessesCommand(processes));
  }
}

/** A retire that can't end the instances says so, and names what stays. */
async function kept(scene: Scene): Promise<void> {
  const { context } = scene;
  const { name, members } = await standbyGroup(scene);
  const [aside, shielded] = members;
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
    await kept(scene);
    await until(`${to} has no instance`, 60, async () => (await seenNow(context, stack)).inService[to] === 0);
    const { name } = await standbyGroup(scene);
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
