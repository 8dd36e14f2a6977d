import fc from "fast-check";
import { colors, other, type Color } from "../../../deployment/model.ts";
import type { Begun } from "../../../cli/store/record.ts";
import { parseStrategy } from "../../../cli/analysis/strategy.ts";
import type { ReleaseRecord, ReleaseSettings } from "../../../cli/state/model.ts";
import { CliError } from "../../../cli/error.ts";
import { RolloutContext } from "../../../cli/rollout/context.ts";
import { RollbackRequired } from "../../../cli/rollout/hooks.ts";
import type { Goal } from "../../../cli/rollout/next.ts";
import { release } from "../../../cli/rollout/release.ts";
import type { Session } from "../../../cli/session.ts";
import { now } from "../worlds.ts";
import { bounds, goalImage, Killed, SimulatedStack, type Scenario } from "./simulated-stack.ts";

// The commands' own code over a stack of numbers: what it asks of AWS, of the table and of the engine ends there.
interface Simulated {
  readonly stack: SimulatedStack;
}
jest.mock("node:timers/promises", () => ({
  setTimeout: (milliseconds: number) => {
    jest.setSystemTime(Date.now() + milliseconds);
    return Promise.resolve();
  },
}));
jest.mock("../../../cli/state/read.ts", () => ({
  readLiveState: ({ stack }: Simulated) =>
    Promise.resolve().then(() => ({ world: stack.world(), recorded: recordedBy(stack) })),
}));
jest.mock("../../../cli/store/acquire.ts", () => ({
  acquireLock: (stack: SimulatedStack) =>
    Promise.resolve({
      before: { left: [], tookOver: stack.tookOver ? { holder: { by: "", host: "", pid: 1 }, expires: 0 } : undefined },
      checkOnce: () => Promise.resolve().then(() => stack.moment()),
      check: () => Promise.resolve().then(() => stack.moment()),
      release: () => Promise.resolve(),
      isLost: false,
    }),
}));
jest.mock("../../../cli/store/records.ts", () => ({
  openRecord: (stack: SimulatedStack, _: string, begun: Begun) => Promise.resolve().then(() => stack.openRecord(begun)),
  saveRecord: (stack: SimulatedStack, _: string, record: ReleaseRecord) =>
    Promise.resolve().then(() => stack.saveRecord(record)),
}));
jest.mock("../../../cli/store/revision.ts", () => ({
  writeRevision: (stack: SimulatedStack) => Promise.resolve().then(() => (stack.moment(), 1)),
}));
jest.mock("../../../cli/store/notify.ts", () => ({ notify: () => Promise.resolve([]) }));
jest.mock("../../../cli/state/describe.ts", () => ({
  groupsOf: () => Promise.resolve([]),
  policiesOf: () => Promise.resolve([]),
  unknownTo: () => [],
}));
jest.mock("../../../cli/rollout/schema.ts", () => ({ requireSchema: () => Promise.resolve() }));
jest.mock("../../../cli/rollout/preview.ts", () => ({ previewOf: (_: unknown, settings: Simulated) => settings }));
/** Hooks that ran, each by its name; undefined: the project has none. */
let mockHooked: string[] | undefined;
jest.mock("../../../cli/analysis/project-file.ts", () => ({
  readProjectFile: () => {
    const named = (when: string) =>
      mockHooked && Object.fromEntries(mockStages.map((stage) => [stage, [`${when} ${stage}`]]));
    return {
      limits: {},
      checks: [],
      hooks: { before: named("before") ?? {}, after: named("after") ?? {} },
      environment: [],
    };
  },
}));
jest.mock("../../../cli/analysis/hooks.ts", () => ({
  runHooks: (commands: string[]) => {
    mockHooked?.push(...commands);
    return Promise.resolve({ kind: "go" });
  },
}));
const mockStages = ["stage", "check", "cutover", "bake", "rollback", "retire"];
jest.mock("../../../cli/analysis/checks.ts", () => ({
  runChecks: ({ preview: { stack } }: { preview: Simulated }) =>
    Promise.resolve().then(() => {
      mockHooked?.push(`checks, the record says ${stack.records.at(-1)?.stage}`);
      const ok = stack.look();
      return [{ at: new Date().toISOString(), name: "ready", ok, detail: ok ? "200" : "500" }];
    }),
}));
jest.mock("../../../cli/rollout/analyze.ts", () => ({
  limitsOf: () => ({}),
  analyze: ({ session: { stack } }: { session: Simulated }, _: Color, seconds: number) =>
    Promise.resolve().then(() => {
      jest.setSystemTime(Date.now() + Math.ceil(seconds / 2) * 1000);
      if (!stack.look()) throw new RollbackRequired("5 % failed");
      jest.setSystemTime(Date.now() + Math.ceil(seconds / 2) * 1000);
    }),
}));

