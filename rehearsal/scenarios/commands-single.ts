import { runCommand } from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease } from "./commands-step.ts";
import { expectServing } from "./commands-watch.ts";
import type { Step } from "./context.ts";

const single = commandStep(
  "command-single",
  "a release by single commands: stage, check, shift, cutover and bake, each by hand; history tells of it",
  async (scene) => {
    const { context, stack } = scene;
    await emptyStandby(scene);
    const { to, image } = await toRelease(scene);
    await runCommand(context, ["stage", image], 0);
    await runCommand(context, ["check"], 0);
    await runCommand(context, ["shift", "10"], 0);
    await runCommand(context, ["cutover", "--strategy", "all-at-once"], 0);
    await runCommand(context, ["bake", "--for", "1s"], 0);
    await expectServing(context, stack, to);
    const { events } = await runCommand(context, ["history"], 0);
    if (!JSON.stringify(events).includes(image)) throw new Error(`history was to tell of ${image}`);
    return { touched: [], note: `${to} serves ${image}` };
  },
);

export const singleSteps: Step[] = [single];
