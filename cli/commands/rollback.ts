import { other } from "../../deployment/model.ts";
import { rollbackFacts } from "../status/rollback.ts";
import { imageName } from "../state/model.ts";
import { CliError } from "../error.ts";
import { repairInterrupted } from "../rollout/repair.ts";
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
    const reason = reasonOf(options);
    await requireReason(session, fleet, reason);
    await confirm(
      context,
      options,
      `Give all requests to ${to} (${imageName(fleet.image)}) instead of ${other(to)} (${imageName(from.image)})?`,
    );
    const why = reason ?? `bluegreen rollback by ${session.holder.by}`;
    await rollBack(rollout, to, why, { override: options.override });
  });
}
