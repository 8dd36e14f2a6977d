import fc from "fast-check";
import type { AlarmFacts } from "../../../cli/state/model.ts";
import type { Counts, Evidence, MetricCounts } from "../../../cli/analysis/evidence.ts";
import { defaultLimits, defaultRules } from "../../../cli/analysis/limits.ts";
import type { Source } from "../../../cli/analysis/sources.ts";
import type { SourceEvidence } from "../../../cli/analysis/trials.ts";
import { verdict } from "../../../cli/analysis/verdict.ts";
import type { Interval, Tally } from "../../../cli/analysis/wagers.ts";

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
  oldAlarms?: AlarmFacts[];
  found?: SourceEvidence[];
  lastProbes?: Interval;
  lastMinute?: Interval;
  isCompared?: boolean;
  isBake?: boolean;
  unreachable?: string;
}

const of = (sent: number, failed: number): Tally => ({ sent, failed });
const source = (
  name: Source,
  evidence: number,
  { release = of(200, 8), baseline = of(200, 0) }: Partial<Interval> = {},
): SourceEvidence => ({ source: name, evidence, threshold: 500, release, baseline });
const old5xx = alarm("blue-errors", "ALARM");

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
  found: changes.found ?? [],
  recent: {
    probes: changes.lastProbes ?? { release: of(20, 0), baseline: of(20, 0) },
    minute: changes.lastMinute,
  },
  isCompared: changes.isCompared ?? false,
  reference: changes.isBake ? { sent: 90_000, failed: 90, share: 0.0012 } : undefined,
  alarms: changes.alarms ?? [composite("OK"), alarm("green-errors", "OK")],
  baselineAlarms: changes.oldAlarms ?? [alarm("blue-errors", "OK")],
  loadBalancerAlarms: changes.loadBalancerAlarms ?? [],
  judgedSince,
  unreachable: changes.unreachable,
});

const nobody: Counts = { sent: 0, failed: 0 };

test.each<[string, Changes]>([
  ["all is well", {}],
  ["there is no old colour to compare with", { oldProbes: nobody }],
  [
    "half of its requests fail, and the evidence is not enough",
    { probes: counts(40, 20), found: [source("probes", 499)] },
  ],
  ["one failure is none, whatever the evidence", { found: [source("requests", 600, { release: of(10, 1) })] }],
  ["the old colour fails, the new one doesn't", { lastProbes: { release: of(20, 0), baseline: of(20, 20) } }],
  ["both are down", { lastProbes: { release: of(20, 20), baseline: of(20, 20) } }],
  ["its p95 is of few answers", { metrics: minutes(199, 0, 900), oldMetrics: minutes(5000) }],
  [
    "in a bake the old colour's p95 is of our own requests",
    { isBake: true, metrics: minutes(900, 0, 900), oldMetrics: minutes(900) },
  ],
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
  [
    "the preview listener can't be reached from here, and for just so many minutes no user came",
    { probes: nobody, unreachable: "refused", metrics: { sent: 0, failed: 0, minutes: 3 } },
  ],
  ["our own requests are few, and users' are just enough", { probes: counts(3), metrics: minutes(20) }],
  ["more targets are healthy than needed", { healthy: 3 }],
  ["the load balancer's alarm is off", { loadBalancerAlarms: [alarm("lb", "OK")] }],
])("goes on: %s", (_, changes) => expect(verdict(evidence(changes))).toEqual({ kind: "go" }));

