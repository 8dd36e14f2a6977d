import type { Answered } from "./answered.ts";
import type { Clock } from "./clock.ts";
import { answerOf, type Verdict } from "./gate.ts";
import { type HookAnswer, isNotWaiting } from "./hook.ts";
import type { Instance } from "./imds.ts";

/** What became of the answer. */
export type Outcome =
  | { kind: "answered"; answer: HookAnswer }
  /** None was due: no group, answered earlier, or no hook that waits. */
  | { kind: "none"; why: string }
  /** The hook may be waiting, and was not reached: its own time-out will ABANDON. */
  | { kind: "failed"; why: string };

/** What answering is given: its calls to the outside, each replaced in tests. */
export interface AnswerParts {
  readInstance: (signal: AbortSignal) => Promise<Instance>;
  complete: (answer: HookAnswer) => Promise<void>;
  answered: Answered;
  clock: Clock;
  /** Hears why an attempt was in vain. */
  retrying: (why: string) => void;
}

/** Milliseconds between attempts: doubled each time, from the first to the last of these. */
const firstPauseMs = 500;
const longestPauseMs = 8_000;

/**
 * Answers the group's launch hook, with retries until `until` (of the clock): the instance is not waited for in its
 * first seconds, its metadata can be late, and IAM and the API can be out of reach for a while.
 *
 * An abort rejects between two attempts, never within one.
 */
export async function answerHook(
  parts: AnswerParts,
  verdict: Verdict,
  until: number,
  signal: AbortSignal,
): Promise<Outcome> {
  let pauseMs = firstPauseMs;
  for (;;) {
    const outcome = await attempt(parts, verdict, signal);
    if (outcome.kind === "answered" || (outcome.kind === "none" && outcome.final)) return outcome;
    signal.throwIfAborted();
    if (parts.clock.now() + pauseMs > until) return outcome;
    parts.retrying(outcome.why);
    await parts.clock.pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

type Attempt = Exclude<Outcome, { kind: "none" }> | { kind: "none"; why: string; final: boolean };

async function attempt(parts: AnswerParts, verdict: Verdict, signal: AbortSignal): Promise<Attempt> {
  try {
    const instance = await parts.readInstance(signal);
    const due = answerOf(instance, verdict, parts.answered.read());
    if (due.kind === "none") return { kind: "none", why: due.why, final: true };
    if (due.kind === "later") return { kind: "failed", why: due.why };
    const { instanceId, region } = instance;
    const answer = { region, group: due.group, instanceId, result: due.result };
    signal.throwIfAborted();
    await parts.complete(answer);
    parts.answered.write(instanceId);
    return { kind: "answered", answer };
  } catch (error) {
    signal.throwIfAborted();
    const { name, message } = error as Error;
    if (isNotWaiting(error as Error))
      return { kind: "none", why: `no launch hook is waiting: ${message}`, final: false };
    return { kind: "failed", why: `${name}: ${message}` };
  }
}
