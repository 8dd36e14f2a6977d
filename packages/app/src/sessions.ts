import { createHash } from "node:crypto";
import { RedisStore } from "connect-redis";
import type { RequestHandler } from "express";
import session from "express-session";
import type { Config } from "./config-schema.ts";
import type { Store } from "./store.ts";

declare module "express-session" {
  interface SessionData {
    /** When it began, ISO 8601. */
    since: string;
    count: number;
    /** The versions of the service that it has seen. */
    versions: string[];
  }
}

/**
 * Sessions in the backing service, so that any instance of either colour can go on with one. Name, prefix and format are
 * part of what two releases share: change none of them without a release between that reads both.
 */
export function sessions(store: Store, secret: string, { ttl, cookie }: Config["session"]): RequestHandler {
  return session({
    store: new RedisStore({ client: store, prefix: "app:session:", ttl }),
    secret,
    // The prefix makes browsers refuse such a cookie from a neighbouring domain or without HTTPS; it needs `secure`.
    name: cookie.secure ? "__Host-session" : "session",
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { ...cookie, httpOnly: true, path: "/", maxAge: ttl * 1000 },
  });
}

/** What a session may be called in an answer or a log: whoever has the id itself has the session. */
export function sessionHash(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 16);
}
