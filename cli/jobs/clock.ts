import { setTimeout as sleep } from "node:timers/promises";

/** Time as a job's run sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason on an abort. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The real one. */
export const clock: Clock = {
  now: () => Date.now(),
  pause: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => Promise.reject(signal.reason as Error)),
};

/** Milliseconds between the first two looks at something, and the most between two later ones. */
const firstPause = 250;
const longestPause = 5_000;

/**
 * Looks again and again, at first often and later every five seconds, until `look` finds something.
 * @param deadline milliseconds since 1970; undefined is the answer when nothing was found by then
 */
export async function poll<T>(
  time: Clock,
  signal: AbortSignal,
  deadline: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined || time.now() >= deadline) return found;
    await time.pause(pause, signal);
  }
}