test.each<[string, Changes, string]>([
  ["there are few requests yet", { probes: counts(19) }, "too little is known of green yet: 19 of 20 requests"],
  [
    "also when all of the few failed",
    { probes: counts(19, 19), lastProbes: { release: of(19, 19), baseline: of(19, 0) } },
    "too little is known of green yet: 19 of 20 requests",
  ],
  ["the preview listener can't be reached from here", { probes: nobody, unreachable: "refused" }, "0 of 20 requests"],
  [
    "the preview listener can't be reached from here, and few users came",
    { probes: nobody, unreachable: "refused", metrics: { sent: 3, failed: 0, minutes: 2 } },
    "3 of 20 requests",
  ],
  [
    "our own requests are few, and no user came, though we could ask",
    { probes: counts(3), metrics: minutes(0) },
    "3 of 20 requests",
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
])("waits: %s", (_, changes, why) =>
  expect(verdict(evidence(changes))).toEqual({
    kind: "wait",
    why: expect.stringContaining(why) as string,
    isCommon: false,
  }),
);

test.each<[string, Changes, string]>([
  ["the load balancer's alarm is on", { loadBalancerAlarms: [alarm("lb", "ALARM")] }, "alarm lb is on: lb's reason"],
  [
    "the same alarm is on for the old colour",
    {
      alarms: [composite("ALARM"), alarm("app-green-errors-1a2b3c4", "ALARM")],
      oldAlarms: [{ ...old5xx, name: "app-blue-errors-5d6e7f8" }],
    },
    "alarm app-green-errors-1a2b3c4 is on: app-green-errors-1a2b3c4's reason (blue's is on, too)",
  ],
  [
    "an alarm of a name that tells no colour is on for both",
    { alarms: [alarm("cpu", "ALARM")], oldAlarms: [alarm("cpu", "ALARM")] },
    "alarm cpu is on: cpu's reason (blue's is on, too)",
  ],
  [
    "the composite alarms alone are known, and both are on",
    { alarms: [composite("ALARM")], oldAlarms: [{ ...composite("ALARM"), name: "blue" }] },
    "alarm green is on: green's reason (blue's is on, too)",
  ],
  [
    "its alarm on errors is on, and all requests are compared with the old colour's",
    { alarms: [composite("ALARM"), alarm("green-errors", "ALARM")], isCompared: true },
    "alarm green-errors is on: green-errors's reason (no evidence that green fails more than blue)",
  ],
  [
    "its alarm on times is on, and answers of both colours are compared by their times",
    { alarms: [composite("ALARM"), alarm("green-p95", "ALARM")], found: [source("latency", 2)] },
    "alarm green-p95 is on: green-p95's reason (no evidence that green is slower than blue)",
  ],
])("holds for a common cause, which no release goes back for: %s", (_, changes, why) =>
  expect(verdict(evidence(changes))).toEqual({ kind: "wait", why, isCommon: true }),
);

test("given two reasons to wait, then both are named", () =>
  expect(verdict(evidence({ probes: counts(3), loadBalancerAlarms: [alarm("lb", "ALARM")] }))).toEqual({
    kind: "wait",
    why: "too little is known of green yet: 3 of 20 requests; alarm lb is on: lb's reason",
    isCommon: false,
  }));

test.each<[string, Changes, string[]]>([
  [
    "the evidence is enough",
    { found: [source("requests", 512.3, { release: of(600, 12), baseline: of(5400, 5) }), source("probes", 3)] },
    ["green failed 2 % of 600, blue 0.1 % of 5400, of all requests, by CloudWatch (evidence 510, 500 needed)"],
  ],
  [
    "our own requests are slower",
    { found: [source("latency", 70_000)] },
    ["green had 4 % of 200, blue 0 % of 200, of our answers slow (evidence 7.0e+4, 500 needed)"],
  ],
  [
    "in a bake it fails more than the old colour did before",
    { isBake: true, found: [source("bake", 500, { release: of(6000, 120), baseline: of(0, 0) })] },
    [
      "green failed 2 % of 6000, blue 0.1 % of 90000 before the cut-over, of all requests, by CloudWatch (evidence 500, 500 needed)",
    ],
  ],
  [
    "in a bake our own requests fail, which both colours get at the same time",
    { isBake: true, found: [source("probes", 600)] },
    [
      "green failed 4 % of 200, blue 0 % of 200, of our requests through the preview listener (evidence 600, 500 needed)",
    ],
  ],
  [
    "in a bake it failed more, and what the old colour had before is no longer told",
    { found: [source("bake", 500, { release: of(6000, 120), baseline: of(0, 0) })] },
    ["green failed 2 % of 6000, blue is not known, of all requests, by CloudWatch (evidence 500, 500 needed)"],
  ],
  [
    "the evidence is enough, though over the whole release the old colour failed more",
    { found: [source("requests", 600, { release: of(1000, 20), baseline: of(1000, 30) })] },
    ["green failed 2 % of 1000, blue 3 % of 1000, of all requests, by CloudWatch (evidence 600, 500 needed)"],
  ],
  [
    "it is down",
    { lastProbes: { release: of(20, 15), baseline: of(20, 0) } },
    ["green is down: it failed 75 % of 20 of our requests through the preview listener"],
  ],
  [
    "users say that it is down, and it can't be asked from here",
    {
      unreachable: "refused",
      lastProbes: { release: of(0, 0), baseline: of(0, 0) },
      lastMinute: { release: of(30, 30), baseline: of(900, 1) },
    },
    ["green is down: it failed 100 % of 30 of all requests, by CloudWatch"],
  ],
  [
    "users wait longer, by the service's histogram",
    { found: [source("histogram", 600, { release: of(400, 80), baseline: of(3600, 72) })] },
    [
      "green had 20 % of 400, blue 2 % of 3600, of all answers slow, by the service's histogram (evidence 600, 500 needed)",
    ],
  ],
  ["targets are missing", { healthy: 1 }, ["green has 1 healthy targets and needs 2"]],
  [
    "an alarm goes off",
    { alarms: [composite("ALARM"), alarm("green-p99", "ALARM")] },
    ["alarm green-p99 is on: green-p99's reason"],
  ],
  ["the composite alarm alone is known", { alarms: [composite("ALARM")] }, ["alarm green is on: green's reason"]],
  [
    "the composite alarm is on, and none of its parts is any more",
    { alarms: [composite("ALARM"), alarm("green-p95", "OK")] },
    ["alarm green is on: green's reason"],
  ],
  [
    "another alarm than that on errors is on, while all requests are compared with the old colour's",
    { alarms: [composite("ALARM"), alarm("green-p99", "ALARM")], isCompared: true },
    ["alarm green-p99 is on: green-p99's reason"],
  ],
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
    { healthy: 0, found: [source("probes", 600)], alarms: [composite("ALARM")] },
    [
      "green has 0 healthy targets and needs 2",
      "alarm green is on: green's reason",
      "green failed 4 % of 200, blue 0 % of 200, of our requests through the preview listener (evidence 600, 500 needed)",
    ],
  ],
  [
    "its alarm on errors is on, and nothing compares it with the old colour",
    { alarms: [composite("ALARM"), alarm("green-errors", "ALARM")], oldAlarms: [alarm("blue-p95", "ALARM")] },
    ["alarm green-errors is on: green-errors's reason"],
  ],
])("goes back: %s", (_, changes, why) => expect(verdict(evidence(changes))).toEqual({ kind: "back", why }));

