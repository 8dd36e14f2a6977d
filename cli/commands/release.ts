import { other, servingColor, type Color } from "../../deployment/model.ts";
import { parseDuration } from "../analysis/duration.ts";
import { requirePausesIn } from "../analysis/pauses.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { parseStrategy } from "../analysis/strategy.ts";
import { imageName, type ImageFacts, type Until } from "../state/model.ts";
import { defaults } from "../defaults.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "../rollout/context.ts";
import { RollbackRequired } from "../rollout/hooks.ts";
import { notifyOfOutcome } from "../rollout/outcome.ts";
import { requireImageName, resolveImage } from "../rollout/image.ts";
import { requireUnfrozen } from "../rollout/freeze.ts";
import type { Goal } from "../rollout/next.ts";
import { prove, requireRollbackCheck } from "../rollout/prove.ts";
import { requireNoPause } from "../rollout/pause.ts";
import { release as runRelease, decideRollback } from "../rollout/release.ts";
import { repairInterrupted } from "../rollout/repair.ts";
import { takeStep } from "../rollout/take-step.ts";
import { timestamp, ensureRecord, requireFit, servingNow } from "../rollout/stage.ts";
import { shift as runShift, flip } from "../rollout/traffic.ts";
import { wholeNumber } from "./arguments.ts";
import { type Context, withLockedStack } from "./context.ts";
import { goOn } from "./continue.ts";
import { followed } from "./wait.ts";

/** Options of the commands that move a release on, as they were typed. */
export interface ReleaseOptions {
  readonly strategy?: string;
  readonly bake?: string;
  readonly previewSize?: string;
  /** `true`: right after the bake. */
  readonly retire?: string | true;
  /** Why it goes on in a freeze. */
  readonly duringFreeze?: string;
  /** At a pause it stays, and follows the release to its end. */
  readonly wait?: boolean;
  /** Verdicts are told and recorded, and change nothing. */
  readonly observe?: boolean;
}

export function release(context: Context, wanted: string, options: ReleaseOptions): Promise<void> {
  requireImageName(wanted);
  return toward(context, `release ${wanted}`, options, "ended", (rollout) => resolveImage(rollout.session, wanted));
}

export function stage(context: Context, wanted: string, options: ReleaseOptions): Promise<void> {
  requireImageName(wanted);
  return toward(context, `stage ${wanted}`, options, "staged", (rollout) => resolveImage(rollout.session, wanted));
}

export function cutover(context: Context, options: ReleaseOptions): Promise<void> {
  return toward(context, "cutover", options, "served", async (rollout) => {
    await repairInterrupted(rollout);
    return stagedNow(rollout).image;
  });
}

/** Everything is read and checked before the stack is locked, but for the image, which the stack's own AWS knows. */
async function toward(
  context: Context,
  doing: string,
  options: ReleaseOptions,
  until: Until,
  imageOf: (rollout: RolloutContext) => ImageFacts | Promise<ImageFacts>,
): Promise<void> {
  const goal = goalOf(options);
  const { duringFreeze, wait, observe } = options;
  const run = () =>
    withLockedStack(context, { doing, duringFreeze, observe }, async (rollout) => {
      const { pauses, rollbackCheck } = readProjectFile(rollout.session.stackRef.folder);
      if (until !== "staged") requirePausesIn(goal.strategy, pauses);
      const image = await imageOf(rollout);
      const provesRollback = rollbackCheck?.release;
      await runRelease(rollout, image, { ...goal, imageId: image.imageId, pauses, provesRollback, until });
    });
  await followed(context, wait, run, () => goOn(context, { expired: true, duringFreeze, observe }));
}

/** @throws CliError for an option that is none */
export function goalOf(options: ReleaseOptions): Omit<Goal, "imageId" | "pauses" | "provesRollback" | "until"> {
  const { strategy, bake, previewSize, retire } = options;
  const size = previewSize === undefined ? 0 : wholeNumber(previewSize, 1, 1000, "--preview-size");
  return {
    strategy: parseStrategy(strategy ?? defaults.strategy),
    bakeSeconds: parseDuration(bake ?? defaults.bake),
    previewSize: size,
    retireAfterSeconds: retire === undefined ? undefined : retire === true ? 0 : parseDuration(retire),
  };
}

export function check(context: Context, { rollback }: { readonly rollback?: boolean } = {}): Promise<void> {
  if (rollback) return checkRollback(context);
  return withLockedStack(context, { doing: "check" }, async (rollout) => {
    await repairInterrupted(rollout);
    const { color, image } = stagedNow(rollout);
    try {
      await takeStep(rollout, image, { kind: "check", color });
    } catch (error) {
      if (!(error instanceof RollbackRequired)) throw error;
      throw new CliError("failed", `${imageName(image)} failed its checks: ${error.message}. No traffic was moved.`);
    }
  });
}

