import express from "express";
import { pino } from "pino";
import { logRequests } from "../../../packages/app/src/log.ts";
import { sessionRoutes } from "../../../packages/app/src/routes/session.ts";
import { listen, type Listening } from "../../../packages/app/src/server.ts";
import { sessions } from "../../../packages/app/src/sessions.ts";
import type { Store } from "../../../packages/app/src/store.ts";
import { get, sessionSecret } from "./service.ts";

/** What connect-redis asks of a client, in memory; `full` refuses each write, as a store without memory does. */
class MemoryStore {
  readonly held = new Map<string, string>();
  full = false;
  get = (key: string) => Promise.resolve(this.held.get(key) ?? null);
  set = (key: string, value: string) => {
    if (this.full) return Promise.reject(new Error("OOM command not allowed"));
    this.held.set(key, value);
    return Promise.resolve("OK");
  };
}

const cookie = { secure: true, sameSite: "lax" as const };
let store: MemoryStore;
let servers: Listening[];
beforeEach(() => {
  store = new MemoryStore();
  servers = [];
});
afterEach(() => {
  for (const { server } of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** A release of the service with its sessions in the store; gives its URL. */
async function serving(version: string, changes: { secret?: string; cookie?: typeof cookie } = {}): Promise<string> {
  const handler = sessions(store as unknown as Store, changes.secret ?? sessionSecret, {
    ttl: 3600,
    cookie: changes.cookie ?? cookie,
  });
  const app = express()
    .set("trust proxy", 1)
    .use(logRequests(pino({ level: "silent" })))
    .use(sessionRoutes(version, handler));
  const listening = await listen(app, 0, "127.0.0.1");
  servers.push(listening);
  return `http://127.0.0.1:${listening.port}/session`;
}

test("a session goes on across two versions, below the service's own keys", async () => {
  const [blue, green] = await Promise.all([serving("v1.2.3"), serving("v2.0.0")]);
  const first = await get(blue);
  expect(first.body).toMatchObject({ count: 1, versions: ["v1.2.3"] });
  const second = await get(green, first.cookie);
  const { id, since } = first.body as { id: string; since: string };
  expect(second.body).toEqual({ id, since, count: 2, versions: ["v1.2.3", "v2.0.0"] });
  expect((await get(green)).body).toMatchObject({ count: 1 });
  for (const key of store.held.keys()) expect(key).toMatch(/^app:session:/);
});

test("scripts, other sites and plain HTTP don't get the cookie", async () => {
  const url = await serving("v1.2.3");
  const { headers } = await get(url);
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect((await fetch(url)).headers.getSetCookie()).toEqual([]);
});

test("plain HTTP gets one where that is configured", async () => {
  const [given] = (
    await fetch(await serving("v1.2.3", { cookie: { ...cookie, secure: false } }))
  ).headers.getSetCookie();
  expect(given).toMatch(/^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
});

test("a cookie that another secret signed is not taken", async () => {
  const [own, other] = await Promise.all([
    serving("v1.2.3"),
    serving("v1.2.3", { secret: `another-${sessionSecret}` }),
  ]);
  const { cookie: signed } = await get(own);
  expect((await get(other, signed)).body).toMatchObject({ count: 1 });
});

test("says so when a session can't be saved", async () => {
  const url = await serving("v1.2.3");
  store.full = true;
  expect(await get(url)).toMatchObject({ status: 503, body: { error: "sessions are unavailable" } });
});
