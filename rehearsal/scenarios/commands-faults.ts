import type { Fault } from "@bluegreen/local-aws";
import { described, startCommand, type CommandEvent } from "./commands-process.ts";
import { quick } from "./commands.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing, seenNow } from "./commands-watch.ts";
import type { Step } from "./context.ts";

/** Something that AWS does in the middle of a release. */
interface Trial {
  readonly fault: Fault;
  /** How many calls meet with it. */
  readonly calls: number;
  /** When it begins: the first step whose title is such. */
  readonly at: RegExp;
  /**
   * What is to come: the command rides it out; or it ends, and traffic stays where it is, with the fault over when the step has
   * failed, or still there when the command gives its lock back (it tries for a minute).
   */
  readonly then: "rides it out" | "ends" | "ends, and can't give its lock back";
}

const all = 1_000_000;
const trials: readonly Trial[] = [
  { fault: "throttled", calls: all, at: /^Staging/, then: "ends" },
  { fault: "unreachable", calls: all, at: /^Checking/, then: "ends, and can't give its lock back" },
  { fault: "unavailable", calls: all, at: /^Giving \w+ \S+ 10 %/, then: "ends" },
  { fault: "unreachable", calls: all, at: /^Watching/, then: "ends" },
  { fault: "expired", calls: all, at: /^Giving \w+ \S+ 100 %/, then: "ends, and can't give its lock back" },
  { fault: "throttled", calls: 2, at: /^Baking/, then: "rides it out" },
];

async function attempt(scene: Scene, args: readonly string[], { fault, calls, at, then }: Trial): Promise<void> {
  const { context, stack } = scene;
  const command = startCommand(context, args);
  const rides = then === "rides it out";
  const isThere = ({ type, status, title }: CommandEvent): boolean =>
    type === "step" && status === "started" && at.test(title ?? "");
  let before: string;
  let end;
  try {
    await command.event(`it came to ${at}`, isThere);
    before = JSON.stringify((await seenNow(context, stack)).weights);
    await context.session.injectFault(fault, calls);
    if (then === "ends") {
      await command.event("the step failed", ({ type, status }) => type === "step" && status === "failed");
      await context.session.injectFault(fault, 0);
    }
    end = await command.end;
  } finally {
    await context.session.injectFault(fault, 0);
  }
  if (rides ? end.code !== 0 : end.code !== 1) throw new Error(`${fault} at ${at}: ${described(end)}`);
  if (!rides && end.errors.length !== 1) throw new Error(`${fault} at ${at} was to give one line: ${described(end)}`);
  const after = JSON.stringify((await seenNow(context, stack)).weights);
  if (!rides && after !== before) throw new Error(`${fault} at ${at}: the weights went from ${before} to ${after}`);
}

const faults = commandStep(
  "command-faults",
  "AWS fails in the middle of a release: it ends, traffic stays, and the same command goes on",
  async (scene) => {
    await emptyStandby(scene);
    const { to, image } = await toRelease(scene);
    for (const trial of trials) {
      scene.context.say(`${trial.fault} at ${trial.at}`);
      await attempt(scene, ["release", image, ...quick], trial);
    }
    await expectServing(scene.context, scene.stack, to);
    await expectRecord(scene.context, scene.stack, image, "released");
    const ended = trials.filter(({ then }) => then !== "rides it out").length;
    return { note: `${ended} faults ended the command, ${trials.length - ended} it rode out; then it was released` };
  },
);

export const commandFaultSteps: Step[] = [faults];
