import { other } from "../../deployment/model.ts";
import { rollbackFacts } from "../status/rollback.ts";
import { imageName } from "../state/model.ts";
import { openPause } from "../store/record.ts";
import { CliError } from "../error.ts";
import { repairInterrupted } from "../rollout/repair.ts";
import { abortStaging } from "../rollout/stage.ts";
import { requireReason } from "../rollout/revoked.ts";
import { endRollback, rollBack, hasGoneBack } from "../rollout/traffic.ts";
import { type Context, withLockedStack } from "./context.ts";
import { direct } from "./rollback-direct.ts";
import { colorOf, confirm, reasonOf, type RollbackOptions } from "./rollback-options.ts";

/** All of the requests go back to the other colour, or, in a canary, to the one that was there before. */
export async function rollback(context: Context, options: RollbackOptions): Promise<void> {
  const wanted = colorOf(options.to);
  if (options.direct) return direct(context, wanted, options);
  await withLockedStack(context, { doing: "rollback", kind: "rollback" }, async (rollout) => {
    const { session } = rollout;
    await repairInterrupted(rollout, { anybodys: true });
    if (wanted === undefined && hasGoneBack(rollout)) return endRollback(rollout);
    const reason = reasonOf(options);
    const why = reason ?? `bluegreen rollback by ${session.holder.by}`;
    const { record } = rollout;
    // What is paused before it had requests goes, and nothing else moves.
    const staged = record && openPause(record) && rollout.world.weights.live[record.color] === 0 ? record : undefined;
    if (staged !== undefined && (wanted === undefined || wanted === staged.from.color)) {
      await confirm(context, options, `Take ${imageName(staged.image)} off ${staged.color}? No request was moved.`);
      await abortStaging(rollout, staged.image, why);
      return session.ui.say(`${imageName(staged.image)} was taken back from ${staged.color}: ${why}`);
    }
    const facts = rollbackFacts(rollout.world);
    const to = wanted ?? facts.to;
    if (to === undefined)
      throw new CliError("refused", "Neither colour gets requests. Name one: --to blue or --to green.");
    const [fleet, from] = [rollout.world.fleets[to], rollout.world.fleets[other(to)]];
    if (to === facts.to && !facts.ready && options.override === undefined) {
      throw new CliError(
        "refused",
        `A rollback to ${to} is not ready: ${facts.reason}. In an incident: --override "why" goes all the same.`,
      );
    }
    await requireReason(session, fleet, reason);
    await confirm(
      context,
      options,
      `Give all requests to ${to} (${imageName(fleet.image)}) instead of ${other(to)} (${imageName(from.image)})?`,
    );
    await rollBack(rollout, to, why, { override: options.override });
  });
}
