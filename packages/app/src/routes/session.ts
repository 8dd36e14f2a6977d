import { promisify } from "node:util";
import { type ErrorRequestHandler, json, type Request, type RequestHandler, Router, urlencoded } from "express";
import { rateLimit } from "express-rate-limit";
import * as z from "zod";
import { sessionHash, type Sessions } from "../sessions.ts";

const paths = ["/login", "/logout", "/dashboard", "/session"];

/** Logins that one address may try in a minute, at each instance. */
const LOGINS = 30;

const credentials = z.object({ name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,99}$/u) });

/**
 * `POST /login` begins a session, `GET /dashboard` shows whose it is, `POST /logout` ends it. `GET /session` counts its
 * requests, for whoever wants to see that a flip ends none. Nothing is written before a login, so nobody can fill the store
 * by asking. Whoever builds on this service checks a password where `login` takes a name.
 * @param sessions Missing where no backing service is configured.
 */
export function sessionRoutes(version: string, sessions: Sessions | undefined): Router {
  if (sessions === undefined) {
    return Router().all(paths, (_, response) => {
      response.status(404).json({ error: "this service runs without sessions: redis.url is not set" });
    });
  }
  const limited = rateLimit({
    windowMs: 60_000,
    limit: LOGINS,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Who the user is, `trustProxy` decides.
    validate: { xForwardedForHeader: false },
    handler: (_, response) => void response.status(429).json({ error: "too many logins; try again in a minute" }),
  });
  const named: RequestHandler = ({ body }, response, next) => {
    if (credentials.safeParse(body).success) return next();
    response.status(400).json({ error: "a login has a name: letters, digits and . _ @ - of 100 at most" });
  };
  const login: RequestHandler = async (request, response) => {
    const { name } = credentials.parse(request.body);
    // Another id: whoever has planted the one before must not have the session.
    await promisify(request.session.regenerate.bind(request.session))();
    Object.assign(request.session, { user: name, since: new Date().toISOString(), count: 0, versions: [version] });
    await saved(request);
    response.json(shown(request));
  };
  const known: RequestHandler = ({ session }, response, next) => {
    if (session.since !== undefined) return next();
    response.status(401).json({ error: "nobody is logged in: POST /login" });
  };
  const count: RequestHandler = async (request, response) => {
    const { session } = request;
    session.count = (session.count ?? 0) + 1;
    session.versions = [...new Set(session.versions).add(version)];
    await saved(request);
    response.json(shown(request));
  };
  const logout: RequestHandler = async (request, response) => {
    await promisify(request.session.destroy.bind(request.session))();
    sessions.clear(response);
    response.status(204).end();
  };
  const { handler } = sessions;
  return Router()
    .post("/login", limited, json({ limit: "1kb" }), urlencoded({ limit: "1kb" }), named, handler, login)
    .post("/logout", handler, logout)
    .get("/dashboard", handler, known, (request, response) => void response.json(shown(request)))
    .get("/session", handler, known, count)
    .use(paths, failed);
}

/** express-session saves by itself, too, but answers as if all were well when that fails. */
const saved = ({ session }: Request): Promise<void> => promisify(session.save.bind(session))();

function shown({ session }: Request) {
  const { user, since, versions } = session;
  return { id: sessionHash(session.id), user, count: session.count, since, versions };
}

const failed: ErrorRequestHandler = (error: Error & { status?: number }, request, response, next) => {
  const { status = 0 } = error;
  if (status >= 400 && status < 500) return void response.status(status).json({ error: "the request can't be read" });
  request.log.error({ err: error }, "sessions are unavailable");
  // express-session reports a session that it could not prolong after it has answered (expressjs/session#492): to fail the
  // request then would reset the connection, and with it the next request.
  if (response.writableEnded) return;
  if (response.headersSent) return next(error);
  // It would be saved once more with the answer, and its cookie given out.
  Reflect.deleteProperty(request, "session");
  response.status(503).json({ error: "sessions are unavailable" });
};
