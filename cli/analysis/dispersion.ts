import type { Tally } from "./wagers.ts";

/** Failures from which on their clumps can be measured. */
const fewest = 30;

/** Standard errors of the index that are added to it: it may have been measured too small. */
const errors = 1.6;

/** Where failures come in clumps, the largest ones are larger than the index says: so many times as large at least. */
const margin = 1.5;

/** An index up to which failures come one by one. */
const single = 1.5;

/** Failures of a clump where nothing could be measured: where so little fails, clumps are rare, and larger ones are rarer. */
export const unknownClump = 10;

/** The same where hardly anything failed of many requests, and how many that are: no clump is larger than all that failed. */
const rareClump = 3;
const many = 10_000;

/**
 * How many failures come together at most, by the index of dispersion of a colour's minutes: variance by mean, which is 1 where
 * each comes by itself, and E[s^2]/E[s] where they come in clumps of the size s. A share of failures that rises and falls makes
 * it larger, which makes the test slower, and no less sure.
 * @param minutes requests and failures of one colour, minute by minute
 */
export function clumpOf(minutes: readonly Tally[]): number {
  const sent = minutes.reduce((sum, minute) => sum + minute.sent, 0);
  const failed = minutes.reduce((sum, minute) => sum + minute.failed, 0);
  if (failed < fewest || minutes.length < 2)
    return sent < many ? unknownClump : Math.min(unknownClump, Math.max(rareClump, failed));
  const squares = minutes.reduce((sum, minute) => sum + (minute.failed - (failed * minute.sent) / sent) ** 2, 0);
  const index = (squares / (minutes.length - 1)) * (minutes.length / failed);
  // Of counts that come one by one, by the chi-square distribution.
  const above = 1 + errors * Math.sqrt(2 / (minutes.length - 1));
  return Math.max(1, index * (index > single ? Math.max(margin, above) : above));
}
