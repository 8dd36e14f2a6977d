import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { createClient } from "redis";
import type { Config } from "./config-schema.ts";
import { messageOf, Refusal } from "./fault.ts";
import type { Secrets } from "./secrets.ts";

/** A connection to the backing service. */
export type Store = ReturnType<typeof storeClient>;

/** Milliseconds that a command may wait for the connection: the time of a short failover. */
const COMMAND_TIMEOUT = 2_000;
/** Milliseconds between two pings on an idle connection, and after how many without an answer it counts as dead. */
const PING_INTERVAL = 5_000;
const SOCKET_TIMEOUT = 12_000;

/**
 * A client that isn't connected yet. It connects, and connects again after a loss, for as long as it takes; each other
 * reason why it can't is logged once. Throws a Refusal when the CA file can't be read.
 */
export function createStore(
  config: NonNullable<Config["redis"]>,
  secrets: NonNullable<Secrets["redis"]>,
  log: Logger,
): Store {
  const store = storeClient(config, secrets);
  let last = "";
  store.on("error", (err: unknown) => {
    const message = messageOf(err);
    if (message !== last) log.warn({ err }, "the backing service can't be reached");
    last = message;
  });
  store.on("ready", () => {
    last = "";
    log.info("connected to the backing service");
  });
  return store;
}

function storeClient(
  { username, caFile }: NonNullable<Config["redis"]>,
  { url, password }: NonNullable<Secrets["redis"]>,
) {
  const ca = caFile === undefined ? undefined : readCa(caFile);
  return createClient({
    url,
    username,
    password,
    pingInterval: PING_INTERVAL,
    commandOptions: { timeout: COMMAND_TIMEOUT },
    socket: { socketTimeout: SOCKET_TIMEOUT, ...(url.startsWith("rediss:") ? { tls: true as const, ca } : {}) },
  });
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`redis.caFile names ${file}, which can't be read: ${messageOf(error)}. Name a PEM file that can`);
  }
}
