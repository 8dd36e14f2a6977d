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

/** Our own requests of a second, which a bad second takes along together. */
const clumpOfProbes = probesPerSecond;

/**
 * What fails on a colour: clumps at random times, each of failures at random seconds soon after.
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
  const { clump = 1 } = cell;
  const share = (second: number): number => Math.max(percent, during[second] === true ? burst.percent : 0) / 100;
  return {
    users: clumpsOf((second) => users(second) * share(second), clump, Infinity, during.length, random),
    probes: clumpsOf(
      (second) => probesPerSecond * share(second),
      Math.min(clump, clumpOfProbes),
      probesPerSecond,
      during.length,
      random,
    ),
  };
}

/** @param mean failures a second, second by second; @param most failures a second */
function clumpsOf(
  mean: (second: number) => number,
  clump: number,
  most: number,
  seconds: number,
  random: Random,
): Uint16Array {
  const failed = new Uint16Array(seconds);
  const spread = clump > 1 ? clumpSeconds : 1;
  for (let second = 0; second < seconds; second++) {
    const expected = mean(second);
    for (let clumps = expected === 0 ? 0 : random.poisson(expected / clump); clumps > 0; clumps--) {
      for (let left = random.size(clump); left > 0; left--) {
        const at = second + Math.floor(spread * random.uniform());
        if (at < seconds && (failed[at] ?? 0) < most) failed[at] = (failed[at] ?? 0) + 1;
      }
    }
  }
  return failed;
}
