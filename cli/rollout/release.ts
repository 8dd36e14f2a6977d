import { setTimeout as pause } from "node:timers/promises";
import { other, shares, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { imageName, type ImageFacts, type LiveState } from "../state/model.ts";
import { CliError } from "../error.ts";
import { bar } from "../ui.ts";
import { check } from "./check.ts";
import type { RolloutContext } from "./context.ts";
import { RollbackRequired, runStage } from "./hooks.ts";
import { analyze } from "./analyze.ts";
import { notifyOfOutcome } from "./outcome.ts";
import { nextStep, unfinished, type Goal, type Next } from "./next.ts";
import { retire } from "./retire.ts";
import { timestamp, ensureRecord, requireFit, servingNow, stage } from "./stage.ts";
import { flip, rollBack, shift } from "./traffic.ts";

/** How far a command goes: each is the whole release, cut off after a stage. */
export type Until = "staged" | "served" | "ended";

/**
 * Takes an image from where the world is to where it should be, one step after the other. What stands against it takes it
 * back, by itself.
 * @throws Refusal "rolledBack" when it went back, with the reason
 */
export function release(desk: RolloutContext, image: ImageFacts, goal: Goal, until: Until = "ended"): Promise<void> {
  return notifyOfOutcome(desk, () => steps(desk, image, goal, until));
}

async function steps(desk: RolloutContext, image: ImageFacts, goal: Goal, until: Until): Promise<void> {
  let checked = false;
  let watched: number | undefined;
  let fit = false;
  let staged = 0;
  let repaired = false;
  for (;;) {
    desk.session.signal.throwIfAborted();
    const next = nextStep(desk.world, goal, { checked, watched, staged, repaired });
    try {
      if (isBeyond(next, until)) return;
      // Once a run, before anything is changed; a rollback asks for nothing.
      if (!fit && needsFitImage(next)) {
        await requireFit(desk, image);
        fit = true;
      }
      if (isForward(next)) await ensureRecord(desk, image);
      if (next.kind === "check") checked = true;
      if (next.kind === "stage") staged += 1;
      if (next.kind === "recover") repaired = true;
      await take(desk, image, next);
      if (next.kind === "hold") watched = desk.world.weights.live[next.color];
      if (next.kind === "done") return;
      if (next.kind === "rollback")
        throw new CliError("rolledBack", `${imageName(image)} was taken back: ${next.why}.`);
    } catch (error) {
      await decideRollback(desk, image, error, next.kind);
    }
    if (next.kind !== "check") await desk.look();
  }
}

const needsFitImage = ({ kind }: Next): boolean => kind === "stage" || kind === "shift" || kind === "flip";

/** Whether a step leads the image to traffic. */
const isForward = (next: Next): boolean => needsFitImage(next) || next.kind === "check" || next.kind === "hold";

/** Whether a step is none of this command's any more. */
function isBeyond({ kind }: Next, until: Until): boolean {
  switch (until) {
    case "staged":
      return kind !== "recover" && kind !== "stage" && kind !== "refuse" && kind !== "rollback";
    case "served":
      return kind === "bake" || kind === "keep" || kind === "retire" || kind === "done";
    case "ended":
      return false;
  }
}

async function take(desk: RolloutContext, image: ImageFacts, next: Next): Promise<void> {
  const { ui, signal } = desk.session;
  switch (next.kind) {
    case "recover":
      return repairInterrupted(desk, { why: next.why });
    case "stage":
      return stage(desk, image, next.previewSize);
    case "check":
      return void (await check(desk, next.color, image));
    case "shift":
      return runStage(desk, "cutover", image, next.color, () => shift(desk, next.color, next.weight));
    case "hold":
      return ui.step("cutover", `Watching ${imageName(image)} with its share`, (tell) =>
        analyze(desk, next.color, next.seconds, tell),
      );
    case "flip":
      return runStage(desk, "cutover", image, next.color, () => flip(desk, next.color, image));
    case "bake":
      return bake(desk, image, next.color, next.seconds);
    case "rollback":
      return hadTraffic(desk)
        ? rollBack(desk, next.to, next.why, { insist: true })
        : abortStaging(desk, image, next.why);
    case "keep":
      return ui.step("retire", "Keeping the old fleet as the way back", async (tell) => {
        for (let left = Math.ceil(next.seconds); left > 0; left--) {
          tell.now(`${bar(1 - left / next.seconds)} ${formatDuration(left)} left`);
          await pause(1_000, undefined, { signal });
        }
      });
    case "retire":
      return void (await retire(desk));
    case "done":
      return ui.say(`${next.color} serves ${imageName(image)}.`);
    case "refuse":
      throw new CliError("refused", next.why);
  }
}

/**
 * Puts in order what a run was cut off in, before a command changes anything.
 * @param why it is not in order; default: what the world shows
 * @param anybodys also traffic that somebody has moved by hand: a rollback asks nobody
 * @throws Refusal when somebody has moved traffic by hand
 */
export async function repairInterrupted(
  desk: RolloutContext,
  { why = unfinished(desk.world), anybodys = false }: { why?: string; anybodys?: boolean } = {},
): Promise<void> {
  if (why === undefined) return;
  if (!anybodys) requireOurs(desk, why);
  await desk.recover(why, { sparing: anybodys });
}

/** Traffic that somebody has moved by hand is theirs to explain; what a run of ours was cut off in is ours. */
function requireOurs(desk: RolloutContext, why: string): void {
  const { live, recorded } = desk.world.weights;
  if (live.blue === recorded.blue && live.green === recorded.green) return;
  if (desk.tookOver || desk.record?.outcome === "running" || desk.world.pending.length > 0) return;
  throw new CliError(
    "refused",
    `${why}: somebody moved traffic by hand. Look at it with bluegreen drift; bluegreen drift --repair puts back what was declared.`,
  );
}

/** Watches the new colour with all of the traffic; when it is well, the release has ended. */
export async function bake(desk: RolloutContext, image: ImageFacts, color: Color, seconds: number): Promise<void> {
  await runStage(desk, "bake", image, color, async () => {
    await desk.session.ui.step("bake", `Baking ${imageName(image)} on ${color}`, (tell) =>
      analyze(desk, color, seconds, tell),
    );
    await check(desk, color, image);
  });
  // Its share may have been moved by somebody who holds no lock.
  const { live } = (await desk.look()).weights;
  if (live[color] < 100) {
    const why = `${color} was baked, and by now the listener sends ${shares(live)}: somebody moved traffic`;
    throw new CliError(
      "failed",
      `${why}. See bluegreen status; give the same command again, or go back: bluegreen rollback.`,
    );
  }
  await desk.note({ kind: "ended", at: timestamp(), outcome: "released" });
  await desk.notify({ kind: "released", color, image });
}

/**
 * What an error means for the release: a reason to go back takes it back, and a staging whose new fleet never got ready
 * puts the standby back as it was. Anything else (the network, an expired token, Ctrl-C, a serving fleet that can't grow)
 * leaves traffic where it is, for the next run to go on.
 * @param step in which it came: a fleet that is not ready is a verdict on the image while it is staged, and at no other time
 */
export async function decideRollback(
  desk: RolloutContext,
  image: ImageFacts,
  error: unknown,
  step: Next["kind"],
): Promise<never> {
  const failedStaging = step === "stage" && isFailedFleet(error, other(servingNow(desk)));
  if (!(error instanceof RollbackRequired) && !failedStaging) throw error;
  const why = (error as Error).message;
  const target = servingOrCanary(desk.world, image);
  if (target === undefined) await abortStaging(desk, image, why);
  else await rollBack(desk, other(target), why, { insist: true });
  throw new CliError("rolledBack", `${imageName(image)} was taken back: ${why}`);
}

/** Whether an error is what readiness.ts says of that colour's fleet when it never got ready. */
const isFailedFleet = (error: unknown, color: Color): boolean =>
  error instanceof CliError &&
  error.code === "failed" &&
  new RegExp(`The ${color} fleet .* is not ready`, "s").test(error.message);

/** The colour with the image, where it gets requests. */
function servingOrCanary({ fleets, weights }: LiveState, { imageId }: ImageFacts): Color | undefined {
  return (["blue", "green"] as const).find(
    (color) => fleets[color].image.imageId === imageId && weights.live[color] > 0,
  );
}

/** Whether the release that is under way has ever had requests. */
const hadTraffic = ({ record, world }: RolloutContext): boolean =>
  record !== undefined && [...record.weights, world.weights.live].some((weights) => weights[record.color] > 0);

/**
 * No traffic has moved: the standby is put back as it was where its own image can still be told, for it may be a way back.
 * Else it goes off, and the floor is lifted.
 */
async function abortStaging(desk: RolloutContext, image: ImageFacts, why: string): Promise<void> {
  const color = other(servingNow(desk));
  await desk.note({ kind: "stage", stage: "rollback", why });
  const own = desk.world.fleets[color].image;
  const restored = own.imageId !== image.imageId && (await desk.restore(color));
  if (!restored)
    await desk.session.ui.step("rollback", `Switching ${color} off again; no traffic had moved`, (tell) =>
      desk.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),
    );
  await desk.note({ kind: "ended", at: timestamp(), outcome: "rolled-back", why });
  await desk.notify({ kind: "rolled-back", color, image, why });
}
