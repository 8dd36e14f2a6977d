import { promisify } from "node:util";
import { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { sessionHash } from "../sessions.ts";

/**
 * `/session` counts the requests of a session, for whoever wants to see that a flip ends none.
 * @param sessions The session middleware; missing where no backing service is configured.
 */
export function sessionRoutes(version: string, sessions: RequestHandler | undefined): Router {
  if (sessions === undefined) {
    return Router().get("/session", (_, response) => {
      response.status(404).json({ error: "this service runs without sessions: redis.url is not set" });
    });
  }
  const count: RequestHandler = async ({ session }, response) => {
    session.since ??= new Date().toISOString();
    session.count = (session.count ?? 0) + 1;
    session.versions = [...new Set(session.versions ?? []).add(version)];
    // express-session saves by itself, too, but answers as if all were well when that fails.
    await promisify(session.save.bind(session))();
    const { since, versions } = session;
    response.json({ id: sessionHash(session.id), count: session.count, since, versions });
  };
  const unavailable: ErrorRequestHandler = (error: Error, request, response, next) => {
    request.log.error({ err: error }, "sessions are unavailable");
    if (response.headersSent) return next(error);
    response.status(503).json({ error: "sessions are unavailable" });
  };
  return Router().use("/session", Router().use(sessions).get("/", count).use(unavailable));
}
