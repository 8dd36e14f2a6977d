import { quick } from "./commands.ts";
import {
  described,
  expectEnd,
  processesOf,
  startCommand,
  type CommandEnd,
  type RunningCommand,
} from "./commands-process.ts";
import { commandStep, emptyStandby, toRelease, type Scene } from "./commands-step.ts";
import { expectRecord, expectServing } from "./commands-watch.ts";
import { pause, type Step } from "./context.ts";
import { boundaryOf, type Moment, type Plan, planOf, randomOf } from "./kills-plan.ts";

/** SIGKILLs that the step sends at least. */
const enough = 50;
/** Seconds after which nothing of a killed command may be left. */
const goneAfter = 10;

/** What came of a release that was cut off again and again. */
interface Cut {
  readonly kills: number;
  readonly interrupts: number;
  readonly outcome: "released" | "rolled-back";
}

const kills = commandStep(
  "command-kills",
  "bluegreen release killed at every step boundary and at random moments, and given again: no request fails",
  async (scene) => {
    const seed = Number(process.env.REHEARSAL_SEED ?? Date.now() % 1_000_000);
    const random = randomOf(seed);
    scene.context.say(`seed ${seed}: REHEARSAL_SEED=${seed} repeats it`);
    await emptyStandby(scene);
    const cuts: Cut[] = [];
    while (sum(cuts, "kills") < enough) {
      const at = `seed ${seed}, release ${cuts.length + 1}`;
      cuts.push(
        await cutOff(scene, planOf(cuts.length, random)).catch((error: unknown) => {
          throw new Error(`${at}: ${error instanceof Error ? error.message : String(error)}`);
        }),
      );
    }
    const released = cuts.filter(({ outcome }) => outcome === "released").length;
    const { failed } = await scene.context.traffic(scene.begun);
    return {
      note:
        `${sum(cuts, "kills")} kills and ${sum(cuts, "interrupts")} interrupts in ${cuts.length} releases ` +
        `(${released} released, ${cuts.length - released} rolled back), ${failed} requests failed, seed ${seed}`,
    };
  },
);

const sum = (cuts: readonly Cut[], what: "kills" | "interrupts"): number =>
  cuts.reduce((total, cut) => total + cut[what], 0);

/** Gives one release again and again, each time cut off, until it has ended. */
async function cutOff(scene: Scene, plan: Plan): Promise<Cut> {
  const { context, stack } = scene;
  const { serving, to, image: good } = await toRelease(scene);
  const isGood = plan.image === "good";
  const imageId = plan.image === "good" ? good : context.session.images[plan.image];
  const args = ["release", imageId, ...quick];
  const [serves, outcome, code] = isGood ? ([to, "released", 0] as const) : ([serving, "rolled-back", 4] as const);
  const seen = new Set<string>();
  const left: Promise<number[]>[] = [];
  let [killed, interrupted] = [0, 0];
  let end: CommandEnd;
  for (let run = 1; ; run++) {
    const signal = plan.interruptEvery > 0 && run % plan.interruptEvery === 0 ? "SIGINT" : "SIGKILL";
    const command = startCommand(context, args);
    if (killed < plan.kills) cutAt(command, plan.moment(), seen, signal);
    end = await command.end;
    if (end.code === code) break;
    if (end.code === undefined) {
      killed++;
      left.push(leftOf(command));
    } else if (end.code === 130 && signal === "SIGINT") interrupted++;
    else throw new Error(`after ${killed} kills: ${described(end)}`);
    context.say(`${plan.image}: ${killed} kills, ${described(end)}`);
  }
  const still = (await Promise.all(left)).flat();
  if (still.length > 0) throw new Error(`killed commands left processes behind: ${still.join(", ")}`);
  expectEnd(args, end, code);
  await expectServing(context, stack, serves);
  await expectRecord(context, stack, imageId, outcome);
  return { kills: killed, interrupts: interrupted, outcome };
}

function cutAt(command: RunningCommand, moment: Moment, seen: Set<string>, signal: "SIGKILL" | "SIGINT"): void {
  if (moment.kind === "after") {
    const timer = setTimeout(() => command.kill(signal), moment.ms);
    void command.end.then(() => clearTimeout(timer));
    return;
  }
  let cut = false;
  command.onEvent((event) => {
    const boundary = boundaryOf(event);
    if (cut || boundary === undefined || seen.has(boundary)) return;
    seen.add(boundary);
    cut = true;
    command.kill(signal);
  });
}

/** Processes of a killed command that don't end, though they get time to: an engine, a pulumi. */
async function leftOf(command: RunningCommand): Promise<number[]> {
  const deadline = Date.now() + goneAfter * 1000;
  for (;;) {
    const left = await processesOf(command);
    if (left.length === 0 || Date.now() > deadline) return left;
    await pause(0.2);
  }
}

export const killSteps: Step[] = [kills];
