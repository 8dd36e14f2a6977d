import { once } from "node:events";
import { Agent, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createProxyServer } from "http-proxy-3";
import { startLoad } from "./load.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { get, logIn, release, type Service, sessionSecret, startService, stopServices } from "./service.ts";

const USERS = 8;
const REQUESTS = 45;

let redis: TestRedis;
let blue: Service;
let green: Service;
let active: Service;
let proxy: Server;
let users: string;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  redis = await startRedis();
  const env = { REDIS_URL: redis.url, SESSION_SECRET: sessionSecret };
  const bundles = await Promise.all(["v1.2.3", "v2.0.0-rc.1"].map(release));
  [blue, green] = await Promise.all(bundles.map((bundle) => startService(bundle, env)));
  active = blue;
  const forward = createProxyServer({ agent });
  proxy = createServer((request, response) => {
    forward.web(request, response, { target: active.url }, () => response.writeHead(502).end());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  users = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  agent.destroy();
  proxy.close();
  await stopServices();
  await redis.stop();
});

it("flips under load and ends the old fleet, and loses no request and no session", async () => {
  const cookies = await Promise.all(Array.from({ length: USERS }, async () => (await logIn(users)).cookie ?? ""));
  let answers = 0;
  const answered = (): void => {
    answers++;
    if (answers === Math.round((USERS * REQUESTS) / 3)) active = green;
    if (answers === Math.round((USERS * REQUESTS * 2) / 3)) blue.child.kill("SIGTERM");
  };
  const loads = cookies.map((cookie) => {
    const headers = { cookie, "x-forwarded-proto": "https" };
    return startLoad({ url: `${users}/session`, connections: 1, amount: REQUESTS, headers }, answered).result;
  });
  for (const { "2xx": good, errors, timeouts, non2xx } of await Promise.all(loads)) {
    expect({ good, errors, timeouts, non2xx }).toEqual({ good: REQUESTS, errors: 0, timeouts: 0, non2xx: 0 });
  }
  for (const cookie of cookies) {
    const { body } = await get(`${users}/session`, cookie);
    expect(body).toMatchObject({ count: REQUESTS + 1, versions: ["v1.2.3", "v2.0.0-rc.1"] });
  }
  expect(await blue.exit).toBe(0);
});
