import { validationError } from "@bluegreen/query-protocol";
import type { TimeSeries } from "@bluegreen/metric-math";
import type { MetricStore } from "./metric-store.ts";
import type { Terms } from "./missing-data.ts";
import { compileQueries, isLowSample, type Span } from "./queries.ts";
import type { Arguments, MetricDataQuery, MetricStat } from "./schemas.ts";

/** What a metric alarm watches, ready to be judged. */
export interface Watch {
  /** AWS seconds of a datapoint. */
  period: number;
  terms: Terms;
  valuesOf(spans: readonly Span[]): TimeSeries;
  /** Whether a datapoint is to be passed over, for it rests on too few samples. */
  isLowSample(span: Span): boolean;
}

type Input = Arguments<"PutMetricAlarm">;

/** AWS seconds that an alarm may look back: a week, and a day where its period is below an hour. */
const week = 604_800;
const day = 86_400;

/**
 * Checks what a metric alarm watches, by the rules of the API reference.
 * @throws ValidationError, all faults at once.
 */
export function watchOf(input: Input, store: MetricStore): Watch {
  const faults = input.Metrics ? faultsOfMetrics(input, input.Metrics) : faultsOfMetric(input);
  const m = input.DatapointsToAlarm ?? input.EvaluationPeriods;
  if (m > input.EvaluationPeriods) {
    faults.push("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  }
  if (faults.length > 0) throw validationError(faults.join("; "));

  const list = input.Metrics ?? [{ Id: "m1", MetricStat: metricStatOf(input), ReturnData: true }];
  const queries = compileQueries(list, store);
  const span = queries.period * input.EvaluationPeriods;
  const longest = queries.period < 3600 ? day : week;
  if (span > longest) {
    throw validationError(`Metrics cannot be checked across more than ${longest} seconds; this alarm looks at ${span}`);
  }
  const watched = list.find(({ ReturnData }) => ReturnData !== false) ?? list[0];
  const low = input.EvaluateLowSampleCountPercentile === "ignore" ? watched.MetricStat : undefined;
  const watch: Watch = {
    period: queries.period,
    terms: {
      evaluationPeriods: input.EvaluationPeriods,
      datapointsToAlarm: m,
      treatMissingData: input.TreatMissingData ?? "missing",
      breaches: breach(input),
    },
    valuesOf: (spans) => queries.valuesOf(watched.Id, spans),
    isLowSample: (at) => low !== undefined && isLowSample(low, store, at),
  };
  // An expression that yields a single number is found here, not at the first evaluation.
  watch.valuesOf([]);
  return watch;
}

function faultsOfMetric(input: Input): string[] {
  const needed = ["MetricName", "Namespace", "Period"] as const;
  const faults = needed.flatMap((name) => (input[name] === undefined ? [`${name} is required for a metric`] : []));
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined)) {
    faults.push("Exactly one of Statistic and ExtendedStatistic must be given for a metric");
  }
  return faults;
}

function faultsOfMetrics(input: Input, metrics: MetricDataQuery[]): string[] {
  const single = ["MetricName", "Namespace", "Period", "Statistic", "ExtendedStatistic"] as const;
  const both: string[] = single.filter((name) => input[name] !== undefined);
  if (input.Dimensions.length > 0) both.push("Dimensions");
  const faults = both.map((name) => `${name} cannot be given together with Metrics`);
  if (metrics.filter(({ ReturnData }) => ReturnData !== false).length !== 1) {
    faults.push("Exactly one element of the metrics list should return data");
  }
  if (metrics.filter(({ MetricStat }) => MetricStat).length > 10) faults.push("Metrics may have 10 metrics at most");
  for (const { Id, MetricStat: stat } of metrics) {
    if (stat && stat.Period < 10) faults.push(`The period of '${Id}' must be 10, 20, 30 or a multiple of 60`);
  }
  return faults;
}

function metricStatOf(input: Input): MetricStat {
  return {
    Metric: {
      Namespace: input.Namespace ?? "",
      MetricName: input.MetricName ?? "",
      Dimensions: input.Dimensions,
    },
    Period: input.Period ?? 0,
    Stat: input.Statistic ?? input.ExtendedStatistic ?? "",
  };
}

function breach({ ComparisonOperator, Threshold }: Input): Terms["breaches"] {
  switch (ComparisonOperator) {
    case "GreaterThanOrEqualToThreshold":
      return (value) => value >= Threshold;
    case "GreaterThanThreshold":
      return (value) => value > Threshold;
    case "LessThanThreshold":
      return (value) => value < Threshold;
    case "LessThanOrEqualToThreshold":
      return (value) => value <= Threshold;
  }
}
