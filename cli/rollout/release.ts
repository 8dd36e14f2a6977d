import { other, type Color } from "../../deployment/model.ts";
import { imageName, type ImageFacts, type LiveState, type Until } from "../state/model.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "./context.ts";
import { RollbackRequired } from "./hooks.ts";
import { isForward, isFrozen, needsFitImage, nothingDone, remember } from "./memory.ts";
import { notifyOfOutcome } from "./outcome.ts";
import type { Goal, Next } from "./next.ts";
import { stepOrPause } from "./pause-points.ts";
import { abortStaging, ensureRecord, requireFit, servingNow } from "./stage.ts";
import { requireUnfrozen } from "./freeze.ts";
import { takeStep } from "./take-step.ts";
import { rollBack } from "./traffic.ts";

/**
 * Takes an image from where the world is to where it should be, one step after the other. What stands against it takes it
 * back, by itself.
 * @throws CliError "rolledBack" when it went back, with the reason
 */
export function release(rollout: RolloutContext, image: ImageFacts, goal: Goal): Promise<void> {
  return notifyOfOutcome(rollout, () => steps(rollout, image, goal));
}

async function steps(rollout: RolloutContext, image: ImageFacts, goal: Goal): Promise<void> {
  let memory = nothingDone;
  for (;;) {
    rollout.session.signal.throwIfAborted();
    const next = stepOrPause(rollout.world, goal, memory);
    try {
      if (isBeyond(next, goal.until)) return;
      // A rollback asks for nothing.
      const override = !memory.unfrozen && isFrozen(next) ? requireUnfrozen(rollout) : undefined;
      if (!memory.fit && needsFitImage(next)) await requireFit(rollout, image);
      if (isForward(next) || next.kind === "pause") await ensureRecord(rollout, image);
      if (override !== undefined) await rollout.note({ kind: "freeze", override });
      await takeStep(rollout, image, next);
      memory = remember(memory, next, rollout.world.weights.live);
      if (next.kind === "done") return;
      if (next.kind === "rollback")
        throw new CliError("rolledBack", `${imageName(image)} was taken back: ${next.why}.`);
    } catch (error) {
      await decideRollback(rollout, image, error, next.kind);
    }
    if (next.kind !== "check") await rollout.look();
  }
}

/** Whether a step is none of this command's any more. */
function isBeyond(next: Next, until: Until): boolean {
  const { kind } = next;
  switch (until) {
    case "staged":
      return !["recover", "stage", "refuse", "rollback", "paused", "expire"].includes(kind);
    case "served":
      if (kind === "pause") return next.pause.after === "cutover";
      return kind === "bake" || kind === "keep" || kind === "retire" || kind === "done";
    case "ended":
      return false;
  }
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
