import { type RequestHandler, Router } from "express";
import { isPublic } from "./about.ts";

/** What is asked by machines alone, as often of a colour without users: it would make a release's share of the requests look larger. */
const uncounted = ["/healthz", "/readyz", "/metrics"];

/** Seconds since 1970 at which this process began: what tells its counters from those of another one. */
const startedAt = Date.now() / 1000 - process.uptime();

/** Counts answers by their status. */
export function countRequests(counts: Map<number, number>): RequestHandler {
  return (request, response, next) => {
    if (!uncounted.includes(request.path))
      // A client that hangs up ends a request, too, whose status stays what it was to be.
      response.once("close", () => counts.set(response.statusCode, (counts.get(response.statusCode) ?? 0) + 1));
    next();
  };
}

/**
 * `/metrics`: how many requests were answered, by status, and whether a backing service is away, as Prometheus' text. A release
 * compares both colours by it, through the preview listener; a collector in the network asks directly. Users get none of it.
 */
export function metricsRoutes(counts: ReadonlyMap<number, number>, isDegraded: () => boolean): Router {
  return Router().get("/metrics", (request, response, next) => {
    if (isPublic(request)) return next();
    const lines = [...counts].map(([status, count]) => `http_requests_total{code="${status}"} ${count}`);
    response.type("text/plain; version=0.0.4").send(
      [
        "# TYPE http_requests_total counter",
        // Also before the first request: a counter that is missing is none.
        ...(lines.length > 0 ? lines : ['http_requests_total{code="200"} 0']),
        "# TYPE service_degraded gauge",
        `service_degraded ${isDegraded() ? 1 : 0}`,
        "# TYPE process_start_time_seconds gauge",
        `process_start_time_seconds ${startedAt}`,
        "",
      ].join("\n"),
    );
  });
}
