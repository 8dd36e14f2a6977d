import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { startRedis, type TestRedis } from "./redis.ts";
import { get, getUntil, logIn, release, sessionSecret, spawnService, startService, stopServices } from "./service.ts";

/** The service, whatever its Redis server does. */
let bundle: string;
let redis: TestRedis;
beforeAll(async () => {
  bundle = await release("v1.2.3");
});
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await stopServices();
  await redis.stop();
});

const environment = () => ({ REDIS_URL: redis.url, SESSION_SECRET: sessionSecret });
const isReady = ({ body }: { body: unknown }) => (body as { status: string }).status === "ready";
const isDegraded = ({ body }: { body: unknown }) => (body as { status: string }).status === "degraded";

it("given a service that was ready, when Redis stalls, then it is degraded, answers the rest, and comes back", async () => {
  const { url } = await startService(bundle, environment());
  expect(await getUntil(`${url}/readyz`, 5, isReady)).toMatchObject({ status: 200 });
  const { cookie } = await logIn(url);
  redis.signal("SIGSTOP");
  expect(await getUntil(`${url}/readyz`, 5, isDegraded)).toMatchObject({
    status: 200,
    body: { status: "degraded", because: ["redis"] },
  });
  expect(await get(`${url}/dashboard`, cookie)).toMatchObject({
    status: 503,
    body: { error: "sessions are unavailable" },
  });
  expect((await get(`${url}/dashboard`)).status).toBe(401);
  expect((await get(`${url}/version`)).status).toBe(200);
  redis.signal("SIGCONT");
  expect(await getUntil(`${url}/readyz`, 10, isReady)).toMatchObject({ status: 200 });
  expect(await get(`${url}/dashboard`, cookie)).toMatchObject({ status: 200, body: { user: "ada" } });
}, 40_000);

it.each([
  ["has no memory left", ["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]],
  ["is a replica", ["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"]],
  ["forbids writing", ["ACL", "SETUSER", "default", "-set"], ["ACL", "SETUSER", "default", "+set"]],
])(
  "given a Redis server that %s, then a new service is up and not ready, until it takes writes",
  async (_, spoil, mend) => {
    await redis.run(...spoil);
    const { url, child } = await startService(bundle, environment());
    await pause(2_500);
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { status: "not ready", because: ["starting", "redis"] },
    });
    expect(child.exitCode).toBeNull();
    await redis.run(...mend);
    expect(await getUntil(`${url}/readyz`, 10, isReady)).toMatchObject({ status: 200 });
  },
  40_000,
);

it("given a session that can't be kept, then no other request on the same connection is cut", async () => {
  const { url } = await startService(bundle, environment());
  await getUntil(`${url}/readyz`, 5, isReady);
  const { cookie = "" } = await logIn(url);
  await redis.run("ACL", "SETUSER", "default", "-set", "-expire");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { cookie, "x-forwarded-proto": "https" };
      request(`${url}${path}`, { agent, headers }, (response) => {
        text(response).then(() => resolve(response.statusCode), reject);
      })
        .on("error", reject)
        .end();
    });
  const asked = Array.from({ length: 200 }, (_, i) => ask(["/version", "/dashboard", "/version", "/session"][i % 4]));
  const statuses = await Promise.all(asked);
  agent.destroy();
  // What is only prolonged is answered nevertheless; what must be saved is not.
  expect(statuses.filter((_, i) => i % 4 !== 3)).toEqual(Array.from({ length: 150 }, () => 200));
  expect(statuses.filter((_, i) => i % 4 === 3)).toEqual(Array.from({ length: 50 }, () => 503));
});

it.each<[string, (key: string) => string[][]]>([
  ["no JSON", (key) => [["SET", key, "{"]]],
  ["no session", (key) => [["SET", key, '["cookie"]']]],
  ["a session of nobody's format", (key) => [["SET", key, '{"cookie":{},"since":1,"count":"x","versions":5}']]],
  [
    "no text",
    (key) => [
      ["DEL", key],
      ["LPUSH", key, "x"],
    ],
  ],
])("given a record that holds %s, then its owner can log in again", async (_, commands) => {
  const { url, output } = await startService(bundle, environment());
  await getUntil(`${url}/readyz`, 5, isReady);
  const { cookie } = await logIn(url);
  const [key] = (await redis.run("KEYS", "app:session:*")) as string[];
  for (const command of commands(key)) await redis.run(...command);
  expect((await get(`${url}/dashboard`, cookie)).status).toBe(401);
  expect(output()).toContain("a session's record is damaged");
  const again = await logIn(url, "grace");
  expect(await get(`${url}/dashboard`, again.cookie)).toMatchObject({ status: 200, body: { user: "grace" } });
});

it("given no login, then nothing is written but what the service itself needs", async () => {
  const { url } = await startService(bundle, environment());
  await getUntil(`${url}/readyz`, 5, isReady);
  for (const path of ["/", "/session", "/dashboard", "/nowhere"]) await fetch(url + path);
  await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ name: "<script>" }) });
  await fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
  expect(((await redis.run("KEYS", "*")) as string[]).sort()).toEqual(["app:schema", "app:write-probe"]);
});

it("given a reader of the log that goes away, then the service serves on and drains", async () => {
  const { url, child, exit } = await startService(bundle, { ...environment(), LOG_LEVEL: "debug" });
  child.stdout?.destroy();
  for (let i = 0; i < 20; i++) expect((await get(`${url}/version`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
});

it("given SIGTERM while it migrates, then it ends at once, and says so", async () => {
  redis.signal("SIGSTOP");
  const migration = spawnService(bundle, environment(), ["migrate"]);
  while (!migration.output().includes("can't be reached")) await pause(50);
  migration.child.kill("SIGTERM");
  expect(await migration.exit).toBe(1);
  expect(migration.output()).toContain('SIGTERM came before "app migrate" was done');
});
