import http from "node:http";
import { latencyFinding, readyFinding, versionFinding } from "../../../cli/analysis/built-in.ts";
import { runChecks, type ChecksArgs } from "../../../cli/analysis/checks.ts";
import { defaultRules } from "../../../cli/analysis/limits.ts";
import type { SourceEvidence } from "../../../cli/analysis/trials.ts";
import type { CheckResult } from "../../../cli/state/model.ts";
import { closedEndpoint, PreviewServer } from "./preview-server.ts";

const answer = (body: string, status = 200) => ({ status, body, ms: 1 });
const commit = "0123456789abcdef0123456789abcdef01234567";

test.each<[string, { version?: string; commit?: string }, string, boolean, string]>([
  ["version and commit", { version: "v2", commit }, `{"version":"2","commit":"${commit}"}`, true, "v2 0123456789ab"],
  ["a short commit", { version: "v2", commit }, '{"version":"v2","commit":"0123456"}', true, "v2 0123456789ab"],
  [
    "too short a commit",
    { version: "v2", commit },
    '{"version":"v2","commit":"012345"}',
    false,
    `GET /v answered commit 012345; the image is tagged ${commit}`,
  ],
  [
    "another commit",
    { version: "v2", commit },
    '{"version":"v2","commit":"abcdefabc"}',
    false,
    `GET /v answered commit abcdefabc; the image is tagged ${commit}`,
  ],
  ["no commit", { commit }, '{"version":"v2"}', false, `GET /v answered no commit; the image is tagged ${commit}`],
  ["no JSON", { commit }, "hello", false, `GET /v answered no commit; the image is tagged ${commit}`],
  ["null", { commit }, "null", false, `GET /v answered no commit; the image is tagged ${commit}`],
  [
    "another version",
    { version: "v2" },
    '{"version":"v1"}',
    false,
    "GET /v answered version v1; the image is tagged v2",
  ],
  ["an image without tags", {}, "anything", true, "the image has no tag Version; it answers"],
])("version: %s", (_, image, body, ok, detail) =>
  expect(versionFinding("/v", [answer(body)], image)).toEqual({ ok, detail }),
);

test("version: one answer of several is 5xx, which is a matter of the errors", () => {
  expect(versionFinding("/v", [answer('{"version":"v2"}'), answer("", 500)], { version: "v2" }).ok).toBe(true);
  expect(versionFinding("/v", [answer("", 500), answer("", 500)], { version: "v2" }).ok).toBe(false);
});

test("version: one instance of several runs another one", () =>
  expect(versionFinding("/v", [answer('{"version":"v2"}'), answer('{"version":"v1"}')], { version: "v2" }).ok).toBe(
    false,
  ));

test.each([
  [[200, 200], true, "2 times 200 from /readyz"],
  [[200, 503], false, "GET /readyz answered 503; it must answer 200"],
  [[204], false, "GET /readyz answered 204; it must answer 200"],
])("ready: %j", (statuses, ok, detail) =>
  expect(
    readyFinding(
      "/readyz",
      statuses.map((status) => answer("", status)),
    ),
  ).toEqual({ ok, detail }),
);

