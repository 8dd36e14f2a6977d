/** Histograms as Prometheus has them: how many answers took at most so many seconds, by the bound of each bucket. */
import type { Limits } from "./limits.ts";
import { slowFrom } from "./shares.ts";
import type { Tally } from "./wagers.ts";

/** Answers that took at most so long, by seconds; those of the bound Infinity are all of them. */
export type Buckets = ReadonlyMap<number, number>;

/** Answers from which on a p95 says something (AWS: "Percentiles and low data samples"). */
const fewest = 200;

/** Whether it is a whole histogram: each bucket holds the ones below it, and the last one all. */
export function isCumulative(buckets: Buckets): boolean {
  const counts = sorted(buckets).map(([, count]) => count);
  return buckets.has(Infinity) && counts.every((count, index) => count >= (counts[index - 1] ?? 0));
}

/** What was added since an earlier reading of the same process; undefined: it has other buckets by now, or counts backwards. */
export function addedTo(before: Buckets, now: Buckets): Buckets | undefined {
  const added = new Map([...now].map(([bound, count]) => [bound, count - (before.get(bound) ?? NaN)]));
  return before.size === now.size && [...added.values()].every((count) => count >= 0) ? added : undefined;
}

/** All answers of several processes; of buckets that not all of them have, nothing can be said. */
export function sumOf(all: readonly Buckets[]): Buckets {
  const [first = new Map<number, number>(), ...others] = all;
  const bounds = [...first.keys()].filter((bound) => others.every((one) => one.has(bound)));
  return new Map(bounds.map((bound) => [bound, all.reduce((sum, one) => sum + (one.get(bound) ?? 0), 0)]));
}

/**
 * The bound above which an answer is slow: the first one that is no less than the old colour's p95, with the limits' factor and
 * slack; undefined: too few answers, or no bucket ends there.
 */
export function slowBound(old: Buckets, limits: Pick<Limits, "p95Factor" | "p95Slack">): number | undefined {
  const p95 = quantile(old, 0.95);
  if (p95 === undefined) return undefined;
  const seconds = slowFrom(1000 * p95, limits) / 1000;
  return sorted(old)
    .map(([bound]) => bound)
    .find((bound) => bound >= seconds && bound < Infinity);
}

/** Answers, and those that took longer than a bound; undefined: no bucket ends there. */
export function slowIn(buckets: Buckets, bound: number): Tally | undefined {
  const [all, quick] = [buckets.get(Infinity), buckets.get(bound)];
  return all === undefined || quick === undefined ? undefined : { sent: all, failed: all - quick };
}

/** Seconds, even within a bucket, as Prometheus' histogram_quantile takes them. */
function quantile(buckets: Buckets, share: number): number | undefined {
  const all = buckets.get(Infinity) ?? 0;
  if (all < fewest) return undefined;
  let [below, counted] = [0, 0];
  for (const [bound, count] of sorted(buckets)) {
    if (count >= share * all) {
      if (bound === Infinity) return undefined;
      return below + ((bound - below) * (share * all - counted)) / (count - counted);
    }
    [below, counted] = [bound, count];
  }
  return undefined;
}

const sorted = (buckets: Buckets): [bound: number, count: number][] => [...buckets].sort(([a], [b]) => a - b);
