import express from "express";
import { pino } from "pino";
import { logRequests } from "../../../packages/app/src/log.ts";
import { sessionRoutes } from "../../../packages/app/src/routes/session.ts";
import { listen, type Listening } from "../../../packages/app/src/server.ts";
import { sessions } from "../../../packages/app/src/sessions.ts";
import { get, logIn, sessionSecret } from "./service.ts";

/** What connect-redis asks of a client, in memory; `full` refuses each write, as a store without memory does. */
class MemoryStore {
  readonly held = new Map<string, string>();
  full = false;
  writes = 0;
  get = (key: string) => Promise.resolve(this.held.get(key) ?? null);
  set = (key: string, value: string) => {
    this.writes++;
    if (this.full) return Promise.reject(new Error("OOM command not allowed"));
    this.held.set(key, value);
    return Promise.resolve("OK");
  };
  expire = () => Promise.resolve(1);
  del = (keys: string[]) => Promise.resolve(keys.filter((key) => this.held.delete(key)).length);
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
async function serving(version: string, changes: { secrets?: string[]; cookie?: typeof cookie } = {}): Promise<string> {
  const given = changes.secrets ?? [sessionSecret];
  const log = pino({ level: "silent" });
  const handler = sessions(store, given, { ttl: 3600, cookie: changes.cookie ?? cookie }, log);
  const app = express().set("trust proxy", 1).use(logRequests(log)).use(sessionRoutes(version, handler));
  const listening = await listen(app, 0, "127.0.0.1");
  servers.push(listening);
  return `http://127.0.0.1:${listening.port}`;
}

const session = (url: string, signed?: string) => get(`${url}/session`, signed);

test("a session goes on across two versions, below the service's own keys", async () => {
  const [blue, green] = await Promise.all([serving("v1.2.3"), serving("v2.0.0")]);
  const first = await logIn(blue);
  expect(first.body).toMatchObject({ user: "ada", count: 0, versions: ["v1.2.3"] });
  const second = await session(green, first.cookie);
  const { id, since } = first.body as { id: string; since: string };
  expect(second.body).toEqual({ id, user: "ada", since, count: 1, versions: ["v1.2.3", "v2.0.0"] });
  for (const key of store.held.keys()) expect(key).toMatch(/^app:session:/);
});

test("a session that a release without a login began goes on", async () => {
  const url = await serving("v2.0.0");
  const { cookie: signed } = await logIn(url);
  const [[key, text]] = store.held;
  const old = { ...(JSON.parse(text) as Record<string, unknown>), user: undefined, count: 41 };
  store.held.set(key, JSON.stringify(old));
  expect(await session(url, signed)).toMatchObject({ status: 200, body: { count: 42 } });
});

test("nobody gets a session without a login, and nothing is written", async () => {
  const url = await serving("v1.2.3");
  for (const path of ["/session", "/dashboard"]) {
    const { status, headers } = await get(url + path);
    expect({ status, cookies: headers.getSetCookie() }).toEqual({ status: 401, cookies: [] });
  }
  for (const name of ["", "<script>", "x".repeat(101)]) expect((await logIn(url, name)).status).toBe(400);
  expect(store.held.size).toBe(0);
});

test("a login makes another session of the one that there was, and a logout ends it", async () => {
  const url = await serving("v1.2.3");
  const planted = await logIn(url, "mallory");
  const headers = { "x-forwarded-proto": "https", cookie: planted.cookie ?? "" };
  const response = await fetch(`${url}/login`, { method: "POST", headers, body: new URLSearchParams({ name: "ada" }) });
  const own = response.headers.getSetCookie()[0]?.split(";", 1)[0];
  expect(own).not.toBe(planted.cookie);
  expect((await get(`${url}/dashboard`, planted.cookie)).status).toBe(401);
  expect(await get(`${url}/dashboard`, own)).toMatchObject({ status: 200, body: { user: "ada" } });
  const left = await fetch(`${url}/logout`, { method: "POST", headers: { ...headers, cookie: own } });
  expect(left.status).toBe(204);
  expect(left.headers.getSetCookie()[0]).toMatch(/^__Host-session=; Path=\/; Expires=Thu, 01 Jan 1970/);
  expect(store.held.size).toBe(0);
});

test("who tries to log in again and again is asked to wait", async () => {
  const url = await serving("v1.2.3");
  const statuses: number[] = [];
  for (let i = 0; i < 31; i++) statuses.push((await logIn(url)).status);
  expect(statuses).toEqual([...Array.from({ length: 30 }, () => 200), 429]);
});

test("scripts, other sites and plain HTTP don't get the cookie", async () => {
  const url = await serving("v1.2.3");
  const { headers } = await logIn(url);
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  const plain = await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ name: "ada" }) });
  expect(plain.headers.getSetCookie()).toEqual([]);
});

test("plain HTTP gets one where that is configured", async () => {
  const url = await serving("v1.2.3", { cookie: { ...cookie, secure: false } });
  const [given] = (await logIn(url)).headers.getSetCookie();
  expect(given).toMatch(/^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
});

test("a secret is changed in steps, and nobody is logged out; a cookie that no known secret signed is not taken", async () => {
  const [old, next] = [sessionSecret, `next-${sessionSecret}`];
  const [before, adding, exchanged, after] = await Promise.all(
    [[old], [old, next], [next, old], [next]].map((secrets) => serving("v1.2.3", { secrets })),
  );
  const [signedOld, signedNext] = [(await logIn(adding)).cookie, (await logIn(exchanged)).cookie];
  for (const url of [before, adding, exchanged]) expect((await session(url, signedOld)).status).toBe(200);
  for (const url of [adding, exchanged, after]) expect((await session(url, signedNext)).status).toBe(200);
  expect((await session(before, signedNext)).status).toBe(401);
  expect((await session(after, signedOld)).status).toBe(401);
});

test("says so when a session can't be saved, and gives no cookie for it", async () => {
  const url = await serving("v1.2.3");
  store.full = true;
  const { status, body, headers } = await logIn(url);
  expect({ status, body, cookies: headers.getSetCookie() }).toEqual({
    status: 503,
    body: { error: "sessions are unavailable" },
    cookies: [],
  });
  expect(store.writes).toBe(1);
});