const counts = (p95?: number) => ({ sent: 50, failed: 0, p95 });
const slow = (evidence: number): SourceEvidence => ({
  source: "checkLatency",
  evidence,
  threshold: 5_000,
  release: { sent: 100, failed: 9 },
  baseline: { sent: 100, failed: 2 },
});
test.each<[string, number | undefined, number | undefined, SourceEvidence | undefined, boolean, string]>([
  ["beside the old colour", 200, 50, undefined, true, "p95 200 ms, the old colour's 50 ms"],
  [
    "slower than it, by chance",
    201,
    50,
    slow(12),
    true,
    "p95 201 ms, the old colour's 50 ms; 9 of 100 slow, 2 of the old colour's 100 (evidence 12, 5000 needed)",
  ],
  [
    "slower than it",
    201,
    50,
    slow(5_000),
    false,
    "p95 201 ms, the old colour's 50 ms; 9 of 100 slow, 2 of the old colour's 100 (evidence 5000, 5000 needed)",
  ],
  ["alone", 1000, undefined, undefined, true, "p95 1000 ms"],
  ["alone and slow", 1001, undefined, undefined, false, "p95 1001 ms, 1000 ms allowed"],
  ["without an answer", undefined, 50, undefined, false, "none of 50 requests was answered"],
])("latency: %s", (_, p95, old, found, ok, detail) =>
  expect(latencyFinding({ own: counts(p95), old: old === undefined ? undefined : counts(old), slow: found })).toEqual({
    ok,
    detail,
  }),
);