beforeEach(() => {
  const real = ["hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate", "setTimeout"] as const;
  jest.useFakeTimers({ now, doNotFake: [...real, "setInterval", "clearImmediate", "clearTimeout", "clearInterval"] });
});
afterEach(() => {
  jest.useRealTimers();
});

const recordedBy = (stack: SimulatedStack) => ({
  outputs: stack.outputs(),
  weights: stack.recorded,
  templateImages: {},
  groupNames: [],
  policyNames: [],
  pending: stack.pending,
});

function sessionOn(stack: SimulatedStack): Session {
  const tell = { now: () => undefined, keep: () => undefined };
  const operate = (operation: string) =>
    Promise.resolve().then(() => {
      try {
        const touched = operation === "refresh" ? void stack.refresh() : stack.up();
        return { ok: true, changes: (touched ?? []).map((name) => ({ custom: true, type: "aws:x:Y", name })) };
      } catch (error) {
        if (error instanceof Killed) throw error;
        return { ok: false, error: (error as Error).message, changes: [] };
      }
    });
  return {
    stack,
    signal: new AbortController().signal,
    stackRef: { folder: "/nowhere", stack: "dev" },
    project: "bluegreen",
    settings: { ...bounds, stack },
    // Groups of the simulation are empty as soon as they are told to be.
    clients: { dynamodb: stack, autoScaling: { send: () => Promise.resolve({ AutoScalingGroups: [] }) } },
    file: { write: (settings: ReleaseSettings) => Promise.resolve().then(() => stack.write(settings)) },
    runner: { run: operate, prepare: () => undefined, end: () => undefined },
    holder: { by: "alice@desk", host: "desk", pid: 1 },
    ui: { step: (_: string, __: string, run: (t: typeof tell) => unknown) => run(tell), say: () => undefined },
    readState: () => Promise.resolve(recordedBy(stack)),
  } as unknown as Session;
}

/** One run of `bluegreen release`: how it ended, or why it refused to go on. */
async function run(stack: SimulatedStack, goal: Goal): Promise<string> {
  try {
    const rollout = await RolloutContext.open(sessionOn(stack), { doing: "release v2.0.0" });
    await release(rollout, goalImage, goal);
    return stack.dead ? "killed" : "released";
  } catch (error) {
    // A process that is dead doesn't catch anything either.
    if (stack.dead) return "killed";
    if (!(error instanceof CliError)) throw error;
    return error.code === "rolledBack" ? "rolled-back" : error.message;
  }
}

const often = <T>(weight: number, usual: T, rare: T) =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, fc.constant(rare));
const scenarios = fc.record<Scenario>({
  serving: fc.constantFrom(...colors),
  size: fc.integer({ min: bounds.minSize, max: 4 }),
  standby: fc.constantFrom("off", "warm"),
  neverHealthy: often(4, false, true),
  looks: fc.array(often(6, true, false), { maxLength: 12 }),
  growth: fc.array(often(4, false, true), { maxLength: 40 }),
  kills: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 8 }),
});
const goals = fc
  .record({
    strategy: fc.constantFrom("all-at-once", "canary=10%,1m", "canary=5%,1m,50%,1m", "linear=30%/1m"),
    bakeSeconds: fc.constantFrom(0, 60),
    previewSize: fc.constantFrom(0, 1),
    retireAfterSeconds: fc.constantFrom(undefined, 0, 30),
  })
  .map(({ strategy, ...rest }): Goal => ({ imageId: goalImage.imageId, strategy: parseStrategy(strategy), ...rest }));

