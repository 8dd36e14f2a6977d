import type { Cell } from "./cells.ts";
import type { Random } from "./random.ts";

/** Requests of our own to each colour, a second. */
export const probesPerSecond = 5;
/** Seconds within which the failures of a clump come. */
const clumpSeconds = 2;
/** Seconds between two bursts in the mean, their length, and the percent of requests that fail in one. */
const burst = { every: 300, seconds: 30, percent: 10 } as const;

/** Failures of a colour, second by second. */
export interface Failures {
  readonly users: Uint16Array;
  readonly probes: Uint16Array;
}

/** Seconds of a release in which something that both colours need fails. */
export function burstsOf(cell: Cell, seconds: number, random: Random): boolean[] {
  const during = new Array<boolean>(seconds).fill(false);
  if (cell.bursts !== true) return during;
  for (let second = 0; second < seconds; second++) {
    if (random.uniform() < 1 / burst.every) during.fill(true, second, second + burst.seconds);
  }
  return during;
}

/**
 * What fails on a colour: clumps at random times, each of failures at random seconds soon after, and each of those a user's
 * request or one of ours.
 * @param users requests a second, second by second
 * @param percent of the requests that fail outside of bursts
 */
export function failuresOf(
  cell: Cell,
  users: (second: number) => number,
  percent: number,
  during: readonly boolean[],
  random: Random,
): Failures {
  const failures = { users: new Uint16Array(during.length), probes: new Uint16Array(during.length) };
  const { clump = 1 } = cell;
  for (const [second, isBurst] of during.entries()) {
    const sent = users(second) + probesPerSecond;
    const share = Math.max(percent, isBurst ? burst.percent : 0) / 100;
    if (share === 0) continue;
    for (let clumps = random.poisson((sent * share) / clump); clumps > 0; clumps--) {
      const spread = clump > 1 ? clumpSeconds : 1;
      for (let left = random.size(clump); left > 0; left--) {
        const at = second + Math.floor(spread * random.uniform());
        if (at >= during.length) continue;
        const isProbe = random.uniform() < probesPerSecond / sent && (failures.probes[at] ?? 0) < probesPerSecond;
        const kind = isProbe ? failures.probes : failures.users;
        kind[at] = (kind[at] ?? 0) + 1;
      }
    }
  }
  return failures;
}