describe("a colour that is tried", () => {
  const server = new PreviewServer();
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  beforeEach(() => {
    server.requests = [];
    server.respond = (_, response) => response.end('{"version":"v2.0.0"}');
  });

  async function check(changes: Partial<ChecksArgs> = {}): Promise<Record<string, string>> {
    const told: CheckResult[] = [];
    const results = await runChecks({
      preview: server.endpoint,
      color: "green",
      image: { version: "v2.0.0" },
      checks: [],
      pace: 1,
      healthCheckPath: "/readyz",
      versionPath: "/version",
      baselinePath: "/old",
      run: { cwd: import.meta.dirname, env: process.env, onLine: () => undefined },
      onResult: (result) => told.push(result),
      ...changes,
    });
    expect(told).toEqual(results);
    for (const { at } of results) expect(new Date(at).toISOString()).toBe(at);
    return Object.fromEntries(results.map(({ name, ok, detail }) => [name, `${ok ? "ok" : "no"}: ${detail}`]));
  }

  test("passes, and the old colour is asked as often as it", async () => {
    expect(await check()).toEqual({
      ready: "ok: 5 times 200 from /readyz",
      version: "ok: v2.0.0",
      errors: "ok: 0 of 200 requests failed",
      latency: expect.stringMatching(/^ok: p95 \d+ ms, the old colour's \d+ ms$/) as string,
    });
    const sent = (request: string) => server.requests.filter((seen) => seen === request).length;
    expect([sent("green /readyz"), sent("green /version"), sent("blue /old")]).toEqual([5, 205, 200]);
    expect(server.requests).toHaveLength(410);
  });

  test("given no old colour, then the new one alone is asked", async () => {
    expect((await check({ baselinePath: undefined, requests: 30 })).errors).toBe("ok: 0 of 30 requests failed");
    expect(server.requests.every((request) => request.startsWith("green"))).toBe(true);
  });

  test.each<[string, http.RequestListener, Record<string, string>]>([
    [
      "ready and answers 500",
      ({ url }, response) => response.writeHead(url === "/readyz" ? 200 : 500).end(),
      {
        ready: "ok: 5 times 200 from /readyz",
        version: "no: GET /version answered 500",
        errors: "no: 100 % of 200, 1 % allowed",
        latency: "no: none of 200 requests was answered",
      },
    ],
    [
      "not ready",
      ({ url }, response) => response.writeHead(url === "/readyz" ? 503 : 200).end('{"version":"v2.0.0"}'),
      { ready: "no: GET /readyz answered 503; it must answer 200", version: "ok: v2.0.0" },
    ],
    [
      "hangs up",
      (request) => request.socket.destroy(),
      { ready: "no: GET /readyz failed: socket hang up", version: "no: GET /version failed: socket hang up" },
    ],
  ])("fails when it is %s", async (_, respond, expected) => {
    server.respond = respond;
    expect(await check({ baselinePath: undefined })).toMatchObject(expected);
  });

  /** Fails each request to a path that this says. */
  const failing =
    (isBad: (url: string, turn: number) => boolean): http.RequestListener =>
    ({ url = "" }, response) => {
      const turn = server.requests.filter((seen) => seen.endsWith(url)).length;
      response.writeHead(isBad(url, turn) ? 502 : 200).end('{"version":"v2.0.0"}');
    };

  test("given failures on the new colour alone, then it is asked until the evidence is enough, and fails", async () => {
    server.respond = failing((url, turn) => url === "/version" && turn > 5 && turn % 10 === 0);
    expect((await check({ rules: { ...defaultRules, alpha: 0.2 } })).errors).toMatch(
      /^no: \d+ of \d+ requests failed, 0 of the old colour's \d+ \(evidence .*, 170 needed\)$/,
    );
    const sent = server.requests.filter((seen) => seen === "green /version").length;
    expect(sent).toBeGreaterThan(205);
    expect(sent).toBeLessThan(2_200);
  }, 60_000);

  test("given one failure in a hundred on both, for a common cause, then it passes", async () => {
    server.respond = failing((url, turn) => url !== "/readyz" && turn % 100 === 50);
    expect((await check()).errors).toMatch(/^ok: \d+ of \d+ requests failed, \d+ of the old colour's \d+ \(evidence/);
  }, 60_000);

  test("given no old colour, then it fails above a limit, and on a single failure when few are asked for", async () => {
    let turn = 0;
    server.respond = ({ url }, response) =>
      response.writeHead(url === "/version" && ++turn === 10 ? 502 : 200).end('{"version":"v2.0.0"}');
    expect((await check({ baselinePath: undefined, requests: 50 })).errors).toBe("no: 2 % of 50, 1 % allowed");
    turn = 0;
    expect((await check({ baselinePath: undefined, requests: 8 })).errors).toBe("no: 12.5 % of 8, 1 % allowed");
  });

  test("the team's own checks: each tells how it went", async () => {
    server.respond = ({ url }, response) => response.writeHead(url === "/gone" ? 404 : 200).end("Please log in");
    const results = await check({
      image: {},
      checks: [
        { name: "page", url: "/login", status: 200, contains: "log in" },
        { name: "other text", url: "/login", status: 200, contains: "welcome" },
        { name: "missing", url: "/gone", status: 200 },
        { name: "meant to be missing", url: "/gone", status: 404 },
        { name: "smoke", command: 'test "$WHO" = me', timeout: 60 },
        { name: "fire", command: "echo it burns; exit 1", timeout: 60 },
      ],
      run: { cwd: import.meta.dirname, env: { ...process.env, WHO: "me" }, onLine: () => undefined },
    });
    expect(results).toMatchObject({
      page: "ok: 200 from /login",
      "other text": 'no: GET /login answered 200 without "welcome"',
      missing: "no: GET /gone answered 404; it must be 200",
      "meant to be missing": "ok: 404 from /gone",
      smoke: "ok: exit code 0",
      fire: "no: exit code 1: it burns",
    });
  });

  test("where the preview listener can't be reached, each check says so", async () => {
    const results = await check({
      preview: await closedEndpoint(),
      checks: [
        { name: "page", url: "/login", status: 200 },
        { name: "smoke", command: "true", timeout: 60 },
      ],
    });
    const why = expect.stringMatching(
      /^no: the preview listener can't be reached from here \(.*ECONNREFUSED.*\): let this address in with previewCidrs$/,
    ) as string;
    expect(results).toEqual({
      ready: why,
      version: why,
      errors: why,
      latency: why,
      page: why,
      smoke: "ok: exit code 0",
    });
  });

  test("given an abort, then no check has a result", async () => {
    const controller = new AbortController();
    server.respond = () => controller.abort(new Error("Ctrl-C"));
    const told: CheckResult[] = [];
    const aborted = check({ signal: controller.signal, onResult: (result) => told.push(result) });
    await expect(aborted).rejects.toThrow("Ctrl-C");
    expect(told).toEqual([]);
  });
});
