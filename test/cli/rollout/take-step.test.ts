import type { RolloutContext } from "../../../cli/rollout/context.ts";
import { RollbackRequired } from "../../../cli/rollout/hooks.ts";
import type { Next } from "../../../cli/rollout/next.ts";
import { takeStep } from "../../../cli/rollout/take-step.ts";
import { stages, type LiveState, type ReleaseRecord } from "../../../cli/state/model.ts";
import { bar } from "../../../cli/ui.ts";
import { before, record, v2, weights, world } from "../worlds.ts";

/** What was done, in its order. */
const mockDone: unknown[] = [];
/** The check that fails; undefined: none does. */
let mockFailing: string | undefined;
jest.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, _: unknown, options?: { signal?: AbortSignal }) => {
    if (!options?.signal) throw new Error("Ctrl-C would not end this pause");
    mockDone.push(`pause ${ms}`);
    return Promise.resolve();
  },
}));
jest.mock("../../../cli/rollout/analyze.ts", () => ({
  analyze: (_: unknown, color: string, seconds: number) =>
    Promise.resolve(void mockDone.push(`analyze ${color} ${seconds}`)),
}));
jest.mock("../../../cli/rollout/check.ts", () => ({
  ...jest.requireActual<object>("../../../cli/rollout/check.ts"),
  check: (_: unknown, color: string) => {
    mockDone.push(`check ${color}`);
    return Promise.resolve([
      { name: "ready", ok: true, detail: "" },
      { name: "errors", ok: mockFailing === undefined, detail: mockFailing },
    ]);
  },
}));
jest.mock("../../../cli/rollout/prove.ts", () => ({
  prove: (_: unknown, color: string) => {
    mockDone.push(`prove ${color}`);
    return Promise.resolve([{ name: "new writes, old reads", ok: mockFailing === undefined, detail: mockFailing }]);
  },
}));
jest.mock("../../../cli/rollout/hooks.ts", () => ({
  ...jest.requireActual<object>("../../../cli/rollout/hooks.ts"),
  runStage: async (_: unknown, stage: string, __: unknown, color: string, run: () => Promise<unknown>) => {
    mockDone.push(`begin ${stage} ${color}`);
    const result = await run();
    mockDone.push(`end ${stage} ${color}`);
    return result;
  },
}));
jest.mock("../../../cli/rollout/stage.ts", () => ({
  ...jest.requireActual<object>("../../../cli/rollout/stage.ts"),
  stage: (_: unknown, __: unknown, size: number) => Promise.resolve(void mockDone.push(`stage ${size}`)),
  abortStaging: (_: unknown, __: unknown, why: string) => Promise.resolve(void mockDone.push(`abort: ${why}`)),
}));
jest.mock("../../../cli/rollout/traffic.ts", () => ({
  flip: (_: unknown, color: string) => Promise.resolve(void mockDone.push(`flip ${color}`)),
  shift: (_: unknown, color: string, weight: number) => Promise.resolve(void mockDone.push(`shift ${color} ${weight}`)),
  rollBack: (_: unknown, to: string, why: string, options: object) =>
    Promise.resolve(void mockDone.push(`back to ${to}: ${why} ${JSON.stringify(options)}`)),
}));
jest.mock("../../../cli/rollout/retire.ts", () => ({
  requireRetirable: () => mockDone.push("may it go"),
  retire: (_: unknown, old: string) => Promise.resolve(void mockDone.push(`retire ${old}`)),
  endRetirement: (_: unknown, old: string) => Promise.resolve(void mockDone.push(`is ${old} gone`)),
}));
jest.mock("../../../cli/rollout/repair.ts", () => ({
  repairInterrupted: (_: unknown, { why }: { why: string }) => Promise.resolve(void mockDone.push(`repair: ${why}`)),
}));

/** Takes a step. @param looked what a later look at the stack shows @returns what was done, and the error of the end */
async function take(
  next: Next,
  { change = {}, looked = {} }: { change?: Partial<LiveState>; looked?: Partial<LiveState> } = {},
) {
  mockDone.length = 0;
  const said: string[] = [];
  const rollout = {
    world: world(change),
    record: change.record,
    session: {
      signal: new AbortController().signal,
      ui: {
        say: (line: string) => mockDone.push(line),
        step: <T>(stage: string, _: string, run: (tell: object) => Promise<T>) => {
          expect(stages).toContain(stage);
          return run({ watch: (line: string) => said.push(line) });
        },
      },
    },
    look: () => Promise.resolve(world(looked)),
    note: (event: { kind: string; outcome: string }) =>
      Promise.resolve(void mockDone.push(`${event.kind} ${event.outcome}`)),
    notify: (notice: { kind: string; color: string }) =>
      Promise.resolve(void mockDone.push(`notice ${notice.kind} ${notice.color}`)),
  };
  const error: unknown = await takeStep(rollout as unknown as RolloutContext, v2, next).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { done: [...mockDone], error, said };
}
afterEach(() => (mockFailing = undefined));

