import { setTimeout as sleep } from "node:timers/promises";

/** Time since some moment, in milliseconds, that no correction of the system's time changes. */
export interface Clock {
  now(): number;
  /** Rejects on an abort. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The real one. */
export const clock: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
