import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { certificate } from "./certificate.ts";
import { startRedis, startTls, type TestRedis } from "./redis.ts";
import { get, logIn, release, sessionSecret, startService, stopServices } from "./service.ts";

let folder: string;
let bundles: string[];
let redis: TestRedis;
let tls: { port: number; server: Server };
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
  writeFileSync(path.join(folder, "ca.pem"), certificate);
  bundles = await Promise.all(["v1.2.3", "v2.0.0-rc.1"].map(release));
  redis = await startRedis("--user default off --user app on >hunter2 ~app:* +@all".split(" "));
  tls = await startTls(redis.port);
});
afterEach(stopServices);
afterAll(async () => {
  tls.server.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  REDIS_URL: `rediss://localhost:${tls.port}`,
  REDIS_USERNAME: "app",
  REDIS_PASSWORD: "hunter2",
  REDIS_CA_FILE: path.join(folder, "ca.pem"),
  SESSION_SECRET: sessionSecret,
});

it("goes on with one session across two versions, over TLS as an ACL user of its own keys alone", async () => {
  const [blue, green] = await Promise.all(bundles.map((bundle) => startService(bundle, environment())));
  const first = await logIn(blue.url);
  expect(first.body).toMatchObject({ count: 0, versions: ["v1.2.3"] });
  const second = await get(`${green.url}/session`, first.cookie);
  expect(second.body).toMatchObject({ count: 1, versions: ["v1.2.3", "v2.0.0-rc.1"] });
  const third = await get(`${blue.url}/session`, second.cookie);
  const { id, since } = first.body as { id: string; since: string };
  expect(third.body).toEqual({ id, user: "ada", since, count: 2, versions: ["v1.2.3", "v2.0.0-rc.1"] });
  expect((await get(`${green.url}/session`)).status).toBe(401);
});

it("gives a cookie that scripts, other sites and plain HTTP don't get", async () => {
  const { url } = await startService(bundles[0], environment());
  const { headers } = await logIn(url);
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  const plain = await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ name: "ada" }) });
  expect(plain.headers.getSetCookie()).toEqual([]);
});

it("gives one by plain HTTP where that is configured", async () => {
  const { url } = await startService(bundles[0], { ...environment(), SESSION_COOKIE_SECURE: "false" });
  const [cookie] = (
    await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ name: "ada" }) })
  ).headers.getSetCookie();
  expect(cookie).toMatch(/^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
});

it("does not take a cookie that another secret signed", async () => {
  const [one, other] = await Promise.all([
    startService(bundles[0], environment()),
    startService(bundles[0], { ...environment(), SESSION_SECRET: `another-${sessionSecret}` }),
  ]);
  const { cookie } = await logIn(one.url);
  expect((await get(`${other.url}/session`, cookie)).status).toBe(401);
});

it.each([
  ["an authority that it doesn't know", { REDIS_CA_FILE: undefined }, "self-signed certificate"],
  ["a wrong password", { REDIS_PASSWORD: "wrong" }, "WRONGPASS"],
  ["another user", { REDIS_USERNAME: undefined, REDIS_PASSWORD: undefined }, "NOAUTH"],
])("is not ready with %s", async (_, change, reason) => {
  const { url, said } = await startService(bundles[0], { ...environment(), ...change });
  const { err } = await said(({ msg }) => msg === "the backing service can't be reached");
  expect((err as Error).message).toContain(reason);
  expect((await get(`${url}/readyz`)).status).toBe(503);
});
