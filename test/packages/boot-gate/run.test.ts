import type { SpecResult } from "../../../packages/boot-gate/report.ts";
import { type GateParts, type Line, pauseAfter, runGate } from "../../../packages/boot-gate/run.ts";
import { fakeClock } from "./fake-clock.ts";

const passed: SpecResult = { kind: "passed", tests: 9, skipped: 1 };
const failed = (...failures: string[]): SpecResult => ({ kind: "failed", tests: 9, failures });
const group = { kind: "named", name: "blue" } as const;

/** The gate in a world where the spec gives these results, the last one again and again, each after 300 ms. */
function gate(results: SpecResult[], changes: Partial<GateParts> = {}) {
  const lines: Line[] = [];
  const clock = fakeClock();
  const sent: string[] = [];
  const parts: GateParts = {
    runSpec: () => {
      clock.pass(300);
      return Promise.resolve(results.length > 1 ? (results.shift() as SpecResult) : results[0]);
    },
    readInstance: () => Promise.resolve({ instanceId: "i-1", region: "r", group }),
    complete: ({ result }) => Promise.resolve(void sent.push(result)),
    answered: { read: () => undefined, write: () => undefined },
    clock,
    observe: () => Promise.resolve({ timeline: { kernel: 1.5, gate: 9 }, failedUnits: [] }),
    log: (line) => void lines.push(line),
    ...changes,
  };
  const stop = new AbortController();
  return { run: () => runGate(parts, 10, stop.signal), lines, clock, sent, stop };
}

const events = (lines: Line[]) => lines.map(({ event }) => event).join(" ");

it("answers CONTINUE as soon as the spec passes, and reports each new failure once", async () => {
  const { run, lines, sent, clock } = gate([failed("a", "b"), failed("a", "b"), failed("b"), passed]);
  expect(await run()).toBe(0);
  expect(sent).toEqual(["CONTINUE"]);
  expect(clock.now()).toBe(4 * 300 + 1_000 + 2_000 + 4_000);
  expect(lines).toEqual([
    { event: "start", deadline: 10 },
    { event: "spec", run: 1, result: "failed", tests: 9, failed: 2, seconds: 0.3 },
    { event: "failure", run: 1, test: "a" },
    { event: "failure", run: 1, test: "b" },
    { event: "spec", run: 3, result: "failed", tests: 9, failed: 1, seconds: 0.3 },
    { event: "failure", run: 3, test: "b" },
    { event: "spec", run: 4, result: "passed", tests: 9, skipped: 1, seconds: 0.3 },
    { event: "verdict", passed: true },
    { event: "timeline", kernel: 1.5, gate: 9 },
    { event: "answer", region: "r", group: "blue", instanceId: "i-1", result: "CONTINUE" },
  ]);
});

it("answers ABANDON at the deadline, and says why", async () => {
  const { run, lines, sent, clock } = gate([failed("a")]);
  expect(await run()).toBe(1);
  expect(sent).toEqual(["ABANDON"]);
  expect(clock.now()).toBeLessThanOrEqual(10_000);
  expect(clock.now()).toBeGreaterThan(8_500);
  expect(lines).toContainEqual({ event: "verdict", passed: false, reason: "1 failure left when the time was over" });
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [4, 5_000],
  [40, 5_000],
])("after run %i it pauses %i ms", (run, milliseconds) => expect(pauseAfter(run)).toBe(milliseconds));

it("answers ABANDON at once when the spec can't be run", async () => {
  const { run, lines, sent, clock } = gate([{ kind: "broken", reason: "goss exited with 78" }]);
  expect(await run()).toBe(1);
  expect(sent).toEqual(["ABANDON"]);
  expect(clock.pauses).toEqual([]);
  expect(events(lines)).toBe("start spec verdict timeline answer");
  expect(lines).toContainEqual({ event: "verdict", passed: false, reason: "goss exited with 78" });
});

it.each([
  ["that passes", passed, 0],
  ["that fails", failed("a"), 1],
] as const)("only reports for an instance %s in no group", async (_, result, code) => {
  const readInstance = () => Promise.resolve({ instanceId: "i-1", region: "r", group: { kind: "none" } as const });
  const { run, lines, sent } = gate([result], { readInstance });
  expect(await run()).toBe(code);
  expect(sent).toEqual([]);
  expect(lines.at(-1)).toEqual({ event: "answer", result: "none", why: "the instance is in no Auto Scaling group" });
});

it("ends with 1 when a passed instance can't say so, 30 s after the deadline at the latest", async () => {
  const complete = () => Promise.reject(new Error("connect ECONNREFUSED"));
  const { run, lines, clock } = gate([passed], { complete });
  expect(await run()).toBe(1);
  expect(clock.now()).toBeLessThanOrEqual(40_000);
  expect(clock.now()).toBeGreaterThan(30_000);
  expect(lines.filter(({ event }) => event === "retry").length).toBeGreaterThan(3);
  expect(lines.at(-1)).toEqual({ event: "answer", result: "failed", why: "Error: connect ECONNREFUSED" });
});

it("answers nothing when it is told to end before its verdict", async () => {
  const { run, lines, sent, stop } = gate([failed("a")], {
    runSpec: (signal) => {
      stop.abort();
      return Promise.reject(signal.reason as Error);
    },
  });
  expect(await run()).toBe(1);
  expect(sent).toEqual([]);
  expect(events(lines)).toBe("start stopped");
});

it("tells units that failed, of which its spec did not ask, and passes", async () => {
  const observed = { timeline: { gate: 9 }, failedUnits: ["vendor.service", "other.mount"] };
  const { run, lines, sent } = gate([passed], { observe: () => Promise.resolve(observed) });
  expect([await run(), sent]).toEqual([0, ["CONTINUE"]]);
  expect(lines).toContainEqual({ event: "failed-unit", unit: "vendor.service" });
  expect(lines).toContainEqual({ event: "failed-unit", unit: "other.mount" });
});

it("answers also where systemd does not tell how the boot went", async () => {
  const { run, lines, sent } = gate([passed], { observe: () => Promise.reject(new Error("no bus")) });
  expect([await run(), sent]).toEqual([0, ["CONTINUE"]]);
  expect(lines).toContainEqual({ event: "timeline", why: "no bus" });
});
