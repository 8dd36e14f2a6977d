import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import type { About } from "./about.ts";
import { logRequests } from "./log.ts";
import type { Readiness } from "./readiness.ts";
import { aboutRoutes, isPreview } from "./routes/about.ts";
import { countRequests, metricsRoutes, type RequestCounts } from "./routes/metrics.ts";
import { healthRoutes } from "./routes/health.ts";
import { sessionRoutes } from "./routes/session.ts";
import type { Sessions } from "./sessions.ts";

/** What the service's routes are made of. */
export interface Parts {
  about: About;
  log: Logger;
  readiness: Readiness;
  /** Proxies in front whose word on the user counts. */
  trustProxy: number;
  sessions?: Sessions;
  /** The backing store's schema as readiness has seen it last; undefined while it is not known. */
  storeSchema: () => number | undefined;
}

/** HSTS and what else browsers are told. No page loads anything, so nothing is allowed to. */
const secureHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
});

/** The service, before it listens. */
export function createApp({ about, log, readiness, trustProxy, sessions, storeSchema }: Parts): Express {
  const everyAnswer: RequestHandler = (request, response, next) => {
    response.set({ "x-color": about.color, "x-version": about.version });
    if (isPreview(request)) response.set("x-instance", about.instanceId);
    // Whoever comes over this connection is to come again over another one, to another instance.
    if (readiness.leaving) response.set("connection", "close");
    next();
  };
  const nothing: RequestHandler = (_, response) => {
    response.status(404).json({ error: "there is nothing here" });
  };
  const failed: ErrorRequestHandler = (error: Error, request, response, next) => {
    request.log.error({ err: error }, "the request failed");
    if (response.headersSent) return next(error);
    response.status(500).json({ error: "the request failed", requestId: request.id });
  };
  const counts: RequestCounts = new Map();
  return express()
    .disable("x-powered-by")
    .set("trust proxy", trustProxy)
    .use(everyAnswer, secureHeaders, logRequests(log), countRequests(counts))
    .use(metricsRoutes(counts, () => readiness.degraded))
    .use(healthRoutes(readiness))
    .use(aboutRoutes(about, readiness, storeSchema))
    .use(sessionRoutes(about.version, sessions))
    .use(nothing, failed);
}
