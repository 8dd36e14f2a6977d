import { setTimeout as pause } from "node:timers/promises";
import { other, shares, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { CliError } from "../error.ts";
import { imageName, type ImageFacts } from "../state/model.ts";
import { hadTraffic } from "../store/record.ts";
import { bar } from "../ui.ts";
import { analyze } from "./analyze.ts";
import { check, requirePassed } from "./check.ts";
import type { RolloutContext } from "./context.ts";
import { runStage } from "./hooks.ts";
import type { Next } from "./next.ts";
import { prove } from "./prove.ts";
import { beginPause, endExpired, showPause } from "./pause.ts";
import { repairInterrupted } from "./repair.ts";
import { endRetirement, requireRetirable, retire } from "./retire.ts";
import { abortStaging, stage, timestamp } from "./stage.ts";
import { flip, rollBack, shift } from "./traffic.ts";

/**
 * Takes one step of a release, between the hooks of the stage that it is.
 * @throws RollbackRequired when something stands against the image
 */
export async function takeStep(rollout: RolloutContext, image: ImageFacts, next: Next): Promise<void> {
  const { ui, signal } = rollout.session;
  switch (next.kind) {
    case "recover":
      return repairInterrupted(rollout, { why: next.why });
    case "stage":
      return runStage(rollout, "stage", image, next.color, () => stage(rollout, image, next.previewSize));
    case "check":
      return requirePassed(
        await runStage(rollout, "check", image, next.color, () => check(rollout, next.color, image)),
      );
    case "prove":
      return requirePassed(await prove(rollout, next.color));
    case "shift":
      return runStage(rollout, "cutover", image, next.color, () => shift(rollout, next.color, next.weight));
    case "hold":
      return ui.step("cutover", `Watching ${imageName(image)} with its share`, (tell) =>
        analyze(rollout, next.color, next.seconds, tell),
      );
    case "flip":
      return runStage(rollout, "cutover", image, next.color, () => flip(rollout, next.color, image));
    case "bake":
      await runStage(rollout, "bake", image, next.color, () => bake(rollout, image, next.color, next.seconds));
      return endRelease(rollout, image, next.color);
    case "rollback":
      return hasHadTraffic(rollout)
        ? rollBack(rollout, next.to, next.why, { insist: true })
        : abortStaging(rollout, image, next.why);
    case "keep":
      return ui.step("retire", "Keeping the old fleet as the rollback target", async (tell) => {
        for (let left = Math.ceil(next.seconds); left > 0; left--) {
          tell.watch(`${bar(1 - left / next.seconds)} ${formatDuration(left)} left`, { verdict: "", evidence: "" });
          await pause(1_000, undefined, { signal });
        }
      });
    case "retire":
      requireRetirable(rollout);
      await runStage(rollout, "retire", image, other(next.color), () => retire(rollout, next.color));
      return endRetirement(rollout, next.color);
    case "done":
      return ui.say(`${next.color} serves ${imageName(image)}.`);
    case "pause":
      return beginPause(rollout, image, next.color, next.pause);
    case "paused":
      return showPause(rollout, next.pause);
    case "expire":
      return endExpired(rollout, next.pause);
    case "refuse":
      throw new CliError("refused", next.why);
  }
}

/** Watches the new colour with all of the traffic, and checks it once more. */
async function bake(rollout: RolloutContext, image: ImageFacts, color: Color, seconds: number): Promise<void> {
  await rollout.session.ui.step("bake", `Baking ${imageName(image)} on ${color}`, (tell) =>
    analyze(rollout, color, seconds, tell),
  );
  requirePassed(await check(rollout, color, image));
}

/** What was baked well is released, if it still has all of the traffic. */
async function endRelease(rollout: RolloutContext, image: ImageFacts, color: Color): Promise<void> {
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

/** Whether the release that is under way has ever had requests. */
const hasHadTraffic = ({ record, world }: RolloutContext): boolean =>
  record !== undefined && (hadTraffic(record) || world.weights.live[record.color] > 0);
