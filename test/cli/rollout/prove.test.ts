import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { prove } from "../../../cli/rollout/prove.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { stackOutputsOf } from "../../stack-outputs.ts";
import { closedEndpoint, PreviewServer } from "../analysis/preview-server.ts";
import { fleet, settled, weights, world } from "../worlds.ts";

const preview = new PreviewServer();
let folder: string;
beforeAll(() => preview.start());
afterAll(() => preview.stop());
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "prove-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const runs = () => readFileSync(path.join(folder, "runs"), "utf8").trim().split("\n");
const noting = (words: string) => `rollbackCheck: { command: 'echo ${words} >>runs', timeout: 10s }`;

/** Proves the rollback from v2 on green to v1 on blue. */
async function attempt(file: string, change: Partial<LiveState> = {}, endpoint = preview.endpoint) {
  writeFileSync(path.join(folder, "bluegreen.yaml"), file);
  const noted: unknown[] = [];
  const kept: string[] = [];
  const titles: string[] = [];
  const rollout = {
    session: {
      stackRef: { folder, stack: "dev" },
      settings: {},
      signal: new AbortController().signal,
      ui: {
        step: <T>(_: string, title: string, run: (tell: object) => Promise<T>) => {
          titles.push(title);
          return run({ now: () => undefined, keep: (line: string) => kept.push(line) });
        },
      },
    },
    recorded: {
      outputs: { ...stackOutputsOf(), url: "http://app", previewUrl: `http://${endpoint.host}:${endpoint.port}` },
    },
    world: world(change),
    note: (...events: unknown[]) => Promise.resolve(void noted.push(...events)),
  };
  const results = await prove(rollout as unknown as RolloutContext, "green").then(
    (found) => found,
    (error: unknown) => error,
  );
  return { results, noted, kept, titles };
}

test("given a command, then it runs against each colour, named by its environment, and the record gets the results", async () => {
  const words = '"$BLUEGREEN_ROLLBACK $BLUEGREEN_COLOR $BLUEGREEN_VERSION $BLUEGREEN_PREVIEW_HEADER $BLUEGREEN_STAGE"';
  const { noted, kept, titles } = await attempt(noting(words));
  const run = (action: string, color: string, version: string) =>
    `${action} ${color} ${version} X-Bluegreen-Preview: ${color} check`;
  const [green, blue] = [
    ["green", "v2.0.0"],
    ["blue", "v1.0.0"],
  ] as const;
  expect(runs()).toEqual([
    run("write", ...green),
    run("read", ...blue),
    run("read", ...green),
    run("write", ...blue),
    run("read", ...green),
    run("read", ...blue),
  ]);
  expect(titles).toEqual(["Proving the rollback from v2.0.0 on green to v1.0.0 on blue"]);
  expect(kept).toEqual([
    "ok  new writes, old reads: v2.0.0 on green wrote, v1.0.0 on blue read it, v2.0.0 on green read it again",
    "ok  old writes, new reads: v1.0.0 on blue wrote, v2.0.0 on green read it, v1.0.0 on blue read it again",
  ]);
  expect(noted).toMatchObject([
    { kind: "check", check: { name: "new writes, old reads", ok: true } },
    { kind: "check", check: { name: "old writes, new reads", ok: true } },
  ]);
});

test("given the release's own keys in the environment, then the command gets none of them", async () => {
  const secrets = { AWS_SECRET_ACCESS_KEY: "k", AWS_PROFILE: "p", PULUMI_CONFIG_PASSPHRASE: "s", SMOKE_TOKEN: "t" };
  const before = { ...process.env };
  Object.assign(process.env, secrets);
  try {
    const shown = "k=$AWS_SECRET_ACCESS_KEY p=$AWS_PROFILE s=$PULUMI_CONFIG_PASSPHRASE t=$SMOKE_TOKEN";
    await attempt(`${noting(`"${shown}"`)}\nenvironment: [SMOKE_TOKEN]`);
    expect(new Set(runs())).toEqual(new Set(["k= p= s= t=t"]));
  } finally {
    for (const name of Object.keys(secrets)) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test("fails where the project file names no command, and says where one is named", async () =>
  expect((await attempt("checks: []")).results).toMatchObject({
    code: "usage",
    message: expect.stringMatching(/^bluegreen\.yaml names no command .*rollbackCheck: \{ command:/) as string,
  }));

test.each<[string, Partial<LiveState>, string]>([
  [
    "one of the standby's two instances is not healthy",
    { fleets: { blue: fleet("blue"), green: fleet("green", { healthy: 1 }) } },
    "green (v2.0.0) has 1 of the 2 healthy instances",
  ],
  [
    "the rollback target of what serves has shrunk",
    {
      weights: weights(0, 100),
      settings: settled({ activeColor: "green" }),
      fleets: { blue: fleet("blue", { healthy: 0 }), green: fleet("green") },
    },
    "blue (v1.0.0) has 0 of the 2 healthy instances",
  ],
])("fails when %s: what is proved with a part says nothing of the rest", async (_, change, words) => {
  const { results, titles } = await attempt(noting("ran"), change);
  expect(results).toMatchObject({ code: "refused", message: expect.stringContaining(words) as string });
  expect(titles).toEqual([]);
});

test("given a preview listener that can't be reached from here, then it fails with what to do, and the command does not run", async () => {
  const { results, kept } = await attempt(noting("ran"), {}, await closedEndpoint());
  expect(results).toMatchObject([{ ok: false }, { ok: false }]);
  expect(kept[0]).toMatch(/^FAILED {2}new writes, old reads: the preview listener can't be reached .*previewCidrs$/);
  expect(() => runs()).toThrow("ENOENT");
});
