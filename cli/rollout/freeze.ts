import { endText, freezeAt } from "../analysis/freeze.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { CliError } from "../error.ts";
import type { FreezeOverride } from "../state/model.ts";
import type { RolloutContext } from "./context.ts";

/**
 * Refuses to go forward while the project file says that nothing is released. A rollback is never asked.
 * @returns what the record is told where a freeze holds and the command goes on all the same; undefined: none holds
 * @throws CliError "frozen" with the reason and the end of the freeze
 */
export function requireUnfrozen(rollout: RolloutContext): FreezeOverride | undefined {
  const { session, world, duringFreeze: why } = rollout;
  const freeze = freezeAt(readProjectFile(session.stackRef.folder).freeze, world.awsTime);
  if (freeze === undefined) {
    if (why !== undefined) session.ui.say("No freeze holds now: --during-freeze is not needed.");
    return undefined;
  }
  const { reason } = freeze;
  const until = new Date(freeze.until).toISOString();
  if (why === undefined) {
    throw new CliError(
      "frozen",
      `Nothing was changed: ${world.stack} is frozen until ${endText(freeze)} (${reason}). Give the same command again then, or go on now: --during-freeze "why". bluegreen rollback works at any time.`,
      [],
      { reason, until },
    );
  }
  session.ui.say(`${world.stack} is frozen until ${endText(freeze)} (${reason}); it goes on all the same: ${why}`);
  const override = { at: new Date(world.awsTime).toISOString(), by: session.holder.by, why, reason, until };
  rollout.freeze = override;
  return override;
}
