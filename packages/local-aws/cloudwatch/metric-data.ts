import { validationError } from "@bluegreen/query-protocol";
import type { MetricStore } from "./metric-store.ts";
import { compileQueries, type Span } from "./queries.ts";
import type { Arguments } from "./schemas.ts";

/** Datapoints that one call may give. */
const mostDatapoints = 100_800;

/**
 * GetMetricData. Its moments and periods are real ones, other than an alarm's: a caller measures what happens while it
 * watches.
 */
export function getMetricData(store: MetricStore, args: Arguments<"GetMetricData">): object {
  const queries = compileQueries(args.MetricDataQueries, store);
  const [start, end, period] = [args.StartTime * 1000, args.EndTime * 1000, queries.period * 1000];
  if (!(start < end)) throw validationError("The parameter StartTime must be less than the parameter EndTime");
  if ((end - start) / period > mostDatapoints) {
    throw validationError(`StartTime, EndTime and Period ask for more than ${mostDatapoints} datapoints`);
  }
  const spans: Span[] = [];
  for (let from = Math.floor(start / period) * period; from < end; from += period) {
    spans.push({ from, to: from + period });
  }
  const returned = args.MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false);
  return {
    MetricDataResults: returned.map(({ Id, Label, MetricStat }) => {
      const values = queries.valuesOf(Id, spans);
      const points = spans.flatMap(({ from }, index) => {
        const value = values[index];
        return value === undefined ? [] : [{ at: new Date(from), value }];
      });
      if (args.ScanBy === "TimestampDescending") points.reverse();
      return {
        Id,
        Label: Label ?? MetricStat?.Metric.MetricName ?? Id,
        Timestamps: points.map(({ at }) => at),
        Values: points.map(({ value }) => value),
        StatusCode: "Complete",
      };
    }),
    Messages: [],
  };
}
