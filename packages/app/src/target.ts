import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { messageOf, Refusal } from "./fault.ts";
import { parseRedisUrl } from "./redis-address.ts";
import type { Settings } from "./settings.ts";
import type { Target } from "./store.ts";

/** Milliseconds between two reads of the settings while the backing service can't be reached: AWS limits such calls. */
const RELOAD_PAUSE = 30_000;

/**
 * Gives where to connect to: first as the service was told at its start; later, as each call means that a connection was
 * lost, as the settings say by then. A password is changed, or the backing service moves, without a restart.
 * @returns undefined where no backing service is configured
 */
export function targetOf(
  settings: Settings,
  reload: () => Promise<Settings>,
  log: Logger,
  pauseMs = RELOAD_PAUSE,
): (() => Target) | undefined {
  const first = targetIn(settings);
  if (first === undefined) return undefined;
  let target = first;
  let readAt = performance.now();
  const readAgain = async (): Promise<void> => {
    try {
      target = targetIn(await reload()) ?? target;
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "the settings can't be read again; the last ones stand");
    }
  };
  return () => {
    if (performance.now() - readAt >= pauseMs) {
      readAt = performance.now();
      // Nobody waits for it: the next attempt finds what it has brought, and this one needs no AWS.
      void readAgain();
    }
    return target;
  };
}

/** Throws a Refusal when the CA file can't be used. */
export function targetIn({ config, secrets }: Settings): Target | undefined {
  if (config.redis === undefined || secrets.redis === undefined) return undefined;
  const { caFile, username } = config.redis;
  const { url, password } = secrets.redis;
  const address = parseRedisUrl(url);
  if (address === undefined) throw new Refusal("redis.url is of another form; it is checked before");
  return {
    host: address.host,
    port: address.port,
    tls: address.tls,
    database: address.database,
    username: address.username ?? username,
    password: address.password ?? password,
    ca: caFile === undefined ? undefined : readCa(caFile),
  };
}

/** The authorities in a PEM file. Throws a Refusal when it can't be read, or holds no certificate. */
export function readCa(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`redis.caFile names ${file}, which can't be read: ${messageOf(error)}. Name a PEM file that can`);
  }
  // TLS leaves out what it can't read, and then knows no authority.
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  const isSound = (block: string): boolean => {
    try {
      return new X509Certificate(block).raw.length > 0;
    } catch {
      return false;
    }
  };
  if (blocks.length > 0 && blocks.every(isSound)) return text;
  throw new Refusal(
    `redis.caFile names ${file}, which holds ${blocks.length === 0 ? "no certificate" : "a certificate that can't be read"}. Name a PEM file of certificates`,
  );
}
