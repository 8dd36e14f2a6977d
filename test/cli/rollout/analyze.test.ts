import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Evidence } from "../../../cli/analysis/evidence.ts";
import type { SourceEvidence } from "../../../cli/analysis/trials.ts";
import { analyze, rulesOf } from "../../../cli/rollout/analyze.ts";
import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { RollbackRequired } from "../../../cli/rollout/hooks.ts";
import type { VerdictRecord } from "../../../cli/state/model.ts";

let mockNow: number;
let mockEvidence: () => Partial<Evidence>;
let mockBefore: readonly SourceEvidence[] | undefined;
jest.mock("node:timers/promises", () => ({ setTimeout: (ms: number) => Promise.resolve(void (mockNow += ms)) }));
jest.mock("../../../cli/analysis/measure.ts", () => ({
  Measure: class {
    constructor({ trials }: { trials: { found(): SourceEvidence[] } }) {
      mockBefore = trials.found();
    }
    look() {
      const counts = { sent: 100, failed: 0 };
      const color = { probes: counts, healthy: 2, needed: 2 };
      const evidence: Evidence = {
        release: { ...color, color: "green" },
        baseline: { ...color, color: "blue" },
        found: [],
        recent: { probes: { release: counts, baseline: counts } },
        isCompared: false,
        alarms: [],
        baselineAlarms: [],
        loadBalancerAlarms: [],
        judgedSince: 0,
        ...mockEvidence(),
      };
      return Promise.resolve(evidence);
    }
  },
}));
jest.mock("../../../cli/rollout/preview.ts", () => ({ previewOf: () => ({}) }));

let folder: string;
let verdicts: VerdictRecord[];
let kept: string[];
beforeEach(() => {
  [mockNow, mockEvidence, verdicts, kept] = [0, () => ({}), [], []];
  folder = mkdtempSync(path.join(os.tmpdir(), "analyze-"));
  jest.spyOn(Date, "now").mockImplementation(() => mockNow);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const found = (evidence: number): SourceEvidence => ({
  source: "requests",
  evidence,
  threshold: 333,
  release: { sent: 600, failed: 12 },
  baseline: { sent: 5400, failed: 5 },
});

function watch(seconds: number, { isObserver = false, before }: { isObserver?: boolean; before?: VerdictRecord } = {}) {
  const world = {
    weights: { live: { blue: 90, green: 10 } },
    fleets: { blue: { healthy: 2 } },
    settings: { deployed: { capacityFloor: 2 } },
  };
  const rollout = {
    session: { signal: new AbortController().signal, stackRef: { folder }, settings: { alarmErrorPercent: 3 } },
    recorded: { outputs: {} },
    record: { color: "green", weights: [], verdict: before },
    world,
    isObserver,
    tryNote: ({ verdict }: { verdict: VerdictRecord }) => Promise.resolve(void verdicts.push(verdict)),
  } as unknown as RolloutContext;
  return {
    rollout,
    end: () =>
      analyze(rollout, "green", seconds, {
        now: () => undefined,
        watch: () => undefined,
        keep: (line) => void kept.push(line),
      }),
  };
}

test("given nothing against it, then it is watched for its time, and the record has the evidence", async () => {
  mockEvidence = () => ({ found: [found(1.2)] });
  await watch(90).end();
  expect(mockNow).toBe(90_000);
  expect(verdicts.map(({ kind }) => kind)).toEqual(["go", "go", "go"]);
  expect(verdicts[2]).toMatchObject({ observed: false, evidence: [found(1.2)] });
  expect(kept).toEqual(["evidence 1.2, 330 needed (requests)"]);
});

test("given evidence that is enough, then it goes back at once, and the record says why", async () => {
  mockEvidence = () => (mockNow < 5_000 ? {} : { found: [found(400)] });
  await expect(watch(90).end()).rejects.toThrow(RollbackRequired);
  expect(mockNow).toBe(5_000);
  expect(verdicts.at(-1)).toMatchObject({
    kind: "back",
    why: expect.stringContaining("green failed 2 % of 600") as string,
  });
});

test.each<[string, () => ReturnType<typeof watch>]>([
  ["the command says so", () => watch(30, { isObserver: true })],
  [
    "the project file says so",
    () => {
      writeFileSync(path.join(folder, "bluegreen.yaml"), "mode: observe\n");
      return watch(30);
    },
  ],
])(
  "given evidence that is enough, when it is only observed (%s), then nothing changes, and that is told once",
  async (_, of) => {
    mockEvidence = () => ({ found: [found(400)] });
    await of().end();
    expect(mockNow).toBe(30_000);
    expect(verdicts.at(-1)).toMatchObject({ kind: "back", observed: true });
    expect(kept.filter((line) => line.startsWith("observed, so nothing changes: green failed 2 %"))).toHaveLength(1);
  },
);

test("given a common cause that lasts, then no traffic moves, and it never goes back", async () => {
  mockEvidence = () => ({ loadBalancerAlarms: [{ name: "lb", state: "ALARM", composite: false }] });
  const { end } = watch(60);
  await expect(end()).rejects.toMatchObject({
    code: "failed",
    message: expect.stringMatching(/^No more traffic moves: alarm lb is on/) as string,
  });
  expect(mockNow).toBe(660_000);
});

test("given a common cause that ends, then the release goes on", async () => {
  mockEvidence = () =>
    mockNow < 100_000 ? { loadBalancerAlarms: [{ name: "lb", state: "ALARM", composite: false }] } : {};
  await watch(60).end();
  expect(mockNow).toBe(100_000);
});

test("given too little to judge by, then it goes back in the end", async () => {
  mockEvidence = () => ({
    alarms: [{ name: "green", state: "ALARM", composite: true, since: "1960-01-01T00:00:00Z" }],
  });
  await expect(watch(0).end()).resolves.toBeUndefined();
  await expect(watch(60).end()).rejects.toThrow(/^nobody can tell whether green is well/);
});

test("given what an earlier run has found, then it counts on", async () => {
  const before = { at: "", kind: "go", observed: false, evidence: [found(20)] } as const;
  await watch(0, { before }).end();
  expect(mockBefore?.[0].evidence).toBeCloseTo(20);
});

test("given a project file, then its limits are a floor, and the stack's alarm alone is none", () => {
  expect(rulesOf(watch(0).rollout)).toMatchObject({
    alpha: 0.01,
    effect: 1.2,
    limits: { errorPercent: 3 },
    floor: { percent: 0, points: 0 },
  });
  writeFileSync(path.join(folder, "bluegreen.yaml"), "alpha: 0.05\neffect: 2\nlimits: { errorPercent: 0.5 }\n");
  expect(rulesOf(watch(0).rollout)).toMatchObject({
    alpha: 0.05,
    effect: 2,
    limits: { errorPercent: 0.5 },
    floor: { percent: 0.5, points: 0 },
  });
});