/** Of what is staged; of what was released, while its rollback target stands by. */
function checkRollback(context: Context): Promise<void> {
  return withLockedStack(context, { doing: "check --rollback" }, async (rollout) => {
    requireRollbackCheck(rollout);
    await repairInterrupted(rollout);
    const { color, image } = releasedNow(rollout) ?? stagedNow(rollout);
    const old = rollout.world.fleets[other(color)].image;
    const checks = await prove(rollout, color);
    const failed = checks.filter(({ ok }) => !ok);
    const isProved = failed.length === 0;
    const pair = `${imageName(image)} and ${imageName(old)}`;
    const text = `${pair} ${isProved ? "read what the other one writes" : "do not both read what the other one writes"}.`;
    rollout.session.ui.result({ color, image, old, proved: isProved, checks }, text);
    if (isProved) return;
    const why = failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
    throw new CliError(
      "failed",
      `A rollback from ${imageName(image)} to ${imageName(old)} is not proved: ${why}. No traffic was moved.`,
    );
  });
}

/** What was released last, while its rollback target stands by. */
function releasedNow({ world, record }: RolloutContext): { color: Color; image: ImageFacts } | undefined {
  const color = servingNow({ world });
  const standby = world.fleets[other(color)];
  const isOver = record?.outcome === "released" && record.color === color;
  if (!isOver || standby.capacity.maxSize === 0 || standby.image.imageId !== record.from.image.imageId)
    return undefined;
  return { color, image: world.fleets[color].image };
}

export function shift(
  context: Context,
  percent: string,
  { duringFreeze }: Pick<ReleaseOptions, "duringFreeze"> = {},
): Promise<void> {
  const weight = wholeNumber(percent, 0, 100, "<percent>");
  return withLockedStack(context, { doing: `shift ${weight}`, duringFreeze }, async (rollout) => {
    requireNoPause(rollout);
    await repairInterrupted(rollout);
    const { color, image } = stagedNow(rollout);
    const isForward = weight > rollout.world.weights.live[color];
    const override = isForward ? requireUnfrozen(rollout) : undefined;
    if (isForward) await requireFit(rollout, image);
    await ensureRecord(rollout, image);
    if (override !== undefined) await rollout.note({ kind: "freeze", override });
    await rollout.note({ kind: "stage", stage: "cutover" });
    await notifyOfOutcome(rollout, () =>
      weight === 100 ? flip(rollout, color, image) : runShift(rollout, color, weight),
    );
  });
}

export function bake(context: Context, options: { for?: string; observe?: boolean }): Promise<void> {
  const seconds = parseDuration(options.for ?? defaults.bake);
  return withLockedStack(context, { doing: "bake", observe: options.observe }, async (rollout) => {
    requireNoPause(rollout);
    await repairInterrupted(rollout);
    const color = servingNow(rollout);
    const { image } = rollout.world.fleets[color];
    const { record } = rollout;
    const another = record?.outcome === "running" && record.image.imageId !== image.imageId;
    if (another || rollout.world.weights.live[color] < 100) {
      const what = another ? imageName(record.image) : color;
      throw new CliError("refused", `${what} does not have all of the requests yet: bluegreen cutover comes first.`);
    }
    if (record?.outcome !== "running") {
      await rollout.begin({
        color,
        image,
        from: { color: other(color), image: rollout.world.fleets[other(color)].image },
      });
      await rollout.note({ kind: "serves", at: timestamp() });
    }
    await notifyOfOutcome(rollout, () =>
      takeStep(rollout, image, { kind: "bake", color, seconds }).catch((error: unknown) =>
        decideRollback(rollout, image, error, "bake"),
      ),
    );
  });
}

/**
 * What is staged: the release that is under way, also when it has traffic already; else what waits on the standby, unless
 * it is the rollback of the release before.
 */
function stagedNow({ world, record }: RolloutContext): { color: Color; image: ImageFacts } {
  if (record?.outcome === "running" && world.fleets[record.color].image.imageId === record.image.imageId)
    return { color: record.color, image: world.fleets[record.color].image };
  const serving = servingColor(world.weights.live, world.settings.deployed.activeColor);
  const color = other(serving);
  const { image, capacity } = world.fleets[color];
  const isRollbackTarget = record?.outcome === "released" && record.from.image.imageId === image.imageId;
  if (capacity.maxSize > 0 && image.imageId !== world.fleets[serving].image.imageId && !isRollbackTarget)
    return { color, image };
  const holds =
    isRollbackTarget && capacity.maxSize > 0 ? `${color} holds ${imageName(image)}, the rollback target. ` : "";
  throw new CliError("refused", `Nothing is staged on ${color}. ${holds}bluegreen stage <ami or version> comes first.`);
}
