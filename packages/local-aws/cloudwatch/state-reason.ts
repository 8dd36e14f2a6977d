import type { TimeSeries } from "@bluegreen/metric-math";
import type { StateValue } from "./missing-data.ts";
import type { Span } from "./queries.ts";
import type { Arguments } from "./schemas.ts";
import type { Watch } from "./watch.ts";

/** What was looked at when an alarm was judged. */
export interface Evaluation {
  spans: readonly Span[];
  range: TimeSeries;
  /** Milliseconds since 1970. */
  now: number;
}

/** Why an alarm has its state, as CloudWatch says it: text, and JSON for programs. */
export interface Reason {
  text: string;
  data?: string;
}

const comparisons: Record<Arguments<"PutMetricAlarm">["ComparisonOperator"], string> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** The words for a metric alarm's change from one state to another. */
export function reasonOf(
  input: Arguments<"PutMetricAlarm">,
  { terms, period }: Watch,
  { spans, range, now }: Evaluation,
  change: { from: StateValue; to: StateValue },
): Reason {
  const n = terms.evaluationPeriods;
  const evaluated = range
    .flatMap((value, index) => (value === undefined ? [] : [{ value, at: spans[index].from }]))
    .slice(-n);
  const data = JSON.stringify({
    version: "1.0",
    queryDate: longDate(now),
    startDate: evaluated[0] && longDate(evaluated[0].at),
    statistic: input.Statistic ?? input.ExtendedStatistic,
    period,
    recentDatapoints: evaluated.map(({ value }) => value),
    threshold: input.Threshold,
    evaluatedDatapoints: evaluated.map(({ value, at }) => ({ timestamp: longDate(at), value })).reverse(),
  });
  if (change.to === "INSUFFICIENT_DATA") {
    return { text: `Insufficient Data: ${many(n, "datapoint")} ${were(n)} unknown.`, data };
  }
  const alarming = change.to === "ALARM";
  const points = evaluated.filter(({ value }) => terms.breaches(value) === alarming).reverse();
  if (points.length === 0) {
    const treated = alarming ? "Breaching" : "NonBreaching";
    const missing = `${many(n, "missing datapoint")} ${were(n)} treated as [${treated}]`;
    return { text: `Threshold Crossed: no datapoints were received for ${many(n, "period")} and ${missing}.`, data };
  }
  const list = points.map(({ value, at }) => `${decimal(value)} (${shortDate(at)})`).join(", ");
  const compared = `${alarming ? "" : "not "}${comparisons[input.ComparisonOperator]} the threshold (${decimal(input.Threshold)})`;
  const least = alarming ? terms.datapointsToAlarm : n - terms.datapointsToAlarm + 1;
  const text =
    `Threshold Crossed: ${points.length} out of the last ${n} datapoints [${list}] ${were(points.length)} ${compared} ` +
    `(minimum ${many(least, "datapoint")} for ${change.from} -> ${change.to} transition).`;
  return { text, data };
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function were(count: number): string {
  return count === 1 ? "was" : "were";
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `2026-03-24T13:05:00.000+0000`, as CloudWatch writes it for programs. */
const longDate = (moment: number): string => new Date(moment).toISOString().replace("Z", "+0000");

/** `24/03/26 13:05:00`, day first. */
function shortDate(moment: number): string {
  const [date = "", time = ""] = new Date(moment).toISOString().split(/[T.]/);
  const [year = "", month, day] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${time}`;
}
