import { other, servingColor, type Color } from "../../deployment/model.ts";
import { parseDuration } from "../analysis/duration.ts";
import { parseStrategy } from "../analysis/strategy.ts";
import { imageName, type ImageFacts } from "../state/model.ts";
import { CliError } from "../error.ts";
import { check as runCheck } from "../rollout/check.ts";
import type { RolloutContext } from "../rollout/context.ts";
import { RollbackRequired } from "../rollout/hooks.ts";
import { notifyOfOutcome } from "../rollout/outcome.ts";
import { requireImageName, resolveImage } from "../rollout/image.ts";
import type { Goal } from "../rollout/next.ts";
import {
  bake as runBake,
  release as runRelease,
  repairInterrupted,
  decideRollback,
  type Until,
} from "../rollout/release.ts";
import { timestamp, ensureRecord, requireFit, servingNow } from "../rollout/stage.ts";
import { shift as runShift, flip } from "../rollout/traffic.ts";
import { wholeNumber } from "./arguments.ts";
import { type Context, withLockedStack } from "./context.ts";

/** Options of the commands that move a release on, as they were typed. */
export interface ReleaseOptions {
  readonly strategy?: string;
  readonly bake?: string;
  readonly previewSize?: string;
  /** `true`: right after the bake. */
  readonly retire?: string | true;
}

/** What is used where nothing is said. */
export const defaults = { strategy: "canary=10%,5m", bake: "10m" } as const;

export function release(context: Context, wanted: string, options: ReleaseOptions): Promise<void> {
  requireImageName(wanted);
  return toward(context, `release ${wanted}`, options, "ended", (desk) => resolveImage(desk.session, wanted));
}

export function stage(context: Context, wanted: string, options: ReleaseOptions): Promise<void> {
  requireImageName(wanted);
  return toward(context, `stage ${wanted}`, options, "staged", (desk) => resolveImage(desk.session, wanted));
}

export function cutover(context: Context, options: ReleaseOptions): Promise<void> {
  return toward(context, "cutover", options, "served", async (desk) => {
    await repairInterrupted(desk);
    return stagedNow(desk).image;
  });
}

/** Everything is read and checked before the stack is locked, but for the image, which the stack's own AWS knows. */
async function toward(
  context: Context,
  doing: string,
  options: ReleaseOptions,
  until: Until,
  imageOf: (desk: RolloutContext) => ImageFacts | Promise<ImageFacts>,
): Promise<void> {
  const goal = goalOf(options);
  await withLockedStack(context, { doing }, async (desk) => {
    const image = await imageOf(desk);
    await runRelease(desk, image, { ...goal, imageId: image.imageId }, until);
  });
}

function goalOf({ strategy, bake, previewSize, retire }: ReleaseOptions): Omit<Goal, "imageId"> {
  const size = previewSize === undefined ? 0 : wholeNumber(previewSize, 1, 1000, "--preview-size");
  return {
    strategy: parseStrategy(strategy ?? defaults.strategy),
    bakeSeconds: parseDuration(bake ?? defaults.bake),
    previewSize: size,
    retireAfterSeconds: retire === undefined ? undefined : retire === true ? 0 : parseDuration(retire),
  };
}

export function check(context: Context): Promise<void> {
  return withLockedStack(context, { doing: "check" }, async (desk) => {
    await repairInterrupted(desk);
    const { color, image } = stagedNow(desk);
    try {
      await runCheck(desk, color, image);
    } catch (error) {
      if (!(error instanceof RollbackRequired)) throw error;
      throw new CliError("failed", `${imageName(image)} failed its checks: ${error.message}. No traffic was moved.`);
    }
  });
}

export function shift(context: Context, percent: string): Promise<void> {
  const weight = wholeNumber(percent, 0, 100, "<percent>");
  return withLockedStack(context, { doing: `shift ${weight}` }, async (desk) => {
    await repairInterrupted(desk);
    const { color, image } = stagedNow(desk);
    if (weight > desk.world.weights.live[color]) await requireFit(desk, image);
    await ensureRecord(desk, image);
    await desk.note({ kind: "stage", stage: "cutover" });
    await notifyOfOutcome(desk, () => (weight === 100 ? flip(desk, color, image) : runShift(desk, color, weight)));
  });
}

export function bake(context: Context, duration: string | undefined): Promise<void> {
  const seconds = parseDuration(duration ?? defaults.bake);
  return withLockedStack(context, { doing: "bake" }, async (desk) => {
    await repairInterrupted(desk);
    const color = servingNow(desk);
    const { image } = desk.world.fleets[color];
    const { record } = desk;
    const another = record?.outcome === "running" && record.image.imageId !== image.imageId;
    if (another || desk.world.weights.live[color] < 100) {
      const what = another ? imageName(record.image) : color;
      throw new CliError("refused", `${what} does not have all of the requests yet: bluegreen cutover comes first.`);
    }
    if (record?.outcome !== "running") {
      await desk.begin({ color, image, from: { color: other(color), image: desk.world.fleets[other(color)].image } });
      await desk.note({ kind: "serves", at: timestamp() });
    }
    await notifyOfOutcome(desk, () =>
      runBake(desk, image, color, seconds).catch((error: unknown) => decideRollback(desk, image, error, "bake")),
    );
  });
}

/**
 * What is staged: the release that is under way, also when it has traffic already; else what waits on the standby, unless
 * it is the way back of the release before.
 */
function stagedNow({ world, record }: RolloutContext): { color: Color; image: ImageFacts } {
  if (record?.outcome === "running" && world.fleets[record.color].image.imageId === record.image.imageId)
    return { color: record.color, image: world.fleets[record.color].image };
  const serving = servingColor(world.weights.live, world.settings.deployed.activeColor);
  const color = other(serving);
  const { image, capacity } = world.fleets[color];
  const isWayBack = record?.outcome === "released" && record.from.image.imageId === image.imageId;
  if (capacity.maxSize > 0 && image.imageId !== world.fleets[serving].image.imageId && !isWayBack)
    return { color, image };
  const holds = isWayBack && capacity.maxSize > 0 ? `${color} holds ${imageName(image)}, the way back. ` : "";
  throw new CliError("refused", `Nothing is staged on ${color}. ${holds}bluegreen stage <ami or version> comes first.`);
}
