import { once } from "node:events";
import type { Logger } from "pino";
import type { About } from "./about.ts";
import { createApp } from "./app.ts";
import { Readiness } from "./readiness.ts";
import { schemaNow, schemaOf } from "./schema.ts";
import { listen } from "./server.ts";
import { sessions } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import { drain } from "./shutdown.ts";
import { createStore, type Store } from "./store.ts";

/**
 * Runs the service until SIGTERM or SIGINT; resolves when it has drained. Rejects with a Refusal when it can't start, also
 * later, once the backing service answers, when its schema is none that this release can work with.
 */
export async function serve({ config, secrets }: Settings, about: About, log: Logger): Promise<void> {
  const told = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  const store = config.redis && secrets.redis ? createStore(config.redis, secrets.redis, log) : undefined;
  if (store === undefined) log.info("redis.url is not set: running without sessions");
  let schema: number | undefined;
  const look = async (reached: Store): Promise<void> => {
    if (!reached.isReady) throw new Error("not connected");
    schema = await schemaNow(reached);
  };
  const readiness = new Readiness(store === undefined ? {} : { redis: () => look(store) }, log);
  const { trustProxy } = config;
  const middleware =
    store && secrets.sessionSecret ? sessions(store, secrets.sessionSecret, config.session) : undefined;
  const app = createApp({ about, log, readiness, trustProxy, sessions: middleware, storeSchema: () => schema });
  const listening = await listen(app, config.port, config.host);
  log.info({ host: config.host, port: listening.port }, "listening");
  const usable = (store === undefined ? Promise.resolve() : connected(store, about)).then(() => readiness.started());
  // A store that isn't reached yet is no reason to end: the service is alive, and not ready.
  await Promise.race([told, usable.then(() => told)]);
  await drain(listening, readiness, config.shutdown, log);
  store?.destroy();
  log.info("ended");
}

async function connected(store: Store, about: About): Promise<void> {
  await store.connect();
  await schemaOf(store, about);
}
