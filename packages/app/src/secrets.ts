import type { Config } from "./config-schema.ts";
import { REFERENCE } from "./config-schema.ts";
import { type Fault, messageOf, refusal } from "./fault.ts";
import { parseRedisUrl, redisUrlForm } from "./redis-address.ts";

/** Where secrets are kept. Both reject with AWS's reason. */
export interface SecretSource {
  /** The value of an SSM parameter, decrypted. */
  parameter(name: string): Promise<string>;
  /** The text of a Secrets Manager secret, by its name or ARN. */
  secret(id: string): Promise<string>;
}

/** What the service connects and signs with: the values themselves, so no part of it may be logged. */
export interface Secrets {
  redis?: { url: string; password?: string };
  /** The first one signs cookies, all of them vouch for one; none where there are no sessions. */
  sessionSecrets: string[];
}

/** RFC 7518, 3.2: a key of HMAC SHA-256 has at least the 256 bits of its hash. */
const MIN_SESSION_SECRET = 32;

/** What each secret must be. */
const RULES: Record<string, { allowed: string; isSound: (value: string) => boolean }> = {
  "redis.url": { allowed: redisUrlForm, isSound: (value) => parseRedisUrl(value) !== undefined },
  "redis.password": { allowed: "a text that is not empty", isSound: (value) => value !== "" },
  "session.secret": { allowed: `a text of at least ${MIN_SESSION_SECRET} characters`, isSound: isLong },
  "session.acceptedSecrets": {
    allowed: `texts of at least ${MIN_SESSION_SECRET} characters, one a line`,
    isSound: (value) => linesOf(value).length > 0 && linesOf(value).every(isLong),
  },
};

function isLong(value: string): boolean {
  return value.length >= MIN_SESSION_SECRET;
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}

const valuesOf = ({ redis, session }: Config): Record<string, string | undefined> => ({
  "redis.url": redis?.url,
  "redis.password": redis?.password,
  "session.secret": session.secret,
  "session.acceptedSecrets": session.acceptedSecrets,
});

/**
 * Checks the secrets that are no references, without asking anybody. Throws a Refusal that names all that can't be used.
 * @param origins Where they came from, to name it in a fault.
 */
export function checkSecrets(config: Config, origins: ReadonlyMap<string, string> = new Map()): void {
  const faults = Object.entries(valuesOf(config)).flatMap(([name, value]) => {
    if (value === undefined || REFERENCE.test(value)) return [];
    return faultOf(name, value, origins.get(name)) ?? [];
  });
  if (faults.length > 0) throw refusal(faults);
}

function faultOf(name: string, value: string, origin: string | undefined): Fault | undefined {
  const { allowed, isSound } = RULES[name];
  return isSound(value) ? undefined : { name, origin, came: "a value of another form (not shown)", allowed };
}

/**
 * Gets what the configuration refers to; a value that is no reference stands for itself. Throws a Refusal that names all
 * references that gave nothing usable, never their values.
 * @param settings Path that `ssm:NAME` is below (BLUEGREEN_SETTINGS), such as `/bluegreen/dev`.
 * @param origins Where the settings that hold no reference came from, to name them in a fault.
 */
export async function resolveSecrets(
  config: Config,
  settings: string | undefined,
  source: SecretSource,
  origins: ReadonlyMap<string, string> = new Map(),
): Promise<Secrets> {
  const faults: Fault[] = [];
  const found: Record<string, string> = {};
  const resolve = async (name: string, value: string): Promise<void> => {
    const refers = REFERENCE.test(value);
    const origin = refers ? value : origins.get(name);
    try {
      found[name] = refers ? await lookUp(value, settings, source) : value;
      faults.push(...[faultOf(name, found[name], origin)].filter((fault) => fault !== undefined));
    } catch (error) {
      const allowed = "a reference to a value that the service may read";
      faults.push({ name, origin, came: messageOf(error), allowed });
    }
  };
  const given = Object.entries(valuesOf(config));
  await Promise.all(given.flatMap(([name, value]) => (value === undefined ? [] : [resolve(name, value)])));
  if (faults.length > 0) throw refusal(faults);
  const { "redis.url": url, "redis.password": password } = found;
  const secrets = [found["session.secret"], ...linesOf(found["session.acceptedSecrets"] ?? "")];
  return {
    redis: url === undefined ? undefined : { url, password },
    sessionSecrets: secrets.filter((secret) => secret !== undefined),
  };
}

async function lookUp(reference: string, settings: string | undefined, source: SecretSource): Promise<string> {
  const [, kind, id] = /^(\w+):(.*)$/s.exec(reference) ?? [];
  if (kind === "secretsmanager") return source.secret(id);
  if (id.startsWith("/")) return source.parameter(id);
  if (settings === undefined) throw new Error("BLUEGREEN_SETTINGS is not set, so the name is below nothing");
  return source.parameter(`${settings.replace(/\/$/, "")}/${id}`);
}