const color = "green";

test.each<[Next, string[]]>([
  [{ kind: "recover", why: "cut off" }, ["repair: cut off"]],
  [{ kind: "stage", color, previewSize: 1 }, ["begin stage green", "stage 1", "end stage green"]],
  [{ kind: "check", color }, ["begin check green", "check green", "end check green"]],
  // The hooks of the checks have run.
  [{ kind: "prove", color }, ["prove green"]],
  [{ kind: "shift", color, weight: 10 }, ["begin cutover green", "shift green 10", "end cutover green"]],
  // The hooks of a cut-over belong to its moves of traffic.
  [{ kind: "hold", color, seconds: 60 }, ["analyze green 60"]],
  [{ kind: "flip", color }, ["begin cutover green", "flip green", "end cutover green"]],
  // A fleet is asked whether it may go before the team's hooks do something about it.
  [
    { kind: "retire", color: "blue" },
    ["may it go", "begin retire green", "retire blue", "end retire green", "is blue gone"],
  ],
  [{ kind: "keep", seconds: 1.5 }, ["pause 1000", "pause 1000"]],
  [{ kind: "done", color }, ["green serves v2.0.0."]],
])("given %j, then that is done between the hooks of its stage", async (next, done) =>
  expect(await take(next)).toMatchObject({ done, error: undefined }),
);

test("given an old fleet that is kept, then it is said for how long still", async () =>
  expect((await take({ kind: "keep", seconds: 2 })).said).toEqual([`${bar(0)} 2s left`, `${bar(0.5)} 1s left`]));

test("fails with the reason of a refusal", async () =>
  expect(await take({ kind: "refuse", why: "not now" })).toMatchObject({
    done: [],
    error: { code: "refused", message: "not now" },
  }));

test("given a check that fails, then the image goes back, and why is said", async () => {
  mockFailing = "8 of 50 requests failed";
  const { error } = await take({ kind: "check", color });
  expect(error).toBeInstanceOf(RollbackRequired);
  expect(error).toMatchObject({ message: "errors: 8 of 50 requests failed" });
});

test("given a rollback that is not proved, then the image goes back, and why is said", async () => {
  mockFailing = "v1 did not read it";
  const { error } = await take({ kind: "prove", color });
  expect(error).toBeInstanceOf(RollbackRequired);
  expect(error).toMatchObject({ message: "new writes, old reads: v1 did not read it" });
});

describe("a bake", () => {
  const bake: Next = { kind: "bake", color, seconds: 600 };
  const watched = ["begin bake green", "analyze green 600", "check green"];

  test("is watched and checked once more, and then the image is released", async () =>
    expect(await take(bake, { looked: { weights: weights(0, 100) } })).toMatchObject({
      done: [...watched, "end bake green", "ended released", "notice released green"],
      error: undefined,
    }));

  test("given traffic that somebody has moved meanwhile, then the image is not released", async () => {
    const { done, error } = await take(bake, { looked: { weights: weights(1, 99) } });
    expect(done).toEqual([...watched, "end bake green"]);
    expect(error).toMatchObject({ code: "failed", message: expect.stringContaining("blue 1 %, green 99 %") as string });
  });

  test("given a check that fails in the end, then the image goes back", async () => {
    mockFailing = "p95 2 s";
    const { done, error } = await take(bake);
    expect(done).toEqual(watched);
    expect(error).toBeInstanceOf(RollbackRequired);
  });
});

describe("a rollback that was begun", () => {
  const back: Next = { kind: "rollback", to: "blue", why: "errors" };
  const moved = (share: number): ReleaseRecord =>
    record({ weights: [{ at: before(9), blue: 100 - share, green: share }] });

  test.each<[string, Partial<LiveState>]>([
    ["has had requests, and has none now", { record: moved(10) }],
    ["has requests that were never noted", { record: record(), weights: weights(90, 10) }],
  ])("given an image that %s, then traffic goes back, whatever the gate says", async (_, change) =>
    expect((await take(back, { change })).done).toEqual(['back to blue: errors {"insist":true}']),
  );

  test.each<[string, Partial<LiveState>]>([
    ["an image that never had requests", { record: moved(0) }],
    ["no record of a release", {}],
  ])("given %s, then no traffic is moved, and the standby is put back", async (_, change) =>
    expect((await take(back, { change })).done).toEqual(["abort: errors"]),
  );
});
