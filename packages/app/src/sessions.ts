import { createHash } from "node:crypto";
import { RedisStore } from "connect-redis";
import type { RequestHandler, Response } from "express";
import session, { type SessionData } from "express-session";
import type { Logger } from "pino";
import * as z from "zod";
import type { Config } from "./config-schema.ts";
import { messageOf } from "./fault.ts";
import type { Store } from "./store.ts";

declare module "express-session" {
  interface SessionData {
    /** Who has logged in; missing in sessions that releases without a login began. */
    user?: string;
    /** When it began, ISO 8601. */
    since: string;
    count: number;
    /** The versions of the service that it has seen. */
    versions: string[];
  }
}

/**
 * A session's record, as every release writes it. Name, prefix and format are part of what two releases share: change none
 * of them without a release between that reads both.
 */
const record = z.looseObject({
  cookie: z.looseObject({ originalMaxAge: z.number().nullish(), expires: z.iso.datetime().nullish() }),
  user: z.string().optional(),
  since: z.string(),
  count: z.number(),
  versions: z.array(z.string()),
});

/** What the routes with sessions need. */
export interface Sessions {
  /** Reads the session that a request's cookie names. */
  handler: RequestHandler;
  /** Takes the cookie back. */
  clear(response: Response): void;
}

/** Sessions in the backing service, so that any instance of either colour can go on with one. */
export function sessions(
  store: Pick<Store, "get" | "set" | "expire" | "del">,
  secrets: string[],
  { ttl, cookie }: Config["session"],
  log: Logger,
): Sessions {
  // The prefix makes browsers refuse such a cookie from a neighbouring domain or without HTTPS; it needs `secure`.
  const name = cookie.secure ? "__Host-session" : "session";
  const attributes = { secure: cookie.secure, sameSite: cookie.sameSite, httpOnly: true, path: "/" };
  const handler = session({
    store: new RedisStore({
      client: recordsIn(store, log),
      prefix: "app:session:",
      ttl,
      // The library takes null for "no session", though its type does not say so.
      serializer: { stringify: JSON.stringify, parse: (text) => readRecord(text, log) as SessionData },
    }),
    secret: secrets,
    name,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { ...attributes, maxAge: ttl * 1000 },
  });
  return { handler, clear: (response) => void response.clearCookie(name, attributes) };
}

/** The store as the session library sees it: a key that holds something else than a text holds no session. */
function recordsIn(store: Pick<Store, "get" | "set" | "expire" | "del">, log: Logger) {
  return {
    get: (key: string) =>
      store.get(key).catch((error: unknown) => {
        if (!messageOf(error).startsWith("WRONGTYPE")) throw error;
        return damaged(log);
      }),
    set: store.set.bind(store),
    expire: store.expire.bind(store),
    del: store.del.bind(store),
  };
}

/** A record that can't be read is no session: its owner logs in again, instead of getting an error until it expires. */
function readRecord(text: string, log: Logger): z.output<typeof record> | null {
  try {
    const { success, data } = record.safeParse(JSON.parse(text));
    if (success) return data;
  } catch {
    // No JSON: damaged, too.
  }
  return damaged(log);
}

function damaged(log: Logger): null {
  log.warn("a session's record is damaged; it counts as none");
  return null;
}

/** What a session may be called in an answer or a log: whoever has the id itself has the session. */
export function sessionHash(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 16);
}
