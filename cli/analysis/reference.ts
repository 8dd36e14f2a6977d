import type { Tally } from "./wagers.ts";

/** Standard errors that are added to a mean of minutes: no release is blamed for what the old colour had too little time to show. */
const errors = 3;

/** What the old colour had before the cut-over, of all requests. */
export interface Reference extends Tally {
  /** Share of failed requests that it may have had in the long run. */
  readonly share: number;
}

/** @param minutes of the old colour, before the cut-over; undefined: they hold too few requests to tell anything */
export function referenceOf(minutes: readonly Tally[], fewest: number): Reference | undefined {
  const used = minutes.filter(({ sent }) => sent > 0);
  const [sent, failed] = [sumOf(used, "sent"), sumOf(used, "failed")];
  if (used.length < 2 || sent < fewest) return undefined;
  const mean = failed / sent;
  // Of a ratio of sums, by the minutes: clumps are counted in (Cochran, Sampling Techniques, 2.11).
  const squares = used.reduce((sum, minute) => sum + (minute.failed - mean * minute.sent) ** 2, 0);
  const deviation = Math.sqrt((squares * used.length) / (used.length - 1)) / sent;
  // Where nothing failed the deviation says nothing: the rule of three.
  return { sent, failed, share: mean + errors * deviation + 3 / sent };
}

const sumOf = (minutes: readonly Tally[], key: keyof Tally): number =>
  minutes.reduce((sum, minute) => sum + minute[key], 0);

/**
 * Share of failed requests that is no worse than the old colour, which has no traffic: what it had before. Where more of our own
 * requests to it fail at the same time than that, a common cause is at work, and it is twice as many as those.
 * @param asked our own requests to the old colour in the same minute
 */
export function allowedShare(reference: Reference, effect: number, asked: Tally): number {
  const expected = reference.share * asked.sent;
  const isCommon = asked.failed > expected + Math.sqrt(expected) + 1;
  return effect * Math.max(reference.share, isCommon ? (2 * asked.failed) / asked.sent : 0);
}
