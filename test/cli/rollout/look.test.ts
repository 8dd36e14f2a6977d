import type { Evidence } from "../../../cli/analysis/evidence.ts";
import { lookOf } from "../../../cli/rollout/analyze.ts";

const evidence = (sent: number, failed: number): Evidence => {
  const color = { probes: { sent, failed, p95: sent }, healthy: 2, needed: 2 };
  return {
    release: { color: "green", ...color },
    baseline: { color: "blue", ...color },
    found: [],
    recent: { probes: { release: { sent, failed }, baseline: { sent, failed } } },
    isCompared: false,
    alarms: [],
    baselineAlarms: [],
    loadBalancerAlarms: [],
    judgedSince: 0,
  };
};

test("given more requests that went well, then a look is no news", () =>
  expect(lookOf(evidence(200, 0), { kind: "go" })).toEqual(lookOf(evidence(205, 0), { kind: "go" })));

test("given a wait of which only the figures differ, then a look is no news", () => {
  const waits = (why: string) => lookOf(evidence(5, 0), { kind: "wait", why });
  expect(waits("5 of 20 requests")).toEqual(waits("10 of 20 requests"));
});

test.each([
  ["a failure", lookOf(evidence(200, 1), { kind: "go" })],
  ["another verdict", lookOf(evidence(200, 0), { kind: "wait", why: "alarm x is on" })],
  ["another reason", lookOf(evidence(200, 0), { kind: "back", why: ["alarm y is on"] })],
])("given %s, then a look is news", (_, look) => expect(look).not.toEqual(lookOf(evidence(200, 0), { kind: "go" })));
