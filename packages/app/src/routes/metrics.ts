import { type RequestHandler, Router } from "express";
import { isPublic } from "./about.ts";

/** What is asked by machines alone, as often of a colour without users: it would make a release's share of the requests look larger. */
const uncounted = ["/healthz", "/readyz", "/metrics"];

/** Seconds within which an answer may come, by which the histogram counts: the usual ones of Prometheus' client libraries. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity];

/** Seconds since 1970 at which this process began: what tells its counters from those of another one. */
const startedAt = Date.now() / 1000 - process.uptime();

/** Answers of one status: all of them, their time together in seconds, and how many took at most as long as each bound. */
interface Answers {
  count: number;
  seconds: number;
  readonly within: number[];
}

/** What was answered, by status. */
export type RequestCounts = Map<number, Answers>;

/** Counts answers by their status and their time. */
export function countRequests(counts: RequestCounts): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    if (!uncounted.includes(request.path))
      // A client that hangs up ends a request, too, whose status stays what it was to be.
      response.once("close", () => add(counts, response.statusCode, (performance.now() - begun) / 1000));
    next();
  };
}

function add(counts: RequestCounts, status: number, seconds: number): void {
  const answers = counts.get(status) ?? { count: 0, seconds: 0, within: bounds.map(() => 0) };
  counts.set(status, answers);
  answers.count += 1;
  answers.seconds += seconds;
  for (const [index, bound] of bounds.entries()) if (seconds <= bound) answers.within[index] += 1;
}

/**
 * `/metrics`: how many requests were answered, by status, how long that took, and whether a backing service is away, as Prometheus'
 * text. A release compares both colours by it, through the preview listener; a collector in the network asks directly. Users get
 * none of it.
 */
export function metricsRoutes(counts: ReadonlyMap<number, Answers>, isDegraded: () => boolean): Router {
  return Router().get("/metrics", (request, response, next) => {
    if (isPublic(request)) return next();
    response.type("text/plain; version=0.0.4").send(
      [
        "# TYPE http_requests_total counter",
        // Also before the first request: a counter that is missing is none.
        ...(counts.size > 0
          ? [...counts].map(([status, { count }]) => `http_requests_total{code="${status}"} ${count}`)
          : ['http_requests_total{code="200"} 0']),
        "# TYPE http_request_duration_seconds histogram",
        ...[...counts].flatMap(([status, answers]) => histogramLines(status, answers)),
        "# TYPE service_degraded gauge",
        `service_degraded ${isDegraded() ? 1 : 0}`,
        "# TYPE process_start_time_seconds gauge",
        `process_start_time_seconds ${startedAt}`,
        "",
      ].join("\n"),
    );
  });
}

const histogramLines = (status: number, { count, seconds, within }: Answers): string[] => [
  ...within.map(
    (many, index) => `http_request_duration_seconds_bucket{code="${status}",le="${boundText(bounds[index])}"} ${many}`,
  ),
  `http_request_duration_seconds_sum{code="${status}"} ${seconds}`,
  `http_request_duration_seconds_count{code="${status}"} ${count}`,
];

const boundText = (bound: number | undefined): string => (bound === Infinity ? "+Inf" : String(bound));
