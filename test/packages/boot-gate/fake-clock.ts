import type { Clock } from "../../../packages/boot-gate/clock.ts";

/** A clock that stands still but for the pauses that are asked of it; `pauses` tells them. */
export function fakeClock(): Clock & { pauses: number[]; pass: (milliseconds: number) => void } {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    pass: (milliseconds) => void (now += milliseconds),
    now: () => now,
    pause: (milliseconds, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      pauses.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}
