import { setTimeout as pause } from "node:timers/promises";
import { other, shares, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { imageName, type ImageFacts, type LiveState } from "../state/model.ts";
import { CliError } from "../error.ts";
import { hadTraffic } from "../store/record.ts";
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
 * @throws CliError "rolledBack" when it went back, with the reason
 */
export function release(rollout: RolloutContext, image: ImageFacts, goal: Goal, until: Until = "ended"): Promise<void> {
  return notifyOfOutcome(rollout, () => steps(rollout, image, goal, until));
}

async function steps(rollout: RolloutContext, image: ImageFacts, goal: Goal, until: Until): Promise<void> {
  let checked = false;
  let watched: number | undefined;
  let fit = false;
  let staged = 0;
  let repaired = false;
  for (;;) {
    rollout.session.signal.throwIfAborted();
    const next = nextStep(rollout.world, goal, { checked, watched, staged, repaired });
    try {
      if (isBeyond(next, until)) return;
      // Once a run, before anything is changed; a rollback asks for nothing.
      if (!fit && needsFitImage(next)) {
        await requireFit(rollout, image);
        fit = true;
      }
      if (isForward(next)) await ensureRecord(rollout, image);
      if (next.kind === "check") checked = true;
      if (next.kind === "stage") staged += 1;
      if (next.kind === "recover") repaired = true;
      await take(rollout, image, next);
      if (next.kind === "hold") watched = rollout.world.weights.live[next.color];
      if (next.kind === "done") return;
      if (next.kind === "rollback")
        throw new CliError("rolledBack", `${imageName(image)} was taken back: ${next.why}.`);
    } catch (error) {
      await decideRollback(rollout, image, error, next.kind);
    }
    if (next.kind !== "check") await rollout.look();
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

async function take(rollout: RolloutContext, image: ImageFacts, next: Next): Promise<void> {
  const { ui, signal } = rollout.session;
  switch (next.kind) {
    case "recover":
      return repairInterrupted(rollout, { why: next.why });
    case "stage":
      return stage(rollout, image, next.previewSize);
    case "check":
      return void (await check(rollout, next.color, image));
    case "shift":
      return runStage(rollout, "cutover", image, next.color, () => shift(rollout, next.color, next.weight));
    case "hold":
      return ui.step("cutover", `Watching ${imageName(image)} with its share`, (tell) =>
        analyze(rollout, next.color, next.seconds, tell),
      );
    case "flip":
      return runStage(rollout, "cutover", image, next.color, () => flip(rollout, next.color, image));
    case "bake":
      return bake(rollout, image, next.color, next.seconds);
    case "rollback":
      return hasHadTraffic(rollout)
        ? rollBack(rollout, next.to, next.why, { insist: true })
        : abortStaging(rollout, image, next.why);
    case "keep":
      return ui.step("retire", "Keeping the old fleet as the way back", async (tell) => {
        for (let left = Math.ceil(next.seconds); left > 0; left--) {
          tell.now(`${bar(1 - left / next.seconds)} ${formatDuration(left)} left`);
          await pause(1_000, undefined, { signal });
        }
      });
    case "retire":
      return void (await retire(rollout));
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
 * @throws CliError when somebody has moved traffic by hand
 */
export async function repairInterrupted(
  rollout: RolloutContext,
  { why = unfinished(rollout.world), anybodys = false }: { why?: string; anybodys?: boolean } = {},
): Promise<void> {
  if (why === undefined) return;
  if (!anybodys) requireOurs(rollout, why);
  await rollout.recover(why, { sparing: anybodys });
}

/** Traffic that somebody has moved by hand is theirs to explain; what a run of ours was cut off in is ours. */
function requireOurs(rollout: RolloutContext, why: string): void {
  const { live, recorded } = rollout.world.weights;
  if (live.blue === recorded.blue && live.green === recorded.green) return;
  if (rollout.tookOver || rollout.record?.outcome === "running" || rollout.world.pending.length > 0) return;
  throw new CliError(
    "refused",
    `${why}: somebody moved traffic by hand. Look at it with bluegreen drift; bluegreen drift --repair puts back what was declared.`,
  );
}

/** Watches the new colour with all of the traffic; when it is well, the release has ended. */
export async function bake(rollout: RolloutContext, image: ImageFacts, color: Color, seconds: number): Promise<void> {
  await runStage(rollout, "bake", image, color, async () => {
    await rollout.session.ui.step("bake", `Baking ${imageName(image)} on ${color}`, (tell) =>
      analyze(rollout, color, seconds, tell),
    );
    await check(rollout, color, image);
  });
  // Its share may have been moved by somebody who holds no lock.
  const { live } = (await rollout.look()).weights;
  if (live[color] < 100) {
    const why = `${color} was baked, and by now the listener sends ${shares(live)}: somebody moved traffic`;
    throw new CliError(
      "failed",
      `${why}. See bluegreen status; give the same command again, or go back: bluegreen rollback.`,
    );
  }
  await rollout.note({ kind: "ended", at: timestamp(), outcome: "released" });
  await rollout.notify({ kind: "released", color, image });
}

/**
 * What an error means for the release: a reason to go back takes it back, and a staging whose new fleet never got ready
 * puts the standby back as it was. Anything else (the network, an expired token, Ctrl-C, a serving fleet that can't grow)
 * leaves traffic where it is, for the next run to go on.
 * @param step in which it came: a fleet that is not ready is a verdict on the image while it is staged, and at no other time
 */
export async function decideRollback(
  rollout: RolloutContext,
  image: ImageFacts,
  error: unknown,
  step: Next["kind"],
): Promise<never> {
  const failedStaging = step === "stage" && isFailedFleet(error, other(servingNow(rollout)));
  if (!(error instanceof RollbackRequired) && !failedStaging) throw error;
  const why = (error as Error).message;
  const target = servingOrCanary(rollout.world, image);
  if (target === undefined) await abortStaging(rollout, image, why);
  else await rollBack(rollout, other(target), why, { insist: true });
  throw new CliError("rolledBack", `${imageName(image)} was taken back: ${why}`);
}

/** Whether an update ended because a colour's fleet never got ready. */
const isFailedFleet = (error: unknown, color: Color): boolean =>
  error instanceof CliError &&
  error.code === "failed" &&
  error.causes.some((cause) => cause.code === "fleet-not-ready" && cause.color === color);

/** The colour with the image, where it gets requests. */
function servingOrCanary({ fleets, weights }: LiveState, { imageId }: ImageFacts): Color | undefined {
  return (["blue", "green"] as const).find(
    (color) => fleets[color].image.imageId === imageId && weights.live[color] > 0,
  );
}

/** Whether the release that is under way has ever had requests. */
const hasHadTraffic = ({ record, world }: RolloutContext): boolean =>
  record !== undefined && (hadTraffic(record) || world.weights.live[record.color] > 0);

/**
 * No traffic has moved: the standby is put back as it was where its own image can still be told, for it may be a way back.
 * Else it goes off, and the floor is lifted.
 */
async function abortStaging(rollout: RolloutContext, image: ImageFacts, why: string): Promise<void> {
  const color = other(servingNow(rollout));
  await rollout.note({ kind: "stage", stage: "rollback", why });
  const own = rollout.world.fleets[color].image;
  const restored = own.imageId !== image.imageId && (await rollout.restore(color));
  if (!restored)
    await rollout.session.ui.step("rollback", `Switching ${color} off again; no traffic had moved`, (tell) =>
      rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),
    );
  await rollout.note({ kind: "ended", at: timestamp(), outcome: "rolled-back", why });
  await rollout.notify({ kind: "rolled-back", color, image, why });
}