test("given other limits, then they count", () => {
  const few = { ...defaultRules, limits: { ...defaultLimits, requests: 5, failures: 1, alarmSeconds: 0 } };
  expect(verdict(evidence({ probes: counts(5) }), few)).toEqual({ kind: "go" });
  expect(verdict(evidence({ found: [source("probes", 600, { release: of(5, 1) })] }), few).kind).toBe("back");
  expect(verdict(evidence({ alarms: [composite("ALARM", "12:00:01")] }), few).kind).toBe("back");
});

test("given a floor, then a release that fails no more than that is never sent back for its failures", () => {
  const worse = { found: [source("requests", 1e6, { release: of(1000, 20), baseline: of(9000, 90) })] };
  const withFloor = (percent: number, points: number) =>
    verdict(evidence(worse), { ...defaultRules, floor: { percent, points } }).kind;
  expect([withFloor(0, 0), withFloor(1.9, 0), withFloor(2, 0), withFloor(0, 0.9), withFloor(0, 1)]).toEqual([
    "back",
    "back",
    "go",
    "back",
    "go",
  ]);
});

test("given a floor, then slow answers count all the same, and in a bake the old colour's share is none", () => {
  const judged = (one: SourceEvidence, floor: { percent: number; points: number }) =>
    verdict(evidence({ found: [one] }), { ...defaultRules, floor }).kind;
  expect(judged(source("latency", 600), { percent: 50, points: 50 })).toBe("back");
  const baked = source("bake", 600, { release: of(1000, 20), baseline: of(0, 0) });
  expect([judged(baked, { percent: 0, points: 1 }), judged(baked, { percent: 0, points: 2 })]).toEqual(["back", "go"]);
});

const anyTally = fc.tuple(fc.nat(400), fc.nat(400)).map(([a, b]) => of(Math.max(a, b), Math.min(a, b)));

test("given two colours with the same counts, then it goes on", () =>
  fc.assert(
    fc.property(anyTally, (same) => {
      const interval = { release: same, baseline: same };
      expect(verdict(evidence({ lastProbes: interval, lastMinute: interval }))).toEqual({ kind: "go" });
    }),
  ));

test("given more evidence, then the verdict is never better", () =>
  fc.assert(
    fc.property(
      anyTally,
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 10, noNaN: true }),
      (release, before, times) => {
        const rank = { go: 0, wait: 1, back: 2 };
        const [first, second] = [before, before * times].map((one) =>
          verdict(evidence({ found: [source("probes", one, { release })] })),
        );
        expect(rank[second.kind]).toBeGreaterThanOrEqual(rank[first.kind]);
      },
    ),
  ));
