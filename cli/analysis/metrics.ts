import type { MetricDataQuery, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { byColor, colors, type ByColor } from "../../deployment/model.ts";
import type { MetricCounts } from "./evidence.ts";

const minute = 60_000;

/** Whole minutes that still count, so that what begins now is not outweighed by an hour before it. */
const kept = 5;

/** Whole minutes after a moment, the newest ones; undefined: none is over. Both in milliseconds since 1970. */
export function wholeMinutes(since: number, now: number): { from: number; to: number } | undefined {
  const to = Math.floor(now / minute) * minute;
  const from = Math.max(Math.ceil(since / minute) * minute, to - kept * minute);
  return from < to ? { from, to } : undefined;
}

export const minutesIn = ({ from, to }: { from: number; to: number }): number => (to - from) / minute;

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

/** Counts by colour in what GetMetricData answered. No data point: no such request. */
export function metricCounts(results: readonly MetricDataResult[], minutes: number): ByColor<MetricCounts> {
  return byColor((color) => {
    const values = (statistic: Statistic): Map<number, number> => {
      const points = results
        .filter(({ Id }) => Id === `${color}_${statistic}`)
        .flatMap(({ Timestamps = [], Values = [] }) =>
          Timestamps.map((at, index): [number, number] => [at.getTime(), Values[index] ?? 0]),
        );
      return new Map(points);
    };
    const requests = values("requests");
    return {
      minutes,
      sent: sum(requests),
      failed: sum(values("errors")) + sum(values("connections")),
      p95: weightedMean(values("p95"), requests),
    };
  });
}

const sum = (values: Map<number, number>): number => [...values.values()].reduce((total, value) => total + value, 0);

/** Percentiles of minutes don't add up; their mean, by the minutes' requests, is near enough to compare two colours. */
function weightedMean(seconds: Map<number, number>, requests: Map<number, number>): number | undefined {
  const weights = [...seconds].map(([at, value]): [number, number] => [value, requests.get(at) ?? 0]);
  const total = weights.reduce((all, [, weight]) => all + weight, 0);
  return total > 0 ? (1000 * weights.reduce((all, [value, weight]) => all + value * weight, 0)) / total : undefined;
}
