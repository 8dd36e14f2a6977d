import { validationError } from "@bluegreen/query-protocol";
import { parseExpression, type MathExpression, type TimeSeries, type Value } from "@bluegreen/metric-math";
import type { MetricStore } from "./metric-store.ts";
import type { MetricDataQuery, MetricStat } from "./schemas.ts";
import { isStatistic, samplesNeeded, percentOf, statisticOf } from "./statistics.ts";

/** A span of real time, in milliseconds since 1970; the end is exclusive. */
export interface Span {
  from: number;
  to: number;
}

/** Queries that belong together, ready to be computed. */
export interface Queries {
  /** AWS seconds of a datapoint, the same for all of them. */
  period: number;
  /**
   * The values of one query.
   * @param spans The datapoints' spans of time, the oldest first.
   */
  valuesOf(id: string, spans: readonly Span[]): TimeSeries;
}

type Source = { stat: MetricStat } | { expression: MathExpression };

/**
 * Checks metric queries and makes them ready.
 * @throws ValidationError, all faults at once.
 */
export function compileQueries(list: readonly MetricDataQuery[], store: MetricStore): Queries {
  const sources = new Map<string, Source>();
  const faults: string[] = [];
  for (const { Id, MetricStat: stat, Expression: text } of list) {
    if (sources.has(Id)) faults.push(`The Id '${Id}' is used by more than one query`);
    if (stat && text === undefined) {
      if (!isStatistic(stat.Stat))
        faults.push(`The Stat '${stat.Stat}' of '${Id}' is unknown to the rehearsal's cloud`);
      sources.set(Id, { stat });
    } else if (text !== undefined && !stat) {
      sources.set(Id, { expression: parseExpression(text) });
    } else {
      faults.push(`The query '${Id}' must have either an Expression or a MetricStat, and not both`);
    }
  }
  for (const [id, source] of sources) {
    if (!("expression" in source)) continue;
    const unknown = [...source.expression.names].filter((name) => !sources.has(name));
    if (unknown.length > 0) faults.push(`The expression '${id}' names unknown ids: ${unknown.join(", ")}`);
    if (reaches(id, id, sources)) faults.push(`The expression '${id}' depends on itself`);
  }
  const periods = new Set([...sources.values()].flatMap((source) => ("stat" in source ? [source.stat.Period] : [])));
  if (periods.size > 1) faults.push(`Metrics have the periods ${[...periods].join(", ")}; the same is needed for all`);
  const [period] = periods;
  if (period === undefined) faults.push("At least one query must have a MetricStat");
  if (faults.length > 0 || period === undefined) throw validationError(faults.join("; "));
  return { period, valuesOf: (id, spans) => seriesOf(id, sources, store, spans) };
}

function reaches(from: string, goal: string, sources: Map<string, Source>, seen = new Set<string>()): boolean {
  const source = sources.get(from);
  if (!source || !("expression" in source) || seen.has(from)) return false;
  seen.add(from);
  return [...source.expression.names].some((name) => name === goal || reaches(name, goal, sources, seen));
}

function seriesOf(id: string, sources: Map<string, Source>, store: MetricStore, spans: readonly Span[]): TimeSeries {
  const known = new Map<string, Value>();
  const valueOf = (name: string): Value => {
    const source = sources.get(name);
    if (!source) throw validationError(`There is no query '${name}'`);
    const value =
      known.get(name) ?? ("stat" in source ? read(source.stat, store, spans) : source.expression.compute(valueOf));
    known.set(name, value);
    return value;
  };
  const value = valueOf(id);
  if (typeof value === "number") {
    throw validationError(`The expression '${id}' yields a single number; a time series is needed`);
  }
  return value;
}

function read({ Metric, Stat }: MetricStat, store: MetricStore, spans: readonly Span[]): TimeSeries {
  const series = store.find(Metric);
  return spans.map(({ from, to }) => {
    const values = series?.between(from, to);
    return values && statisticOf(values, Stat);
  });
}

/** Whether a percentile of a span rests on too few samples to say much. Always false for other statistics. */
export function isLowSample({ Metric, Stat }: MetricStat, store: MetricStore, { from, to }: Span): boolean {
  const percent = percentOf(Stat);
  const values = store.find(Metric)?.between(from, to);
  return percent !== undefined && values !== undefined && values.count < samplesNeeded(percent);
}
