import { answerOf, decide, readDeadline, type Verdict } from "../../../packages/boot-gate/gate.ts";
import type { Instance } from "../../../packages/boot-gate/imds.ts";
import type { SpecResult } from "../../../packages/boot-gate/report.ts";

const passed: SpecResult = { kind: "passed", tests: 9, skipped: 0 };
const one: SpecResult = { kind: "failed", tests: 9, failures: ["a"] };
const two: SpecResult = { kind: "failed", tests: 9, failures: ["a", "b"] };
const broken: SpecResult = { kind: "broken", reason: "goss exited with 78" };

describe("decide", () => {
  it.each<[string, SpecResult, boolean, Verdict | "again"]>([
    ["passed", passed, false, { passed: true }],
    ["passed at the last moment", passed, true, { passed: true }],
    ["failed, with time left", one, false, "again"],
    ["failed, at the end", one, true, { passed: false, reason: "1 failure left when the time was over" }],
    ["failed twice, at the end", two, true, { passed: false, reason: "2 failures left when the time was over" }],
    ["broken, with time left", broken, false, { passed: false, reason: "goss exited with 78" }],
    ["broken, at the end", broken, true, { passed: false, reason: "goss exited with 78" }],
  ])("%s", (_, result, timeIsOver, expected) => expect(decide(result, timeIsOver)).toEqual(expected));
});

const instanceId = "i-0123456789abcdef0";
const pass: Verdict = { passed: true };
const fail: Verdict = { passed: false, reason: "r" };

describe("answerOf", () => {
  const groups: Record<Instance["group"]["kind"], Instance["group"]> = {
    named: { kind: "named", name: "blue" },
    unknown: { kind: "unknown" },
    none: { kind: "none" },
  };

  it.each<[keyof typeof groups, Verdict, string | undefined, string]>([
    ["named", pass, undefined, "complete CONTINUE blue"],
    ["named", fail, undefined, "complete ABANDON blue"],
    ["named", pass, "i-00000000000000000", "complete CONTINUE blue"],
    ["named", fail, "i-00000000000000000", "complete ABANDON blue"],
    ["named", pass, instanceId, "none: the instance has answered at an earlier boot"],
    ["named", fail, instanceId, "none: the instance has answered at an earlier boot"],
    ["unknown", pass, undefined, "later: the instance is in a group"],
    ["unknown", fail, undefined, "later: the instance is in a group"],
    ["unknown", pass, instanceId, "none: the instance has answered at an earlier boot"],
    ["none", pass, undefined, "none: the instance is in no Auto Scaling group"],
    ["none", fail, undefined, "none: the instance is in no Auto Scaling group"],
    ["none", pass, instanceId, "none: the instance is in no Auto Scaling group"],
  ])("group %s, verdict %j, answered %s: %s", (group, verdict, answered, expected) => {
    const answer = answerOf({ instanceId, region: "eu-central-1", group: groups[group] }, verdict, answered);
    const said =
      answer.kind === "complete" ? `complete ${answer.result} ${answer.group}` : `${answer.kind}: ${answer.why}`;
    expect(said.startsWith(expected)).toBe(true);
  });
});

describe("readDeadline", () => {
  it.each([
    [undefined, 180],
    ["1", 1],
    ["240", 240],
  ])("%s is %d s", (value, expected) => expect(readDeadline(value)).toBe(expected));

  it.each(["", "0", "241", "-5", "1.5", "1e2", "soon"])("fails on %j, and says what is allowed", (value) =>
    expect(() => readDeadline(value)).toThrow(
      `BLUEGREEN_BOOT_DEADLINE is "${value}"; allowed are whole seconds from 1 to 240`,
    ),
  );
});
