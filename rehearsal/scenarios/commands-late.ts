import type { Color } from "../../deployment/model.ts";
import {
  described,
  expectEnd,
  runCommand,
  startCommand,
  type CommandEnd,
  type RunningCommand,
} from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, seenNow } from "./commands-watch.ts";
import { until, type Step } from "./context.ts";

/** A command whose change of the listener has passed the gate, and stands still on its way to AWS. */
async function heldShift({ context }: Scene, share: number): Promise<RunningCommand> {
  await context.session.holdCall("ModifyListener");
  const command = startCommand(context, ["shift", String(share)]);
  await Promise.race([
    until("the change of the listener is under way", 60, async () => (await context.session.state()).held.length > 0),
    command.end.then((end) => Promise.reject(new Error(`it ended before its change: ${described(end)}`))),
  ]);
  return command;
}

/** Waits until the late call has landed and the weights are the rollback's again. */
async function putBack({ context, stack }: Scene, late: Color, to: Color): Promise<void> {
  const has = (color: Color) => async () => (await seenNow(context, stack)).weights[color] === 100;
  await until(`${to} has all requests`, 60, has(to));
  await context.session.releaseCalls();
  await until(`the late call gives ${late} traffic`, 10, async () => (await seenNow(context, stack)).weights[late] > 0);
  await until(`${to} has all requests again`, 30, has(to));
}

function expectSaid({ events, ...end }: CommandEnd, words: RegExp): void {
  if (!events.some(({ text = "" }) => words.test(text)))
    throw new Error(`it was to say ${words}, but: ${described({ events, ...end })}`);
}

/** A paused runner's call lands while a rollback past the state watches its own change. */
async function pausedRunner(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  const { serving, to, image } = await toRelease(scene);
  await runCommand(context, ["stage", image], 0);
  const paused = await heldShift(scene, 50);
  const args = ["rollback", "--direct", "--to", serving, "--stack", context.session.stack.stackRef.stack];
  const direct = startCommand(context, args);
  await direct.event("its watch", ({ type, status, title = "" }) => {
    return type === "step" && status === "started" && title.startsWith("Watching");
  });
  await putBack(scene, to, serving);
  expectSaid(expectEnd(args, await direct.end, 0), /somebody's update gave .*; \w+ has all requests again/);
  expectEnd(paused.args, await paused.end, 1, /stops here and changes nothing more/);
  await expectServing(context, stack, serving);
  await runCommand(context, ["rollback", "--to", serving], 0);
  await expectRecord(context, stack, image, "rolled-back");
  await expectServing(context, stack, serving);
  await runCommand(context, ["drift"], 0);
}

/** The call of a runner that is dead by then lands after a rollback that took its lock over. */
async function deadRunner(scene: Scene): Promise<void> {
  const { context, stack } = scene;
  await emptyStandby(scene);
  const { serving, to, image } = await toRelease(scene);
  await runCommand(context, ["stage", image], 0);
  await runCommand(context, ["shift", "50"], 0);
  const dead = await heldShift(scene, 100);
  dead.kill("SIGKILL");
  await dead.end;
  const args = ["rollback", "--to", serving];
  const rollback = startCommand(context, args);
  await putBack(scene, to, serving);
  expectSaid(expectEnd(args, await rollback.end, 0), /has moved traffic once more .*: it goes back again/);
  await expectServing(context, stack, serving);
  await expectRecord(context, stack, image, "rolled-back");
  await runCommand(context, ["drift"], 0);
}

const late = commandStep(
  "command-late-call",
  "a change of the listener that stands still until a rollback is through, and then lands: the rollback puts back what it decided",
  async (scene) => {
    const { context } = scene;
    try {
      await emptyStandby(scene);
      await pausedRunner(scene);
      await deadRunner(scene);
    } finally {
      await context.session.releaseCalls();
    }
    const { failed } = await context.traffic(scene.begun);
    if (failed > 0) throw new Error(`${failed} requests failed`);
    return { note: "of a paused runner, and of one that was dead by then; 0 requests failed" };
  },
);

export const commandLateSteps: Step[] = [late];
