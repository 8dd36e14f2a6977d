import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { About } from "./about.ts";
import { createApp } from "./app.ts";
import { messageOf, Refusal } from "./fault.ts";
import type { Kept } from "./kept.ts";
import { Readiness } from "./readiness.ts";
import { schemaNow, schemaOf } from "./schema.ts";
import { listen } from "./server.ts";
import { sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import { drain } from "./shutdown.ts";
import { Store } from "./store.ts";
import { targetOf } from "./target.ts";

/** Milliseconds between two attempts to read the store's schema at the start. */
const SCHEMA_PAUSE = 1_000;

/** What the service needs beside its settings. */
export interface ServeArgs {
  about: About;
  log: Logger;
  kept: Kept;
  /** Reads the settings anew: the backing service's address or password may have changed. */
  reload: () => Promise<Settings>;
  /** Resolves when it is told to end. */
  told: Promise<unknown>;
}

/**
 * Runs the service until it is told to end; resolves when it has drained. Rejects with a Refusal when it can't start, also
 * later, once the backing service answers, when its schema is none that this release can work with.
 */
export async function serve(settings: Settings, { about, log, kept, reload, told }: ServeArgs): Promise<void> {
  const { config, secrets } = settings;
  const target = targetOf(settings, reload, log);
  const store = target === undefined ? undefined : new Store(target, log);
  if (store === undefined) log.info("redis.url is not set: running without sessions");
  let schema: number | undefined;
  const look = async (reached: Store): Promise<void> => {
    await reached.writes();
    schema = await schemaNow(reached);
  };
  const readiness = new Readiness(store === undefined ? {} : { redis: () => look(store) }, log, kept);
  const { trustProxy } = config;
  const middleware = store && sessions(store, secrets.sessionSecrets, config.session, log);
  const app = createApp({ about, log, readiness, trustProxy, sessions: middleware, storeSchema: () => schema });
  const listening = await listen(app, config.port, config.host);
  log.info({ host: config.host, port: listening.port }, "listening");
  const usable = (store === undefined ? Promise.resolve() : knownSchema(store, about, log)).then(() =>
    readiness.started(),
  );
  // A store that isn't reached yet is no reason to end: the service is alive, and not ready.
  await Promise.race([told, usable.then(() => told)]);
  await drain(listening, readiness, config.shutdown, log);
  store?.destroy();
  log.info("ended");
}

/** Resolves once the store has a schema that this release works with. What the store refuses now, it may take later. */
async function knownSchema(store: Store, about: About, log: Logger): Promise<void> {
  for (let last = ""; ;) {
    try {
      await store.connected();
      await schemaOf(store, about);
      return;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const reason = messageOf(error);
      if (reason !== last) log.warn({ reason }, "the store's schema can't be read");
      last = reason;
      await pause(SCHEMA_PAUSE);
    }
  }
}
