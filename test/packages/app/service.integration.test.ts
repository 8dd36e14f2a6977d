import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "redis";
import { freePort, startRedis, type TestRedis } from "./redis.ts";
import {
  commit,
  get,
  getUntil,
  logIn,
  preview,
  release,
  sessionSecret,
  spawnService,
  startService,
  stopServices,
} from "./service.ts";

let folder: string;
let bundle: string;
let redis: TestRedis;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  [bundle, redis] = await Promise.all([release("v1.2.3"), startRedis()]);
});
afterEach(stopServices);
afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

const withRedis = (url = redis.url) => ({ REDIS_URL: url, SESSION_SECRET: sessionSecret });

it("says on every answer who it is", async () => {
  const own = { BLUEGREEN_COLOR: "green", BLUEGREEN_ENVIRONMENT: "dev", BLUEGREEN_INSTANCE_ID: "i-1" };
  const { url } = await startService(bundle, own);
  const about = {
    version: "v1.2.3",
    commit,
    color: "green",
    environment: "dev",
    instanceId: "i-1",
    schema: { min: 1, max: 1 },
  };
  expect(await get(`${url}/version`)).toMatchObject({ status: 200, body: { version: "v1.2.3" } });
  expect(await preview(url)).toEqual(about);
  expect(await get(`${url}/healthz`)).toMatchObject({ status: 200, body: { status: "alive" } });
  for (const [where, status] of [
    ["/", 200],
    ["/healthz", 200],
    ["/nowhere", 404],
    ["/%", 404],
  ] as const) {
    const response = await fetch(url + where);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-color")).toBe("green");
    expect(response.headers.get("x-version")).toBe("v1.2.3");
    expect(response.headers.get("keep-alive")).toBe("timeout=65");
    expect(response.headers.has("x-powered-by")).toBe(false);
    await response.arrayBuffer();
  }
});

it("runs without sessions where no backing service is configured, and says so", async () => {
  const { url, said } = await startService(bundle);
  await said(({ msg }) => msg === "redis.url is not set: running without sessions");
  expect((await get(`${url}/readyz`)).status).toBe(200);
  expect(await get(`${url}/session`)).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining("redis.url") as string },
  });
});

it("is ready when its backing service answers, and again when it comes back", async () => {
  const own = await startRedis();
  const { url, said } = await startService(bundle, withRedis(own.url));
  await said(({ msg }) => msg === "connected to the backing service");
  const until = (wanted: string) =>
    getUntil(`${url}/readyz`, 10, ({ body }) => (body as { status: string }).status === wanted);
  const degraded = () => until("degraded");
  expect(await until("ready")).toMatchObject({ status: 200 });
  await own.stop();
  const session = logIn(url);
  expect(await degraded()).toMatchObject({ status: 200, body: { status: "degraded", because: ["redis"] } });
  expect((await get(`${url}/healthz`)).status).toBe(200);
  expect((await session).status).toBe(503);
  const back = await startRedis([], own.port);
  expect((await until("ready")).body).toEqual({ status: "ready" });
  expect((await logIn(url)).status).toBe(200);
  await back.stop();
});

it("is alive and not ready until it reaches its backing service for the first time", async () => {
  const port = await freePort();
  const { url, said } = await startService(bundle, withRedis(`redis://127.0.0.1:${port}`));
  await said(({ msg }) => msg === "the backing service can't be reached");
  expect((await get(`${url}/healthz`)).status).toBe(200);
  expect(await get(`${url}/readyz`)).toMatchObject({ status: 503, body: { because: ["starting", "redis"] } });
});

it("writes no secret, cookie or query to its log", async () => {
  const wrong = await startRedis(["--requirepass", "right"]);
  const bad = { ...withRedis(wrong.url), REDIS_PASSWORD: "hunter2", LOG_LEVEL: "debug" };
  const { url, said, output } = await startService(bundle, bad);
  await said(({ msg }) => msg === "the backing service can't be reached");
  await wrong.stop();
  const good = await startService(bundle, { ...withRedis(), LOG_LEVEL: "debug" });
  const { cookie = "" } = await logIn(good.url);
  await get(`${good.url}/session?token=hunter2`, cookie);
  await get(`${url}/version?token=hunter2`, cookie);
  await Promise.all([good.said(({ req }) => req !== undefined), said(({ req }) => req !== undefined)]);
  const [, value] = cookie.split("=");
  expect(value.length).toBeGreaterThan(50);
  for (const secret of ["hunter2", sessionSecret, value, decodeURIComponent(value)]) {
    expect(output() + good.output()).not.toContain(secret);
  }
});

it("ends its start when the port is taken", async () => {
  const { url } = await startService(bundle);
  const { exit, lines } = spawnService(bundle, { PORT: new URL(url).port });
  expect(await exit).toBe(1);
  expect(lines.at(-1)).toMatchObject({ level: "fatal", msg: expect.stringContaining("EADDRINUSE") as string });
});

it("says so when a session can't be saved", async () => {
  const full = await startRedis();
  const { url, said } = await startService(bundle, withRedis(full.url));
  await said(({ msg }) => msg === "connected to the backing service");
  const store = await createClient({ url: full.url }).connect();
  await store.configSet("maxmemory", "1");
  store.destroy();
  expect(await logIn(url)).toMatchObject({ status: 503, body: { error: "sessions are unavailable" } });
  expect((await get(`${url}/version`)).status).toBe(200);
  await full.stop();
});

it("migrates, and refuses a schema that it doesn't know, to migrate and to start", async () => {
  const config = path.join(folder, "config.yaml");
  writeFileSync(config, "shutdown: { delay: 0 }\n");
  const env = { ...withRedis(), APP_CONFIG: config };
  const first = spawnService(bundle, env, ["migrate"]);
  expect(await first.exit).toBe(0);
  expect(first.output()).toBe("schema 1: nothing to do");
  const store = await createClient({ url: redis.url }).connect();
  await store.set("app:schema", "2");
  const second = spawnService(bundle, env, ["migrate"]);
  const start = spawnService(bundle, env);
  expect([await second.exit, await start.exit]).toEqual([1, 1]);
  await store.del("app:schema");
  store.destroy();
  const message = "the store's schema is 2, and v1.2.3 works with 1 to 1: start a release that knows it";
  expect(second.output()).toBe(`${message}\n`);
  expect(start.lines.at(-1)).toMatchObject({ level: "fatal", msg: message });
});

it("says which schema its backing service has, also after it was raised, and nothing where there is none", async () => {
  const alone = await startService(bundle);
  expect(await preview(alone.url)).not.toHaveProperty("store");
  const own = await startRedis();
  const { url, said } = await startService(bundle, withRedis(own.url));
  await said(({ msg }) => msg === "connected to the backing service");
  const version = async (schema: number) => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const body = await preview(url);
      const { store } = body as { store?: { schema: number } };
      if (store?.schema === schema || performance.now() > deadline) return body;
      await pause(20);
    }
  };
  expect(await version(1)).toMatchObject({ version: "v1.2.3", schema: { min: 1, max: 1 }, store: { schema: 1 } });
  const store = await createClient({ url: own.url }).connect();
  await store.set("app:schema", "2");
  expect(await version(2)).toMatchObject({ store: { schema: 2 } });
  store.destroy();
  await own.stop();
});
