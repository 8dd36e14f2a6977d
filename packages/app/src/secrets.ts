import type { Config } from "./config-schema.ts";
import { REFERENCE } from "./config-schema.ts";
import { type Fault, messageOf, refusal } from "./fault.ts";

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
  sessionSecret?: string;
}

/** RFC 7518, 3.2: a key of HMAC SHA-256 has at least the 256 bits of its hash. */
const MIN_SESSION_SECRET = 32;

/**
 * Gets what the configuration refers to; a value that is no reference stands for itself. Throws a Refusal that names all
 * references that gave nothing usable, never their values.
 * @param settings Path that `ssm:NAME` is below (BLUEGREEN_SETTINGS), such as `/bluegreen/dev`.
 * @param origins Where the settings that hold no reference came from, to name them in a fault.
 */
export async function resolveSecrets(
  { redis, session }: Config,
  settings: string | undefined,
  source: SecretSource,
  origins: ReadonlyMap<string, string> = new Map(),
): Promise<Secrets> {
  const faults: Fault[] = [];
  const resolve = async (name: string, value: string | undefined, allowed = "", sound = /./s) => {
    if (value === undefined) return undefined;
    const refers = REFERENCE.test(value);
    const origin = refers ? value : origins.get(name);
    try {
      const resolved = refers ? await lookUp(value, settings, source) : value;
      if (sound.test(resolved)) return resolved;
      faults.push({ name, origin, came: "a value of another form (not shown)", allowed });
    } catch (error) {
      faults.push({
        name,
        origin,
        came: messageOf(error),
        allowed: "a reference to a value that the service may read",
      });
    }
    return undefined;
  };
  const [url, password, sessionSecret] = await Promise.all([
    resolve("redis.url", redis?.url, "redis://HOST:PORT or rediss://HOST:PORT", /^rediss?:\/\/[^\s/]+(\/\d*)?$/),
    resolve("redis.password", redis?.password, "a text that is not empty"),
    resolve(
      "session.secret",
      session.secret,
      `a text of at least ${MIN_SESSION_SECRET} characters`,
      new RegExp(`^.{${MIN_SESSION_SECRET},}$`, "s"),
    ),
  ]);
  if (faults.length > 0) throw refusal(faults);
  return { redis: url === undefined ? undefined : { url, password }, sessionSecret };
}

async function lookUp(reference: string, settings: string | undefined, source: SecretSource): Promise<string> {
  const [, kind, id] = /^(\w+):(.*)$/s.exec(reference) ?? [];
  if (kind === "secretsmanager") return source.secret(id);
  if (id.startsWith("/")) return source.parameter(id);
  if (settings === undefined) throw new Error("BLUEGREEN_SETTINGS is not set, so the name is below nothing");
  return source.parameter(`${settings.replace(/\/$/, "")}/${id}`);
}
