import type { Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { CliError } from "../error.ts";
import { imageName, type ImageFacts, type PauseEnd, type PauseRecord } from "../state/model.ts";
import { openPause, type ReleaseEvent } from "../store/record.ts";
import type { RolloutContext } from "./context.ts";
import { pauseReport, renderPause } from "./pause-report.ts";
import { pointText } from "./pause-points.ts";

/** The release waits for people from now on: the record says so, and they are told. */
export async function beginPause(
  rollout: RolloutContext,
  image: ImageFacts,
  color: Color,
  pause: PauseRecord,
): Promise<void> {
  await rollout.note({ kind: "paused", pause });
  const why = `${pointText(pause.after)}, until ${pause.until}; then: ${pause.then}`;
  await rollout.notify({ kind: "paused", color, image, why });
}

/**
 * Shows what somebody needs to decide, and ends the command: a pause holds neither a process nor the lock.
 * @throws CliError "paused", always
 */
export async function showPause(rollout: RolloutContext, pause: PauseRecord): Promise<never> {
  const { session, record } = rollout;
  if (record !== undefined) {
    const report = await pauseReport(rollout, record, pause);
    session.ui.result(report, renderPause(report));
  }
  throw pausedError(rollout, pause);
}

/** Where it waits, until when, and how it goes on. */
function pausedError({ world, record }: RolloutContext, { after, until, then }: PauseRecord): CliError {
  const what = record === undefined ? world.stack : `${imageName(record.image)} on ${record.color}`;
  const command = (name: string) => `bluegreen ${name} --stack ${world.stack}`;
  return new CliError(
    "paused",
    `${what} is paused ${pointText(after)} until ${until}; then: ${then}. Go on: ${command("continue")}; go back: ${command("rollback")}.`,
  );
}

/**
 * Refuses what would pass a pause by.
 * @throws CliError "paused"
 */
export function requireNoPause(rollout: RolloutContext): void {
  const pause = rollout.record && openPause(rollout.record);
  if (pause !== undefined) throw pausedError(rollout, pause);
}

/** Nobody has decided in time: what was declared is written down, and comes next. */
export async function endExpired(rollout: RolloutContext, pause: PauseRecord): Promise<void> {
  const { session, record } = rollout;
  const waited = formatDuration((Date.parse(pause.until) - Date.parse(pause.since)) / 1000);
  const why = `nobody decided within ${waited} ${pointText(pause.after)}`;
  session.ui.say(`${record === undefined ? "It" : imageName(record.image)} was paused, and ${why}: ${pause.then}.`);
  const back: ReleaseEvent[] = pause.then === "rollback" ? [{ kind: "stage", stage: "rollback", why }] : [];
  // Both in one write: a run that is killed behind it leaves nothing to decide anew.
  await rollout.note(resumed(rollout, "timed out", why), ...back);
}

/** The end of a pause, for the record; where there is none it says nothing. */
export const resumed = (
  { session, world }: Pick<RolloutContext, "session" | "world">,
  how: PauseEnd["how"],
  why?: string,
): ReleaseEvent => ({
  kind: "resumed",
  end: { how, at: new Date(world.awsTime).toISOString(), by: session.holder.by, why },
});
