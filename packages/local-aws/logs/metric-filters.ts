import type { MetricStore } from "../cloudwatch/metric-store.ts";
import { notRehearsed } from "../errors.ts";

/** A metric filter, as CloudWatch Logs describes it. */
export interface MetricFilter {
  readonly filterName: string;
  readonly filterPattern: string;
  readonly logGroupName: string;
  readonly metricTransformations: readonly [Transformation];
  /** Milliseconds since 1970. */
  readonly creationTime: number;
}

export interface Transformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  readonly metricValue: string;
  readonly unit?: string;
}

/** The one form of pattern that this cloud follows: a JSON line whose member is a text (user guide: "Filter pattern syntax"). */
const member = /^\{\s*\$\.(\w+)\s*=\s*"([^"\\]*)"\s*\}$/;

/** Metric filters by log group and name; a filter of the same name takes the place of the one before. */
export class MetricFilters {
  private readonly filters = new Map<string, MetricFilter>();
  private readonly store: MetricStore;

  constructor(store: MetricStore) {
    this.store = store;
  }

  /** @throws NotImplemented for a pattern or a value that nothing here follows. */
  put(filter: MetricFilter): void {
    const [{ metricValue }] = filter.metricTransformations;
    if (!member.test(filter.filterPattern) || !/^\d+$/.test(metricValue))
      throw notRehearsed(`the metric filter ${filter.filterPattern} with ${metricValue}`, import.meta.filename);
    this.filters.set(keyOf(filter), filter);
  }

  of(logGroupName: string | undefined): MetricFilter[] {
    return [...this.filters.values()].filter((one) => logGroupName === undefined || one.logGroupName === logGroupName);
  }

  /** Whether there was one. */
  delete(filter: { logGroupName: string; filterName: string }): boolean {
    return this.filters.delete(keyOf(filter));
  }

  /** A log group's filters go with it. */
  deleteGroup(logGroupName: string): void {
    for (const one of this.of(logGroupName)) this.filters.delete(keyOf(one));
  }

  /** A line has come to a log group. */
  take(logGroupName: string, line: string): void {
    for (const { filterPattern, metricTransformations } of this.of(logGroupName)) {
      const [, name, wanted] = member.exec(filterPattern) ?? [];
      const [{ metricName, metricNamespace, metricValue }] = metricTransformations;
      if (name !== undefined && memberOf(line, name) === wanted)
        this.store.of({ Namespace: metricNamespace, MetricName: metricName }).add(Number(metricValue));
    }
  }
}

const keyOf = ({ logGroupName, filterName }: { logGroupName: string; filterName: string }): string =>
  `${logGroupName}:${filterName}`;

/** A line that is no JSON object has no members, and matches no such pattern. */
function memberOf(line: string, name: string): unknown {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? (event as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}
