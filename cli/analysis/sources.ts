/** What a release is judged by. */
export const sources = [
  /** All requests, by CloudWatch, each minute. */
  "requests",
  /** The service's own counters, each second. */
  "counters",
  /** Our own requests through the preview listener, each second. */
  "probes",
  /** Answers to them that are slower than the old colour's. */
  "latency",
  /** All answers that are slower than the old colour's, by the service's own histogram. */
  "histogram",
  /** All requests, by CloudWatch, beside what the old colour had before the cut-over. */
  "bake",
  /** The check `errors`, before the first traffic and after the bake. */
  "check",
  /** The check `latency`, at the same times: answers to the same requests that are slower than the old colour's. */
  "checkLatency",
] as const;

export type Source = (typeof sources)[number];

/**
 * Each source's part of alpha over the whole release: the parts add up to 1, so that all of them together send a good release back
 * with a probability of alpha at most. What the service counts by the second is worth more than what CloudWatch tells later.
 */
const parts: Record<"counted" | "uncounted", Record<Source, number>> = {
  counted: {
    requests: 0.1,
    counters: 0.35,
    probes: 0.2,
    latency: 0.05,
    histogram: 0.05,
    bake: 0.15,
    check: 0.06,
    checkLatency: 0.04,
  },
  uncounted: {
    requests: 0.25,
    counters: 0,
    probes: 0.4,
    latency: 0.1,
    histogram: 0,
    bake: 0.15,
    check: 0.06,
    checkLatency: 0.04,
  },
};

/** Times that a release is checked: before its first traffic, and after its bake. */
const checks = 2;
const isOfChecks = (source: Source): boolean => source === "check" || source === "checkLatency";

/**
 * E from which on a source's evidence counts: that the release is worse.
 * @param isCounted whether the service has counters of its own
 */
export function thresholdOf(source: Source, alpha: number, isCounted: boolean): number {
  const part = parts[isCounted ? "counted" : "uncounted"][source];
  return 1 / (alpha * (isOfChecks(source) ? part / checks : part));
}
