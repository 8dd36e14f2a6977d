import { CliError } from "../error.ts";
import type { RolloutContext } from "./context.ts";
import { unfinished } from "./next.ts";

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
