import type { Distribution } from "./distribution.ts";

/** Statistics that CloudWatch calls basic. */
export const basicStatistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;

/** The percentage of a percentile such as `p99` or `p99.9`, undefined for anything else. */
export function percentOf(statistic: string): number | undefined {
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(statistic)?.[1];
  return percent !== undefined && Number(percent) <= 100 ? Number(percent) : undefined;
}

/** Whether this cloud can compute a statistic. */
export function isStatistic(statistic: string): boolean {
  return percentOf(statistic) !== undefined || basicStatistics.some((known) => known === statistic);
}

/** A statistic of values; there must be at least one. */
export function statisticOf(values: Distribution, statistic: string): number {
  switch (statistic) {
    case "SampleCount":
      return values.count;
    case "Average":
      return values.sum / values.count;
    case "Sum":
      return values.sum;
    case "Minimum":
      return values.minimum;
    case "Maximum":
      return values.maximum;
    default: {
      const percent = percentOf(statistic);
      if (percent === undefined) throw new Error(`${statistic} is no statistic that was let in`);
      return values.percentile(percent);
    }
  }
}

/**
 * Samples below which a percentile says little, by AWS's rule for low sample counts: 10/(1-percentile) from 50 % up,
 * 10/percentile below.
 */
export function samplesNeeded(percent: number): number {
  const share = percent / 100;
  return share >= 0.5 ? 10 / (1 - share) : 10 / share;
}
