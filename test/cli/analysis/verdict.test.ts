import fc from "fast-check";
import type { AlarmFacts } from "../../../cli/state/model.ts";
import type { Counts, Evidence, MetricCounts } from "../../../cli/analysis/evidence.ts";
import { defaultLimits, verdict } from "../../../cli/analysis/verdict.ts";

const judgedSince = Date.parse("2026-01-01T12:00:00Z");
const counts = (sent: number, failed = 0, p95 = 50): Counts => ({ sent, failed, p95 });
const minutes = (sent: number, failed = 0, p95 = 50): MetricCounts => ({ sent, failed, p95, minutes: 5 });
const alarm = (name: string, state: AlarmFacts["state"], time = "12:10:00", composite = false): AlarmFacts => ({
  name,
  state,
  composite,
  reason: `${name}'s reason`,
  since: `2026-01-01T${time}Z`,
});
const composite = (state: AlarmFacts["state"], time?: string) => alarm("green", state, time, true);

interface Changes {
  probes?: Counts;
  metrics?: MetricCounts;
  oldProbes?: Counts;
  oldMetrics?: MetricCounts;
  healthy?: number;
  alarms?: AlarmFacts[];
  loadBalancerAlarms?: AlarmFacts[];
  unreachable?: string;
}

const evidence = (changes: Changes = {}): Evidence => ({
  release: {
    color: "green",
    probes: changes.probes ?? counts(40),
    metrics: changes.metrics,
    healthy: changes.healthy ?? 2,
    needed: 2,
  },
  baseline: {
    color: "blue",
    healthy: 2,
    needed: 2,
    probes: changes.oldProbes ?? counts(40),
    metrics: changes.oldMetrics,
  },
  alarms: changes.alarms ?? [composite("OK"), alarm("green-errors", "OK")],
  loadBalancerAlarms: changes.loadBalancerAlarms ?? [],
  judgedSince,
  unreachable: changes.unreachable,
});

const nobody: Counts = { sent: 0, failed: 0 };

test.each<[string, Changes]>([
  ["all is well", {}],
  ["there is no old colour to compare with", { oldProbes: nobody }],
  ["just so many failures as the limit allows", { probes: counts(200, 2) }],
  ["it fails no more than the old colour and a point", { probes: counts(100, 6), oldProbes: counts(100, 5) }],
  ["the old colour fails, the new one doesn't", { oldProbes: counts(100, 50) }],
  ["it is slower within the limit", { probes: counts(40, 0, 200) }],
  ["an old colour with few answers is no measure of time", { probes: counts(40, 0, 900), oldProbes: counts(19) }],
  ["alarms have no data", { alarms: [composite("INSUFFICIENT_DATA"), alarm("green-p95", "INSUFFICIENT_DATA")] }],
  ["metrics are good", { metrics: minutes(5000, 10), oldMetrics: minutes(50_000, 0) }],
  ["metrics of few requests say nothing", { metrics: minutes(19, 19) }],
  [
    "the preview listener can't be reached from here, but users' requests are enough",
    { probes: nobody, unreachable: "refused", metrics: minutes(20) },
  ],
  [
    "the preview listener can't be reached from here, and for minutes no user came",
    { probes: nobody, unreachable: "refused", metrics: minutes(0) },
  ],
  ["more targets are healthy than needed", { healthy: 3 }],
])("goes on: %s", (_, changes) => expect(verdict(evidence(changes))).toEqual({ kind: "go" }));

test.each<[string, Changes, string]>([
  ["there are few requests yet", { probes: counts(19) }, "too little is known of green yet: 19 of 20 requests"],
  [
    "also when all of the few failed",
    { probes: counts(19, 19) },
    "too little is known of green yet: 19 of 20 requests",
  ],
  ["the preview listener can't be reached from here", { probes: nobody, unreachable: "refused" }, "0 of 20 requests"],
  [
    "the preview listener can't be reached from here, and few users came",
    { probes: nobody, unreachable: "refused", metrics: { sent: 3, failed: 0, minutes: 2 } },
    "3 of 20 requests",
  ],
  [
    "a single request failed",
    { probes: counts(40, 1) },
    "green failed 2.5 % of 40, 1 % allowed; blue 0 % of 40 (requests through the preview listener); more requests will tell",
  ],
  [
    "an alarm was on before the release got requests",
    { alarms: [composite("ALARM", "11:00:00"), alarm("green-unhealthy", "ALARM", "11:00:00")] },
    "alarm green-unhealthy is on: green-unhealthy's reason (about the time before the release got requests",
  ],
  [
    "an alarm went off too soon to be about the release",
    { alarms: [composite("ALARM", "12:00:59"), alarm("green-unhealthy", "ALARM", "12:00:59")] },
    "about the time before the release got requests",
  ],
  [
    "an alarm came minutes late, and its bad data points are of the time before",
    { alarms: [composite("ALARM"), { ...alarm("green-unhealthy", "ALARM"), badSince: "2026-01-01T11:59:00Z" }] },
    "alarm green-unhealthy is on: green-unhealthy's reason (about the time before the release got requests",
  ],
  [
    "a part is on and the composite alarm has not followed",
    { alarms: [composite("OK"), alarm("green-p95", "ALARM")] },
    "alarm green-p95 is on: green-p95's reason; green's composite alarm has not followed yet",
  ],
  ["the load balancer's alarm is on", { loadBalancerAlarms: [alarm("lb", "ALARM")] }, "alarm lb is on: lb's reason"],
])("waits: %s", (_, changes, why) =>
  expect(verdict(evidence(changes))).toEqual({ kind: "wait", why: expect.stringContaining(why) as string }),
);

