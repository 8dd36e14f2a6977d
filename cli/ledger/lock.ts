/** Whose turn it is to release: decisions and words, without a call. */
import type { Holder, Lock } from "../model.ts";
import { Refusal } from "../refusal.ts";

/** Seconds for which a lock counts unless it is renewed. */
export const LEASE_SECONDS = 60;
/** Seconds between renewals: several may fail before the lease is over. */
export const RENEW_SECONDS = 10;

/**
 * What a lock that was found means for who comes.
 *
 * Abandoned: its lease is over, or its holder is known to be gone. Clocks are taken to agree within the lease; where they
 * don't, a lock may be taken from somebody who lives, who then notices before the next change.
 * @param now milliseconds since 1970
 * @param me token of who comes; "mine" is seen when a write arrived and its answer was lost
 */
export function lockDecision(
  found: Lock | undefined,
  now: number,
  me: string | undefined,
  isHolderAlive: (holder: Holder) => boolean,
): "free" | "mine" | "held" | "abandoned" {
  if (found === undefined) return "free";
  if (found.token === me) return "mine";
  return now < found.expires && isHolderAlive(found.holder) ? "held" : "abandoned";
}

/** Somebody else releases: who, since when, doing what, and what to do. */
export function lockedRefusal({ holder, doing, since }: Lock): Refusal {
  return new Refusal(
    "locked",
    `${holder.by} works on this stack since ${since}: ${doing} (process ${holder.pid} on ${holder.host}). ` +
      "Wait until it ends (bluegreen status --watch), or take the traffic back at once with bluegreen rollback. " +
      `If that process is dead, its lock ends within ${LEASE_SECONDS} s.`,
  );
}

/** The lock is another's now, or gone. */
export function lostRefusal(doing: string, now: Lock | undefined): Refusal {
  const taker = now
    ? `${now.holder.by} took over at ${now.since} (${now.doing})`
    : "Its lock was removed from the stack's table";
  return new Refusal("failed", `${doing} stops here and changes nothing more: ${taker}. See bluegreen status.`);
}

/** The lease is over and the table does not answer, so that somebody else may hold the lock. */
export function unprovenRefusal(doing: string, why: string): Refusal {
  return new Refusal(
    "failed",
    `${doing} stops here and changes nothing more: its lock could not be renewed for ${LEASE_SECONDS} s (${why}). ` +
      "Give the same command again when AWS answers.",
  );
}
