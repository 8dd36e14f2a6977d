/** Whose turn it is to release: decisions and words, without a call. */
import type { Holder, Lock, LockKind } from "../state/model.ts";
import { CliError } from "../error.ts";

/** Seconds for which a lock counts unless it is renewed. */
export const LEASE_SECONDS = 60;
/** Seconds between renewals: several may fail before the lease is over. */
export const RENEW_SECONDS = 10;
/**
 * Milliseconds that two clocks may differ. "In most cases, a request must reach AWS within five minutes of the time stamp in
 * the request" (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html): one may be 5 minutes fast, the
 * other 5 slow.
 */
const SKEW = 10 * 60_000;

/**
 * What a lock that was found means for who comes.
 *
 * - free: nobody's;
 * - mine: a write arrived and its answer was lost;
 * - held: its lease is not over;
 * - silent: its lease is over by one's own clock, which may be fast: it lives if it is renewed, so it has to be watched;
 * - abandoned: its lease is over by any clock, or its holder is known to be gone.
 * @param now milliseconds since 1970, by AWS's clock
 * @param me token of who comes
 */
export function lockDecision(
  found: Lock | undefined,
  now: number,
  me: string | undefined,
  isHolderAlive: (holder: Holder) => boolean,
): "free" | "mine" | "held" | "silent" | "abandoned" {
  if (found === undefined || found.released) return "free";
  if (found.token === me) return "mine";
  if (!isHolderAlive(found.holder)) return "abandoned";
  if (now < found.expires) return "held";
  return now - found.expires > SKEW ? "abandoned" : "silent";
}

/** Whether a lock is a rollback's, to which everything else gives way. */
export const isRollback = (lock: Lock | undefined): boolean => lock?.kind === "rollback" && !lock.released;

/** Somebody else releases: who, since when, doing what, and what to do. */
export function lockedRefusal(lock: Lock): CliError {
  const { holder, doing, since, kind } = lock;
  const next: Record<LockKind, string> = {
    change: "Wait until it ends (bluegreen status --watch), or take the traffic back at once with bluegreen rollback.",
    rollback: "It takes the traffic back, and gives way to nobody: wait until it ends (bluegreen status --watch).",
  };
  return new CliError(
    "locked",
    `${holder.by} works on this stack since ${since}: ${doing} (process ${holder.pid} on ${holder.host}). ${next[kind]} ` +
      `If that process is dead, its lock ends within ${LEASE_SECONDS} s.`,
  );
}

/** The lock is watched, for how long and what for. */
export function waitingFor({ holder, doing }: Lock): string {
  return (
    `The lease of ${holder.by} (${doing}, process ${holder.pid} on ${holder.host}) is over by this host's clock. Waiting for ` +
    `${LEASE_SECONDS} s at most, to see whether it is renewed.`
  );
}

/** The lock is another's now, or gone. */
export function lostRefusal(doing: string, now: Lock | undefined): CliError {
  const taker =
    now && !now.released
      ? `${now.holder.by} took over at ${now.since} (${now.doing})`
      : "Its lock was removed from the stack's table";
  return new CliError("failed", `${doing} stops here and changes nothing more: ${taker}. See bluegreen status.`);
}

/** The lease is over and the table does not answer, so that somebody else may hold the lock. */
export function unprovenRefusal(doing: string, why: string): CliError {
  return new CliError(
    "failed",
    `${doing} stops here and changes nothing more: its lock could not be renewed for ${LEASE_SECONDS} s (${why}). ` +
      "Give the same command again when AWS answers.",
  );
}