/** Gives the same command again until the release has ended; returns how each run ended. */
async function story(scenario: Scenario, goal: Goal): Promise<string[]> {
  jest.setSystemTime(now);
  const stack = new SimulatedStack(scenario);
  const ends: string[] = [];
  for (const killAt of [...scenario.kills, Infinity, Infinity, Infinity]) {
    stack.begin(killAt);
    ends.push(await run(stack, goal));
    expect([ends, stack.harm]).toEqual([ends, []]);
    if (["released", "rolled-back"].includes(ends.at(-1) ?? "")) break;
  }
  const end = ends.at(-1);
  expect([ends, end]).toEqual([ends, expect.stringMatching(/^(released|rolled-back)$/)]);
  const [old, serving] = [scenario.serving, end === "released" ? other(scenario.serving) : scenario.serving];
  expect(stack.live).toEqual({ [serving]: 100, [other(serving)]: 0 });
  expect(stack.recorded).toEqual(stack.live);
  expect(stack.file).toMatchObject({ activeColor: serving, standbyWeight: 0 });
  const last = { outcome: end, color: other(old), image: goalImage, from: { color: old } };
  expect(stack.records.at(-1)).toMatchObject(last);
  expect(stack.records.filter(({ outcome }) => outcome === "running")).toEqual([]);
  return ends;
}

it("given a release that is killed at any moment and given again, then it ends released or rolled back, and its traffic, settings and record agree", async () => {
  const ends: string[] = [];
  await fc.assert(
    fc.asyncProperty(scenarios, goals, async (scenario, goal) => void ends.push(...(await story(scenario, goal)))),
    { numRuns: 200 },
  );
  // The scenarios do lead to all of it.
  for (const end of ["released", "rolled-back", "killed"])
    expect(ends.filter((one) => one === end).length).toBeGreaterThan(20);
});

it("given a bad release that is killed at its flip and again in its rollback, then it is rolled back", async () => {
  // Checked, and bad once it serves; the kills are around its flip, then anywhere.
  const scenario = { serving: "blue", size: 2, standby: "warm", neverHealthy: false, growth: [] } as const;
  const goal = { imageId: goalImage.imageId, strategy: parseStrategy("all-at-once"), bakeSeconds: 60, previewSize: 0 };
  for (let first = 18; first < 38; first++) {
    for (let second = 1; second < 24; second++) {
      const kills = [first, second];
      const ends = await story({ ...scenario, looks: [true, false, false, false], kills }, goal);
      expect([kills, ends.at(-1)]).toEqual([kills, "rolled-back"]);
    }
  }
});

it("given hooks around every stage, when a release goes through, then each stage has its own and no other's", async () => {
  const well = { neverHealthy: false, looks: [], growth: [], kills: [] };
  mockHooked = [];
  try {
    const strategy = parseStrategy("canary=10%,1m");
    const goal = { imageId: goalImage.imageId, strategy, bakeSeconds: 60, previewSize: 0, retireAfterSeconds: 0 };
    await story({ serving: "blue", size: 2, standby: "off", ...well }, goal);
    expect(mockHooked).toEqual([
      ...["before stage", "after stage"],
      ...["before check", "checks, the record says check", "after check"],
      // The first share, and all of the requests.
      ...["before cutover", "after cutover", "before cutover", "after cutover"],
      ...["before bake", "checks, the record says bake", "after bake"],
      ...["before retire", "after retire"],
    ]);
  } finally {
    mockHooked = undefined;
  }
});
