import * as z from "zod";
import { parseRedisUrl, redisUrlForm } from "./redis-address.ts";

const integer = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });
};
const flag = () => z.boolean({ error: "true or false" });
const text = (allowed: string) => z.string({ error: allowed }).min(1, { error: allowed });
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: values.join(" or ") });

/** What may stand in place of a secret in the file: where it is kept. */
export const REFERENCE = /^(ssm|secretsmanager):\S+$/;
const reference = "a reference: ssm:/PATH, ssm:NAME (below BLUEGREEN_SETTINGS) or secretsmanager:ID";

const redisUrl = `${redisUrlForm}, or a reference to one (ssm:..., secretsmanager:...)`;

/** Seconds after which the load balancer has given a leaving target up (`deregistrationDelay` of the stack, its default). */
const DEREGISTRATION_DELAY = 30;

/** Every setting of the service: type, bounds, default and meaning, stated once. Keys that it does not know are faults. */
export const schema = z
  .strictObject({
    /** TCP port. 0: any free one; the log says which. */
    port: integer(0, 65535).default(3000),
    /** Address to listen on: every one, as a load balancer comes from outside. */
    host: text("an address such as 0.0.0.0").default("0.0.0.0"),
    log: z.strictObject({ level: oneOf(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
    /** Proxies between the user and the service that may say who the user is (`X-Forwarded-*`): 1, the load balancer. */
    trustProxy: integer(0, 5).default(1),
    /** The backing service for sessions: Redis or Valkey. Missing: the service runs without sessions. */
    redis: z
      .strictObject({
        url: text(redisUrl).refine((url) => REFERENCE.test(url) || parseRedisUrl(url), { error: redisUrl }),
        /** ACL user; missing: the server's default user. */
        username: text("an ACL user's name").optional(),
        password: text(reference).optional(),
        /** PEM file of the authorities that may vouch for a rediss:// server; missing: those that Node knows. */
        caFile: text("the path of a PEM file").optional(),
      })
      .optional(),
    session: z
      .strictObject({
        /** Signs the cookies: both colours must have the same. Needed with redis. */
        secret: text(reference).optional(),
        /**
         * Other secrets whose cookies are taken, one a line: the new one before it signs, the old one after. A secret is
         * changed in three steps, each on both colours: add the new one here, exchange the two, remove the old one.
         */
        acceptedSecrets: text(reference).optional(),
        /** Seconds that a session outlives its last request. */
        ttl: integer(60, 2_592_000).default(86_400),
        cookie: z
          .strictObject({
            /** false only where users come without HTTPS: the browser sends a secure cookie by HTTPS alone. */
            secure: flag().default(true),
            sameSite: oneOf(["lax", "strict"]).default("lax"),
          })
          .prefault({}),
      })
      .prefault({}),
    shutdown: z
      .strictObject({
        /**
         * Seconds of serving on after SIGTERM, while /readyz says no: the stack's load balancer asks every 5 s and takes
         * a target out after 3 failed checks.
         */
        delay: integer(0, 29).default(15),
        /** Seconds that requests in flight may take after that. */
        timeout: integer(0, 29).default(10),
      })
      .prefault({}),
  })
  .superRefine(({ redis, session, shutdown }, context) => {
    if (redis !== undefined && session.secret === undefined) {
      context.addIssue({ code: "custom", path: ["session", "secret"], message: `${reference}; redis needs it` });
    }
    if (shutdown.delay + shutdown.timeout >= DEREGISTRATION_DELAY) {
      const allowed = `delay and timeout (${shutdown.delay} and ${shutdown.timeout}) of less than ${DEREGISTRATION_DELAY} s together, the deregistration delay`;
      context.addIssue({ code: "custom", path: ["shutdown"], message: allowed });
    }
  });

/** The service's settings; secrets may still be references. */
export type Config = z.output<typeof schema>;

/** Settings whose values are never shown, and never stand in the file. */
export const SECRETS: readonly string[] = ["redis.password", "session.secret", "session.acceptedSecrets"];

/**
 * Environment variables, and the setting that each sets. Numbers and flags are written as in YAML. A parameter of such a
 * name below BLUEGREEN_SETTINGS (`/bluegreen/dev/REDIS_URL`) counts as the variable where that is not set.
 */
export const VARIABLES: Readonly<Record<string, { path: string; scalar?: true }>> = {
  PORT: { path: "port", scalar: true },
  HOST: { path: "host" },
  LOG_LEVEL: { path: "log.level" },
  TRUST_PROXY: { path: "trustProxy", scalar: true },
  REDIS_URL: { path: "redis.url" },
  REDIS_USERNAME: { path: "redis.username" },
  REDIS_PASSWORD: { path: "redis.password" },
  REDIS_CA_FILE: { path: "redis.caFile" },
  SESSION_SECRET: { path: "session.secret" },
  SESSION_ACCEPTED_SECRETS: { path: "session.acceptedSecrets" },
  SESSION_TTL: { path: "session.ttl", scalar: true },
  SESSION_COOKIE_SECURE: { path: "session.cookie.secure", scalar: true },
  SESSION_COOKIE_SAME_SITE: { path: "session.cookie.sameSite" },
  SHUTDOWN_DELAY: { path: "shutdown.delay", scalar: true },
  SHUTDOWN_TIMEOUT: { path: "shutdown.timeout", scalar: true },
};
