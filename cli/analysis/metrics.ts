import type { MetricDataQuery, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { byColor, colors, type ByColor, type Color } from "../../deployment/model.ts";
import type { MetricCounts } from "./evidence.ts";
import type { Tally } from "./wagers.ts";

export const minute = 60_000;

/** Whole minutes that still count, so that what begins now is not outweighed by an hour before it. */
const kept = 5;

/** Whole minutes, both ends in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whole minutes after a moment, the newest ones; undefined: none is over. */
export function wholeMinutes(since: number, now: number): Span | undefined {
  const to = Math.floor(now / minute) * minute;
  const from = Math.max(Math.ceil(since / minute) * minute, to - kept * minute);
  return from < to ? { from, to } : undefined;
}

export const minutesIn = ({ from, to }: Span): number => (to - from) / minute;

/** Statistics a colour, by the last part of their query's id. */
const statistics = {
  requests: { MetricName: "RequestCount", Stat: "Sum" },
  errors: { MetricName: "HTTPCode_Target_5XX_Count", Stat: "Sum" },
  /** The load balancer answers these with 5xx of its own, which no target group's metric counts. */
  connections: { MetricName: "TargetConnectionErrorCount", Stat: "Sum" },
  p95: { MetricName: "TargetResponseTime", Stat: "p95" },
} as const;

type Statistic = keyof typeof statistics;

/**
 * What GetMetricData is asked for both colours, minute by minute.
 * @param arns of the main listener and of the target groups; CloudWatch's dimensions are the ends of them
 */
export function metricQueries(arns: { listenerArn: string; targetGroupArns: ByColor<string> }): MetricDataQuery[] {
  // arn:aws:elasticloadbalancing:REGION:ACCOUNT:listener/app/NAME/ID/LISTENER
  const [, loadBalancer] = /:listener\/(app\/[^/]+\/[^/]+)\//.exec(arns.listenerArn) ?? [];
  return colors.flatMap((color) => {
    const Dimensions = [
      { Name: "LoadBalancer", Value: loadBalancer },
      { Name: "TargetGroup", Value: arns.targetGroupArns[color].split(":").at(-1) },
    ];
    return Object.entries(statistics).map(([name, { MetricName, Stat }]) => ({
      Id: `${color}_${name}`,
      MetricStat: { Metric: { Namespace: "AWS/ApplicationELB", MetricName, Dimensions }, Period: 60, Stat },
    }));
  });
}

/**
 * Counts by colour in what GetMetricData answered. No data point: no such request.
 * @param from milliseconds since 1970: what is older does not count
 */
export function metricCounts(
  results: readonly MetricDataResult[],
  minutes: number,
  from: number,
): ByColor<MetricCounts> {
  return byColor((color) => {
    const values = (statistic: Statistic): Map<number, number> =>
      new Map([...valuesIn(results, color, statistic)].filter(([at]) => at >= from));
    const requests = values("requests");
    return {
      minutes,
      sent: sum(requests),
      failed: sum(values("errors")) + sum(values("connections")),
      p95: weightedMean(values("p95"), requests),
    };
  });
}

/** Requests of both colours in one minute. */
export interface Minute extends ByColor<Tally> {
  /** Milliseconds since 1970: its beginning. */
  readonly at: number;
  /** Colours whose requests CloudWatch has told; it tells those of one minute at different times, and none where there are none. */
  readonly told: readonly Color[];
}

/** The minutes of a span, one after the other, in what GetMetricData answered. */
export function minutesOf(results: readonly MetricDataResult[], { from, to }: Span): Minute[] {
  const requests = byColor((color) => valuesIn(results, color, "requests"));
  const errors = byColor((color) => valuesIn(results, color, "errors"));
  const connections = byColor((color) => valuesIn(results, color, "connections"));
  return Array.from({ length: minutesIn({ from, to }) }, (_, index) => {
    const at = from + index * minute;
    const tally = (color: Color): Tally => {
      const failed = (errors[color].get(at) ?? 0) + (connections[color].get(at) ?? 0);
      // What never got a connection is no request to CloudWatch.
      return { sent: Math.max(failed, requests[color].get(at) ?? 0), failed };
    };
    return { at, ...byColor(tally), told: colors.filter((color) => requests[color].has(at)) };
  });
}

function valuesIn(results: readonly MetricDataResult[], color: Color, statistic: Statistic): Map<number, number> {
  const points = results
    .filter(({ Id }) => Id === `${color}_${statistic}`)
    .flatMap(({ Timestamps = [], Values = [] }) =>
      Timestamps.map((at, index): [number, number] => [at.getTime(), Values[index] ?? 0]),
    );
  return new Map(points);
}

const sum = (values: Map<number, number>): number => [...values.values()].reduce((total, value) => total + value, 0);

/** Percentiles of minutes don't add up; their mean, by the minutes' requests, is near enough to compare two colours. */
function weightedMean(seconds: Map<number, number>, requests: Map<number, number>): number | undefined {
  const weights = [...seconds].map(([at, value]): [number, number] => [value, requests.get(at) ?? 0]);
  const total = weights.reduce((all, [, weight]) => all + weight, 0);
  return total > 0 ? (1000 * weights.reduce((all, [value, weight]) => all + value * weight, 0)) / total : undefined;
}
