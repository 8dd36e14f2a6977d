import { parseStrategy } from "../analysis/strategy.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "../rollout/context.ts";
import { requireUnfrozen } from "../rollout/freeze.ts";
import { isOver } from "../rollout/pause-points.ts";
import { resumed } from "../rollout/pause.ts";
import { release } from "../rollout/release.ts";
import { imageName, type PauseRecord } from "../state/model.ts";
import { type Context, withLockedStack } from "./context.ts";
import { followed } from "./wait.ts";

export interface ContinueOptions {
  readonly reason?: string;
  readonly expired?: boolean;
  readonly duringFreeze?: string;
  readonly wait?: boolean;
  /** Verdicts are told and recorded, and change nothing. */
  readonly observe?: boolean;
}

/**
 * Ends a pause, and takes the release on from there. Where its time is over, what was declared comes instead. A run that was cut
 * off behind its `continue` is gone on with.
 * @throws CliError "refused" where nothing is paused
 */
export function continueRelease(context: Context, options: ContinueOptions): Promise<void> {
  const { wait, duringFreeze, observe } = options;
  return followed(
    context,
    wait,
    () => goOn(context, options),
    () => goOn(context, { expired: true, duringFreeze, observe }),
  );
}

/** The same, which ends at the next pause. */
export function goOn(context: Context, { reason, expired, duringFreeze, observe }: ContinueOptions): Promise<void> {
  return withLockedStack(context, { doing: "continue", duringFreeze, observe }, async (rollout) => {
    const { record, session, world } = rollout;
    const pause = record?.outcome === "running" ? record.pauses?.at(-1) : undefined;
    const now = world.awsTime;
    if (expired && (pause === undefined || !isExpired(pause, now)))
      return session.ui.say(nothingExpired(rollout, pause));
    if (record === undefined || pause === undefined) throw new CliError("refused", nothingPaused(rollout));
    if (pause.ended === undefined && !isOver(pause, now)) {
      const override = requireUnfrozen(rollout);
      const freeze = override === undefined ? [] : [{ kind: "freeze" as const, override }];
      await rollout.note(resumed(rollout, "continued", reason), ...freeze);
    }
    const { pauses, rollbackCheck } = readProjectFile(session.stackRef.folder);
    const { strategy, bakeSeconds, previewSize, retireAfterSeconds, until } = pause.request;
    await release(rollout, record.image, {
      imageId: record.image.imageId,
      strategy: parseStrategy(strategy),
      bakeSeconds,
      previewSize,
      retireAfterSeconds,
      until,
      pauses,
      provesRollback: rollbackCheck?.release,
    });
  });
}

/** Whether its time is over, and what was declared is not through. */
const isExpired = (pause: PauseRecord, awsTime: number): boolean =>
  pause.ended === undefined ? isOver(pause, awsTime) : pause.ended.how === "timed out";

const nothingExpired = ({ world }: RolloutContext, pause: PauseRecord | undefined): string =>
  pause === undefined || pause.ended !== undefined
    ? `Nothing is paused on ${world.stack}.`
    : `The pause on ${world.stack} goes on until ${pause.until}: nothing is to be done yet.`;

function nothingPaused({ record, world }: RolloutContext): string {
  const none = `Nothing is paused on ${world.stack}; traffic stays as it was`;
  if (record?.outcome !== "running") return `${none}.`;
  const what = imageName(record.image);
  return `${none}. The release of ${what} is under way (${record.stage}): bluegreen release ${what} goes on with it.`;
}
