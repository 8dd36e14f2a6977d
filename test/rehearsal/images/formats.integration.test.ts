import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { runRollbackCheck } from "../../../cli/analysis/rollback-check.ts";
import { bundleOf, formats } from "../../../rehearsal/images/formats.ts";
import { startRedis, type TestRedis } from "../../packages/app/redis.ts";
import { release, sessionSecret, startService, stopServices, type Service } from "../../packages/app/service.ts";

const root = path.join(__dirname, "../../..");
const before = "v5.0.0";
let folder: string;
let bundle: string;
let redis: TestRedis;
/** In place of the preview listener. */
let preview: http.Server;
const targets: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-formats-"));
  bundle = await release(before);
  redis = await startRedis();
  preview = http.createServer((request, response) => {
    const { headers, method, url } = request;
    const target = targets[String(headers["x-bluegreen-preview"])];
    const asked = http.request(`${target}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    request.pipe(asked);
  });
  await new Promise<void>((resolve) => preview.listen(0, "127.0.0.1", resolve));
}, 60_000);
afterEach(async () => {
  await stopServices();
  await redis.run("FLUSHALL");
});
afterAll(async () => {
  preview.closeAllConnections();
  preview.close();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(color: string, program: string, change: NodeJS.ProcessEnv = {}): Promise<Service> {
  const service = await startService(program, {
    REDIS_URL: redis.url,
    SESSION_SECRET: sessionSecret,
    SESSION_COOKIE_SECURE: "false",
    BLUEGREEN_COLOR: color,
    ...change,
  });
  targets[color] = service.url;
  return service;
}

const urlOf = (server: http.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** The reference service's own check, of two colours that run. */
async function check(previewUrl = urlOf(preview)) {
  const side = (name: string, color: string) => ({
    name,
    env: {
      PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
      BLUEGREEN_COLOR: color,
      BLUEGREEN_PREVIEW_URL: previewUrl,
      BLUEGREEN_PREVIEW_HEADER: `X-Bluegreen-Preview: ${color}`,
    },
  });
  const results = await runRollbackCheck({
    command: "node packages/app/rollback-check.ts",
    timeoutSeconds: 60,
    released: side("new", "green"),
    old: side("old", "blue"),
    run: { cwd: root, onLine: () => undefined },
  });
  return results.map(({ ok, detail }) => (ok ? "ok" : detail));
}

/** What the check says of each that a rollback would lose something by, in both orders. */
const said: Record<string, [newWrites: RegExp, oldWrites: RegExp]> = {
  "other-cookie": [
    /^old did not read what new wrote: .*GET \/dashboard answered 401: .*nobody is logged in/,
    /^new did not read what old wrote: .*GET \/dashboard answered 401: .*nobody is logged in/,
  ],
  "other-encoding": [
    /^old did not read what new wrote: .*GET \/dashboard answered 401/,
    /^old did not read again what it wrote, once new had read it: .*GET \/dashboard answered 401/,
  ],
  "needs-a-field": [/^ok$/, /^new did not read what old wrote: .*GET \/dashboard answered 401/],
  "forgets-on-writing": [
    /^ok$/,
    /^old did not read again what it wrote, once new had read it: .*GET \/dashboard answered versions \["v5\.2\.3"\]; it must be \["v5\.0\.0","v5\.2\.3"\]$/,
  ],
  "other-schema-number": [
    /^old did not read what new wrote: .*tells schema undefined of the store, which was 1$/,
    /^new did not read what old wrote: .*tells schema 1 of the store, which was undefined$/,
  ],
};

test("there are five of each kind", () =>
  expect([formats.filter(({ isCompatible }) => isCompatible).length, Object.keys(said).length, formats.length]).toEqual(
    [5, 5, 10],
  ));

test.each(formats.map((format) => [format.isCompatible ? "goes well" : "fails", format.name, format] as const))(
  "the reference service's check %s for %s",
  async (_, name, format) => {
    const program = path.join(folder, `${name}.cjs`);
    writeFileSync(program, bundleOf(readFileSync(bundle, "utf8"), before, format));
    await start("blue", bundle);
    const { said: says } = await start("green", program);
    await says(({ msg }) => msg === "connected to the backing service");
    const [newWrites, oldWrites] = said[name] ?? [/^ok$/, /^ok$/];
    expect(await check()).toEqual([expect.stringMatching(newWrites), expect.stringMatching(oldWrites)]);
  },
  60_000,
);

test("fails in one line when the service runs without sessions", async () => {
  await start("blue", bundle, { REDIS_URL: undefined });
  await start("green", bundle, { REDIS_URL: undefined });
  expect((await check())[0]).toMatch(
    /^new did not write: exit code 1: POST \/login answered 404: .*this service runs without sessions/,
  );
}, 60_000);

test("fails in one line when nobody answers, or the other colour does", async () => {
  expect((await check("http://127.0.0.1:1"))[0]).toMatch(/^new did not write: exit code 1: GET \/version failed: /);
  await start("blue", bundle);
  targets.green = targets.blue;
  expect((await check())[0]).toMatch(/GET \/version was answered by blue, and green was asked$/);
}, 60_000);

test("the bundle must hold what is changed, once", () =>
  expect(() => bundleOf("{}", before, formats[0])).toThrow("stands 0 times in the bundle of v5.0.0"));