test("given two reasons to wait, then both are named", () =>
  expect(verdict(evidence({ probes: counts(3), loadBalancerAlarms: [alarm("lb", "ALARM")] }))).toEqual({
    kind: "wait",
    why: "alarm lb is on: lb's reason; too little is known of green yet: 3 of 20 requests",
  }));

test.each<[string, Changes, string[]]>([
  [
    "it fails more than the limit",
    { probes: counts(40, 5) },
    ["green failed 12.5 % of 40, 1 % allowed; blue 0 % of 40 (requests through the preview listener)"],
  ],
  [
    "it fails more than the old colour and a point",
    { probes: counts(100, 7), oldProbes: counts(100, 5) },
    ["green failed 7 % of 100, 6 % allowed; blue 5 % of 100 (requests through the preview listener)"],
  ],
  [
    "it fails, and of the old colour nothing is known",
    { probes: counts(20, 2), oldProbes: nobody },
    ["green failed 10 % of 20, 1 % allowed; blue is not known (requests through the preview listener)"],
  ],
  [
    "an old colour with few requests is no excuse",
    { probes: counts(20, 20), oldProbes: counts(19, 19) },
    ["green failed 100 % of 20, 1 % allowed; blue 100 % of 19 (requests through the preview listener)"],
  ],
  [
    "users' requests fail",
    { metrics: minutes(1000, 30), oldMetrics: minutes(9000, 9) },
    ["green failed 3 % of 1000, 1.1 % allowed; blue 0.1 % of 9000 (requests, by CloudWatch)"],
  ],
  [
    "it is slower than the limit",
    { probes: counts(40, 0, 201) },
    ["green's p95 is 201 ms, 200 ms allowed: the old colour's is 50 ms (requests through the preview listener)"],
  ],
  [
    "users wait longer",
    { metrics: minutes(40, 0, 2000), oldMetrics: minutes(40, 0, 100) },
    ["green's p95 is 2000 ms, 300 ms allowed: the old colour's is 100 ms (requests, by CloudWatch)"],
  ],
  ["targets are missing", { healthy: 1 }, ["green has 1 healthy targets and needs 2"]],
  [
    "an alarm goes off",
    { alarms: [composite("ALARM"), alarm("green-p99", "ALARM")] },
    ["alarm green-p99 is on: green-p99's reason"],
  ],
  ["the composite alarm alone is known", { alarms: [composite("ALARM")] }, ["alarm green is on: green's reason"]],
  [
    "there is no composite alarm",
    { alarms: [alarm("green-p99", "ALARM")] },
    ["alarm green-p99 is on: green-p99's reason"],
  ],
  [
    "a part goes off while an old one is still on",
    {
      alarms: [
        composite("ALARM", "11:00:00"),
        alarm("green-unhealthy", "ALARM", "11:00:00"),
        alarm("green-errors", "ALARM", "12:01:00"),
      ],
    },
    ["alarm green-errors is on: green-errors's reason"],
  ],
  [
    "an alarm whose first bad data point the release was in",
    {
      alarms: [
        composite("ALARM", "12:00:30"),
        { ...alarm("green-p95", "ALARM", "12:00:30"), badSince: "2026-01-01T11:59:01Z" },
      ],
    },
    ["alarm green-p95 is on: green-p95's reason"],
  ],
  [
    "nobody knows since when an alarm is on",
    { alarms: [{ name: "green", state: "ALARM", composite: true }] },
    ["alarm green is on"],
  ],
  [
    "several things are wrong, and each is told",
    { healthy: 0, probes: counts(40, 40), alarms: [composite("ALARM")] },
    [
      "green has 0 healthy targets and needs 2",
      "alarm green is on: green's reason",
      "green failed 100 % of 40, 1 % allowed; blue 0 % of 40 (requests through the preview listener)",
    ],
  ],
])("goes back: %s", (_, changes, why) => expect(verdict(evidence(changes))).toEqual({ kind: "back", why }));

test("given other limits, then they count", () => {
  const few = { ...defaultLimits, requests: 5, failures: 1, alarmSeconds: 0 };
  expect(verdict(evidence({ probes: counts(5) }), few)).toEqual({ kind: "go" });
  expect(verdict(evidence({ probes: counts(5, 1) }), few).kind).toBe("back");
  expect(verdict(evidence({ alarms: [composite("ALARM", "12:00:01")] }), few).kind).toBe("back");
});

const anyCounts = fc
  .tuple(fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 5000 }))
  .map(([a, b, p95]) => counts(Math.max(a, b), Math.min(a, b), p95));

test("given two colours with the same counts, then it goes on", () =>
  fc.assert(
    fc.property(anyCounts, (same) => {
      fc.pre(same.sent >= 20);
      expect(verdict(evidence({ probes: same, oldProbes: same }))).toEqual({ kind: "go" });
    }),
  ));

test("given more failures, then the verdict is never better", () =>
  fc.assert(
    fc.property(anyCounts, anyCounts, fc.nat(50), (probes, oldProbes, more) => {
      const rank = { go: 0, wait: 1, back: 2 };
      const worse = { ...probes, failed: Math.min(probes.sent, probes.failed + more) };
      // The time of the answers is another matter: fewer answers may be too few to judge it.
      const old = { ...oldProbes, p95: undefined };
      const before = verdict(evidence({ probes, oldProbes: old }));
      const after = verdict(evidence({ probes: worse, oldProbes: old }));
      expect(rank[after.kind]).toBeGreaterThanOrEqual(rank[before.kind]);
    }),
  ));

test("given fewer requests than the limit, then a release is never rolled back", () =>
  fc.assert(
    fc.property(fc.nat(19), fc.nat(19), anyCounts, (a, b, oldProbes) => {
      const probes = counts(Math.max(a, b), Math.min(a, b), 9999);
      expect(verdict(evidence({ probes, oldProbes })).kind).toBe("wait");
    }),
  ));
