import fc from "fast-check";
import {
  afterCheck,
  matches,
  registering,
  type CheckResult,
  type Health,
} from "../../../../packages/local-aws/elb/health.ts";
import { describeTarget, describeUnregistered } from "../../../../packages/local-aws/elb/target-health.ts";
import { targetGroup } from "./fixtures.ts";

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
const pass: CheckResult = { ok: true };
const fail: CheckResult = { ok: false, reason: "Target.Timeout", description: "Request timed out" };

function after(checks: string): Health {
  return [...checks].reduce(
    (health, check) => afterCheck(health, check === "+" ? pass : fail, thresholds),
    registering,
  );
}

test.each([
  ["", "initial", "Elb.RegistrationInProgress"],
  ["+", "healthy", undefined],
  ["-", "initial", "Elb.InitialHealthChecking"],
  ["-+", "healthy", undefined],
  ["--", "unhealthy", "Target.Timeout"],
  ["+-", "healthy", undefined],
  ["+-+-", "healthy", undefined],
  ["+--", "unhealthy", "Target.Timeout"],
  ["--++", "unhealthy", "Target.Timeout"],
  ["--+++", "healthy", undefined],
  ["--++-+++", "healthy", undefined],
])("after the checks '%s' a target is %s", (checks, state, reason) => {
  expect(after(checks)).toMatchObject({ state, ...(reason ? { reason } : {}) });
});

test("is healthy after enough passes and unhealthy after enough failures, whatever came before", () => {
  const history = fc.string({ unit: fc.constantFrom("+", "-"), maxLength: 20 });
  fc.assert(fc.property(history, (before) => after(`${before}+++`).state === "healthy"));
  fc.assert(fc.property(history, (before) => after(`${before}--`).state === "unhealthy"));
});

test.each([
  ["200", 200, true],
  ["200", 204, false],
  ["200-299", 204, true],
  ["200,302", 302, true],
  ["200,300-302", 303, false],
])("matcher %s and status %d: %p", (matcher, status, expected) => {
  expect(matches(matcher, status)).toBe(expected);
});

describe("describeTarget", () => {
  const target = { id: "i-1", port: 3000, draining: false, health: after("--") };
  test.each([
    ["draining before all else", { ...target, draining: true }, false, false, "draining"],
    ["unused when the machine doesn't run", target, false, true, "unused"],
    ["unused when nobody names the group", target, true, false, "unused"],
    ["unused in a zone that is not enabled", { ...target, zone: "c" }, true, true, "unused"],
    ["what the checks say in one that is", { ...target, zone: "b" }, true, true, "unhealthy"],
    ["what the checks say", target, true, true, "unhealthy"],
  ])("says %s", (_name, subject, running, used, state) => {
    const pool = { group: targetGroup("blue"), used, zones: new Set(["a", "b"]) };
    expect(describeTarget(pool, subject, running)).toMatchObject({ state });
  });

  test("knows a target that isn't registered", () => {
    expect(describeUnregistered(targetGroup("blue"), { id: "i-9" })).toMatchObject({
      state: "unused",
      reason: "Target.NotRegistered",
      port: 3000,
    });
  });
});
