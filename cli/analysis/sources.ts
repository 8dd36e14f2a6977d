/**
 * What a release is judged by, each with its part of alpha over the whole release: the parts add up to 1, so that all of them
 * together send a good release back with a probability of alpha at most.
 */
export const sources = {
  /** All requests, by CloudWatch, each minute. */
  requests: 0.3,
  /** The service's own counters, each second. */
  counters: 0.2,
  /** Our own requests through the preview listener, each second. */
  probes: 0.15,
  /** Answers to them that are slower than the old colour's. */
  latency: 0.1,
  /** All requests, by CloudWatch, beside what the old colour had before the cut-over. */
  bake: 0.15,
  /** The check `errors`, before the first traffic and after the bake. */
  check: 0.1,
} as const;

export type Source = keyof typeof sources;

/** Checks of a release: before its first traffic, and after its bake. */
const checks = 2;

/** E from which on a source's evidence counts: that the release is worse. */
export const thresholdOf = (source: Source, alpha: number): number =>
  1 / (alpha * (source === "check" ? sources.check / checks : sources[source]));
