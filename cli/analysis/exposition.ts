import { isCumulative, type Buckets } from "./histogram.ts";
import type { Tally } from "./wagers.ts";

/** What a process has counted since it began. */
export interface Reading extends Tally {
  /** Seconds since 1970 at which the process began: what tells one from another behind the same load balancer. */
  readonly startedAt: number;
  /** Answers by their time, of those that did not fail where the status is told; undefined: it has no histogram. */
  readonly buckets?: Buckets;
}

/** Counters of requests, the usual ones of Prometheus' client libraries; the first that is there counts. */
const counters = ["http_requests_total", "http_request_duration_seconds_count"];

/** Histogram of the answers' times. */
const histogram = "http_request_duration_seconds_bucket";

/** Labels that have the status: `500`, or `5xx`. */
const statusLabel = /(?:^|,)\s*(?:code|status|status_code|http_response_status_code)="(\d)(?:\d\d|xx)"/;

/** The label that has a bucket's upper bound. */
const boundLabel = /(?:^|,)\s*le="([^"]+)"/;

/** A sample: name, labels, value. Labels' values may hold anything but a quote that is not escaped. */
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)/;

/**
 * Reads Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). It comes from outside: lines that
 * can't be read, and values that no counter has, count as nothing.
 * @returns what is missing, in words, where it is of no use
 */
export function readExposition(text: string): Reading | string {
  const sums = new Map<string, { sent: number; failed: number }>();
  const buckets = new Map<number, number>();
  let startedAt: number | undefined;
  for (const line of text.split("\n")) {
    const [, name = "", labels = "", written = ""] = sample.exec(line.trimStart()) ?? [];
    const value = Number(written);
    if (!Number.isFinite(value) || value < 0) continue;
    if (name === "process_start_time_seconds") startedAt = value;
    const [, status] = name === histogram || counters.includes(name) ? (statusLabel.exec(labels) ?? []) : [];
    if (name === histogram && status !== "5") {
      const bound = boundOf(labels);
      if (bound !== undefined) buckets.set(bound, (buckets.get(bound) ?? 0) + value);
    }
    if (status === undefined || name === histogram) continue;
    const sum = sums.get(name) ?? { sent: 0, failed: 0 };
    sums.set(name, { sent: sum.sent + value, failed: sum.failed + (status === "5" ? value : 0) });
  }
  const found = counters.map((name) => sums.get(name)).find((sum) => sum !== undefined);
  if (found === undefined) return `it has no counter ${counters.join(" or ")} with a label code, status or status_code`;
  if (startedAt === undefined) return "it has no process_start_time_seconds, which tells one process from another";
  return { ...found, startedAt, buckets: isCumulative(buckets) ? buckets : undefined };
}

/** Seconds; the last bucket's is +Inf. */
function boundOf(labels: string): number | undefined {
  const [, written = ""] = boundLabel.exec(labels) ?? [];
  const bound = written === "+Inf" ? Infinity : Number(written);
  return written === "" || Number.isNaN(bound) || bound < 0 ? undefined : bound;
}
