import { once } from "node:events";
import { Writable } from "node:stream";
import type { About } from "../../../packages/app/src/about.ts";
import { createApp, type Parts } from "../../../packages/app/src/app.ts";
import { keptIn } from "../../../packages/app/src/kept.ts";
import { createLog } from "../../../packages/app/src/log.ts";
import { Readiness } from "../../../packages/app/src/readiness.ts";
import { listen, type Listening } from "../../../packages/app/src/server.ts";
import { get, preview } from "./service.ts";

const about: About = {
  version: "v1.2.3",
  commit: "c".repeat(40),
  schema: { min: 1, max: 1 },
  color: "green",
  environment: "dev",
  instanceId: "i-1",
};

let lines: Record<string, unknown>[];
let servers: Listening[];
beforeEach(() => {
  lines = [];
  servers = [];
});
afterEach(async () => {
  for (const { server } of servers) {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
});

/** The service's routes, listening; it has started unless `started` is false. */
async function serving(changes: Partial<Parts> = {}, { started = true } = {}) {
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
    done();
  };
  const log = createLog(about, "debug", new Writable({ write }));
  const readiness = new Readiness({}, log, keptIn(undefined));
  if (started) readiness.started();
  const parts = { about, log, readiness, trustProxy: 1, storeSchema: () => undefined, ...changes };
  const listening = await listen(createApp(parts), 0, "127.0.0.1");
  servers.push(listening);
  return { url: `http://127.0.0.1:${listening.port}`, readiness };
}

test("counts what it has answered, by status, and none of what machines ask", async () => {
  const { url } = await serving();
  for (const where of ["/", "/version", "/nowhere", "/readyz", "/healthz", "/metrics"])
    await (await fetch(url + where)).text();
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('\nhttp_requests_total{code="200"} 2\nhttp_requests_total{code="404"} 1\n');
  expect(text).toMatch(/\nprocess_start_time_seconds 1\d{9}/);
});

test.each([
  ["80", 404],
  ["443", 404],
  ["9090", 200],
])(
  "given the load balancer's word that a request came to port %s, then /metrics answers %d, whatever else is said",
  async (port, status) => {
    const { url } = await serving();
    const headers = { "x-forwarded-port": port, "x-bluegreen-preview": "green" };
    expect((await fetch(`${url}/metrics`, { headers })).status).toBe(status);
    const told = (await (await fetch(`${url}/version`, { headers })).json()) as object;
    expect(Object.keys(told).includes("commit")).toBe(status === 200);
  },
);

test.each([
  ["/", 200],
  ["/healthz", 200],
  ["/nowhere", 404],
  ["/%", 404],
])("says who it is on the answer to %s", async (where, status) => {
  const { url } = await serving();
  const response = await fetch(url + where);
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "x-color": "green",
    "x-version": "v1.2.3",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "content-security-policy": "default-src 'none';frame-ancestors 'none'",
    "keep-alive": "timeout=65",
    "x-content-type-options": "nosniff",
  });
  expect(response.headers.has("x-powered-by")).toBe(false);
  expect(response.headers.has("x-instance")).toBe(false);
});

test("shows people the colour and the version, and nothing that could run in their browser", async () => {
  const { url } = await serving({ about: { ...about, color: "<script>" } });
  const page = await fetch(url);
  expect(await page.text()).toContain("<h1>&#60;script&#62; v1.2.3</h1>");
});

test("/version tells everybody the version alone, and by the preview listener the rest, with the store's schema", async () => {
  const alone = await serving();
  expect(await get(`${alone.url}/version`)).toMatchObject({ status: 200, body: { version: "v1.2.3" } });
  expect((await get(`${alone.url}/version`)).body).toEqual({ version: "v1.2.3" });
  expect(await preview(alone.url)).toEqual(about);
  const stored = await serving({ storeSchema: () => 2 });
  expect(await preview(stored.url)).toEqual({ ...about, store: { schema: 2 } });
});

test("without a backing service there are no sessions", async () => {
  const { url } = await serving();
  const error = expect.stringContaining("redis.url is not set") as string;
  expect(await get(`${url}/session`)).toMatchObject({ status: 404, body: { error } });
});

test("is alive while it is not ready, and sends users elsewhere while it leaves", async () => {
  const { url, readiness } = await serving({}, { started: false });
  expect(await get(`${url}/healthz`)).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await get(`${url}/readyz`)).toMatchObject({ status: 503, body: { because: ["starting"] } });
  readiness.started();
  expect(await get(`${url}/readyz`)).toMatchObject({ status: 200, body: { status: "ready" } });
  readiness.leave();
  const leaving = await get(`${url}/readyz`);
  expect(leaving).toMatchObject({ status: 503, body: { because: ["leaving"] } });
  expect(leaving.headers.get("connection")).toBe("close");
});

test("names a request in the answer and in the log as who asks does, and logs neither query nor cookie", async () => {
  const { url } = await serving();
  const headers = { "x-request-id": "it-is-me", cookie: "session=hunter2" };
  const response = await fetch(`${url}/version?token=hunter2`, { headers });
  expect(response.headers.get("x-request-id")).toBe("it-is-me");
  expect(lines).toEqual([expect.objectContaining({ requestId: "it-is-me", level: "info", version: "v1.2.3" })]);
  expect(lines[0]).toMatchObject({ req: { method: "GET", path: "/version" }, res: { statusCode: 200 } });
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("a mistake of its own is a 500 that tells nothing but the request's id", async () => {
  const mistake = { leaving: false, look: () => Promise.reject(new Error("hunter2")) } as unknown as Readiness;
  const { url } = await serving({ readiness: mistake });
  const { status, body } = await get(`${url}/readyz`);
  const requestId = expect.any(String) as string;
  expect({ status, body }).toEqual({ status: 500, body: { error: "the request failed", requestId } });
});
