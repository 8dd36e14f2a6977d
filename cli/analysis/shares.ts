/** Shares of failed requests and times of answers, compared by limits: of the checks, which a single look decides. */
import type { Limits } from "./limits.ts";
import type { Tally } from "./wagers.ts";

/** What is wrong with the share of failed requests; undefined: nothing, or too few requests. */
export function errorFault(counts: Tally, old: Tally | undefined, limits: Limits): string | undefined {
  const { requests, errorPercent, errorPoints } = limits;
  if (counts.sent < requests) return undefined;
  const before = old && old.sent >= requests ? percent(old) : 0;
  const allowed = Math.max(errorPercent, before + errorPoints);
  return percent(counts) > allowed ? `${shareOf(counts)}, ${digits(allowed)} % allowed` : undefined;
}

/** Milliseconds from which on an answer is slow. @param p95 the old colour's, in milliseconds */
export const slowFrom = (p95: number, { p95Factor, p95Slack }: Pick<Limits, "p95Factor" | "p95Slack">): number =>
  p95Factor * p95 + p95Slack;

/** @param counts of one request or more */
export const percent = ({ sent, failed }: Tally): number => (100 * failed) / sent;

export const shareOf = (counts: Tally | undefined): string =>
  counts && counts.sent > 0 ? `${digits(percent(counts))} % of ${counts.sent}` : "is not known";

const digits = (value: number): string => String(Math.round(value * 10) / 10);
