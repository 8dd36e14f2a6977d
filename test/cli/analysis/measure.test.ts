import { CloudWatchClient, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { byColor } from "../../../deployment/model.ts";
import type { Evidence } from "../../../cli/analysis/evidence.ts";
import type { Clients } from "../../../cli/clients.ts";
import { defaultRules } from "../../../cli/analysis/limits.ts";
import { Measure, type MeasureArgs } from "../../../cli/analysis/measure.ts";
import { Trials } from "../../../cli/analysis/trials.ts";
import type { Outputs } from "../../../cli/state/stack-state.ts";
import { groupOf, target } from "../../aws/fake-aws.ts";
import { closedEndpoint, PreviewServer } from "./preview-server.ts";

const server = new PreviewServer();
beforeAll(() => server.start());
afterAll(() => server.stop());

const elbArn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012";
const outputs = {
  listenerArn: `${elbArn}:listener/app/dev/1/2`,
  targetGroupArns: byColor((color) => `${elbArn}:targetgroup/dev-${color}/1`),
  fleets: byColor((color) => ({ groupName: `app-${color}-group` })),
  deployed: { machines: byColor((color) => ({ versionPath: `/${color}-version` })) },
  alarms: {
    ...byColor((color) => ({ composite: color, parts: [`${color}-errors`] })),
    loadBalancer: ["lb-rejected"],
  },
} as unknown as Outputs;

const start = Date.parse("2026-01-01T12:00:30Z");
let now: number;
let targets: Record<string, string[]>;
let members: Record<string, string[]>;
let alarmStates: Record<string, string>;
let metricData: () => MetricDataResult[];
let asked: string[];
let notes: string[];

beforeEach(() => {
  [now, asked, notes] = [start, [], []];
  targets = { blue: ["i-1 healthy", "i-2 healthy"], green: ["i-3 healthy", "i-4 initial", "i-5 draining"] };
  members = { blue: ["i-1", "i-2"], green: ["i-3", "i-4", "i-5"] };
  alarmStates = { "green-errors": "OK", green: "OK", "blue-errors": "OK", blue: "ALARM", "lb-rejected": "OK" };
  metricData = () => [];
  server.requests = [];
  server.respond = (_, response) => response.end("ok");
});

type Input = {
  TargetGroupArn: string;
  AutoScalingGroupNames: string[];
  AlarmNames: string[];
  AlarmTypes: string[];
  StartTime: Date;
  EndTime: Date;
};

function answer({ constructor: { name }, input }: { constructor: { name: string }; input: Input }): unknown {
  asked.push(name.replace("Command", ""));
  if (name === "DescribeTargetHealthCommand") {
    const [, color = ""] = /dev-(\w+)/.exec(input.TargetGroupArn) ?? [];
    return { TargetHealthDescriptions: targets[color].map(target) };
  }
  if (name === "DescribeAutoScalingGroupsCommand") {
    const [, color = ""] = /^app-(\w+)-group$/.exec(input.AutoScalingGroupNames[0]) ?? [];
    return { AutoScalingGroups: [groupOf(members[color])] };
  }
  if (name === "DescribeAlarmsCommand") {
    expect(input.AlarmTypes).toContain("CompositeAlarm");
    const found = input.AlarmNames.filter((alarm) => alarm in alarmStates);
    const alarms = found.map((AlarmName) => ({ AlarmName, StateValue: alarmStates[AlarmName] }));
    const isComposite = ({ AlarmName }: { AlarmName: string }) => AlarmName in byColor(() => 0);
    return {
      CompositeAlarms: alarms.filter(isComposite).map((alarm) => ({ ...alarm, AlarmRule: "..." })),
      MetricAlarms: alarms.filter((alarm) => !isComposite(alarm)),
    };
  }
  if (name === "GetMetricDataCommand") {
    asked.push(`${input.StartTime.toISOString().slice(11, 16)}-${input.EndTime.toISOString().slice(11, 16)}`);
    return { MetricDataResults: metricData() };
  }
  throw new Error(`nobody expected ${name}`);
}

function measure(changes: Partial<MeasureArgs> = {}, weight = 10): Measure {
  const send = (command: Parameters<typeof answer>[0]) => Promise.resolve().then(() => answer(command));
  // The SDK's paginator takes its own client only.
  const cloudWatch = Object.assign(new CloudWatchClient({ region: "eu-central-1" }), { send });
  const clients = { cloudWatch, elb: { send }, autoScaling: { send } } as unknown as Clients;
  const note = (message: string) => notes.push(message);
  const args = { clients, outputs, preview: server.endpoint, release: "green", whole: 2, judgedSince: start } as const;
  const trials = new Trials({ ...defaultRules, isCounted: false });
  return new Measure({ ...args, trials, rules: defaultRules, note, now: () => now, ...changes }, weight);
}

test("one look: requests to both colours, target health, the colour's alarms and the load balancer's", async () => {
  const look = await measure().look();
  expect(look).toMatchObject({
    release: { color: "green", probes: { sent: 5, failed: 0 }, metrics: undefined, healthy: 1, needed: 1 },
    baseline: { color: "blue", probes: { sent: 5, failed: 0 }, metrics: undefined, healthy: 2, needed: 2 },
    loadBalancerAlarms: [{ name: "lb-rejected", state: "OK" }],
    judgedSince: start,
    unreachable: undefined,
  });
  expect(look.alarms.map(({ name, state, composite }) => [name, state, composite])).toEqual([
    ["green", "OK", true],
    ["green-errors", "OK", false],
  ]);
  expect([...server.requests].sort()).toEqual([
    ...Array.from({ length: 5 }, () => "blue /blue-version"),
    ...Array.from({ length: 5 }, () => "green /green-version"),
  ]);
  expect(notes).toEqual([]);
});

test("given a healthy target that is none of the fleet's, then it does not count", async () => {
  targets.green = ["i-3 healthy", "i-9 healthy"];
  expect((await measure().look()).release.healthy).toBe(1);
});

test("answers with 5xx and no answers are failures, other answers are not; they add up over a step, and in doubt five times as many are sent", async () => {
  const watched = measure({ probes: 2 });
  server.respond = ({ headers, socket }, response) => {
    const turn = server.requests.filter((request) => request.startsWith("green")).length;
    if (headers["x-bluegreen-preview"] === "blue") response.writeHead(404).end();
    else if (turn % 2 === 0) socket.destroy();
    else response.writeHead(503).end();
  };
  await watched.look();
  expect(await watched.look()).toMatchObject({
    release: { probes: { sent: 12, failed: 12, p95: undefined } },
    baseline: { probes: { sent: 12, failed: 0 } },
  });
});

test("what was before a step no longer counts, and its share needs other targets", async () => {
  const watched = measure();
  await watched.look();
  watched.begin(100);
  expect(await watched.look()).toMatchObject({
    release: { probes: { sent: 5 }, healthy: 1, needed: 2 },
    baseline: { needed: 0 },
  });
});

test("a colour without targets is not asked", async () => {
  targets.blue = [];
  await measure().look();
  expect(server.requests.every((request) => request.startsWith("green"))).toBe(true);
});

test("AWS is asked every two seconds, CloudWatch's metrics every 15, for whole minutes and three hours before them", async () => {
  const watched = measure({ probes: 1 });
  const at = async (seconds: number) => {
    [now, asked] = [start + seconds * 1000, []];
    await watched.look();
    return asked;
  };
  const both = (name: string) => [name, name];
  const often = ["DescribeAlarms", ...both("DescribeAutoScalingGroups"), ...both("DescribeTargetHealth")];
  // What was before is asked for at once.
  expect((await at(0)).sort()).toEqual(["09:00-12:00", ...often, "GetMetricData"]);
  expect(await at(1)).toEqual([]);
  expect((await at(2)).sort()).toEqual(often);
  // 12:01:30: no whole minute is over yet.
  expect((await at(60)).sort()).toEqual(often);
  expect((await at(120)).sort()).toEqual(["09:00-12:02", ...often, "GetMetricData"]);
  expect((await at(134)).sort()).toEqual(often);
  expect(await at(135)).toContain("09:00-12:02");
  expect(await at(180)).toContain("09:00-12:03");
});

test("metrics stand until they are asked for again", async () => {
  const minute = [new Date("2026-01-01T12:01:00Z")];
  metricData = () => [
    { Id: "green_requests", Timestamps: minute, Values: [50] },
    { Id: "green_errors", Timestamps: minute, Values: [4] },
  ];
  const watched = measure();
  now += 120_000;
  const metrics = { sent: 50, failed: 4, minutes: 1 };
  expect((await watched.look()).release.metrics).toMatchObject(metrics);
  now += 14_000;
  expect((await watched.look()).release.metrics).toMatchObject(metrics);
});

/** What GetMetricData tells of a minute after another, from a time on: requests and 5xx of each colour. */
const told = (from: string, ...minutes: Record<string, [sent: number, failed: number]>[]): MetricDataResult[] =>
  minutes.flatMap((colors, index) => {
    const Timestamps = [new Date(Date.parse(`2026-01-01T${from}Z`) + index * 60_000)];
    return Object.entries(colors).flatMap(([color, [sent, failed]]) => [
      { Id: `${color}_requests`, Timestamps, Values: [sent] },
      { Id: `${color}_errors`, Timestamps, Values: [failed] },
    ]);
  });
const sources = ({ found }: Evidence) => Object.fromEntries(found.map((one) => [one.source, one]));

test("given minutes in which the release fails more than its share, then their evidence grows, each counted once", async () => {
  metricData = () => told("12:01:00", { blue: [5400, 5], green: [600, 12] });
  const watched = measure();
  now = Date.parse("2026-01-01T12:02:25Z");
  const first = sources(await watched.look()).requests;
  expect(first).toMatchObject({ release: { sent: 600, failed: 12 }, baseline: { sent: 5400, failed: 5 } });
  expect(first.evidence).toBeGreaterThan(1);
  now += 20_000;
  expect(sources(await watched.look()).requests).toEqual(first);
});

test("given a minute of which CloudWatch has told one colour alone, then it waits for the other, three minutes at most", async () => {
  metricData = () => told("12:01:00", { green: [600, 12] });
  const watched = measure();
  now = Date.parse("2026-01-01T12:03:00Z");
  expect(sources(await watched.look()).requests).toBeUndefined();
  metricData = () => told("12:01:00", { blue: [5400, 5], green: [600, 12] });
  now += 15_000;
  expect(sources(await watched.look()).requests).toMatchObject({ release: { failed: 12 }, baseline: { failed: 5 } });
  metricData = () => told("12:02:00", { green: [600, 12] });
  now = Date.parse("2026-01-01T12:06:00Z");
  expect(sources(await watched.look()).requests).toMatchObject({ release: { failed: 24 } });
});

test("given a bake, then a minute is compared with what the old colour had before, and not with its own requests now", async () => {
  const before = Array.from({ length: 20 }, () => ({ blue: [6000, 6] }) satisfies Record<string, [number, number]>);
  const bad = { green: [6000, 120], blue: [300, 0] } satisfies Record<string, [number, number]>;
  metricData = () => told("11:40:00", ...before, {}, bad);
  const watched = measure({ servesSince: start }, 100);
  await watched.look();
  // The minute of 12:01 is over, and the old colour was asked in it.
  now = Date.parse("2026-01-01T12:01:30Z");
  await watched.look();
  now = Date.parse("2026-01-01T12:02:25Z");
  const look = await watched.look();
  expect(look.reference).toMatchObject({ sent: 120_000, failed: 120 });
  expect(look.isCompared).toBe(true);
  expect(sources(look).bake.evidence).toBeGreaterThan(5);
  expect(sources(look).requests).toBeUndefined();
});

test("given a bake and an old colour that fails at the same time, then a common cause is no evidence", async () => {
  const before = Array.from({ length: 20 }, () => ({ blue: [6000, 6] }) satisfies Record<string, [number, number]>);
  metricData = () => told("11:40:00", ...before, {}, { green: [6000, 120], blue: [300, 6] });
  server.respond = ({ headers }, response) =>
    response.writeHead(headers["x-bluegreen-preview"] === "blue" ? 500 : 200).end();
  const watched = measure({ servesSince: start }, 100);
  now = Date.parse("2026-01-01T12:01:30Z");
  await watched.look();
  now = Date.parse("2026-01-01T12:02:25Z");
  expect(sources(await watched.look()).bake.evidence).toBeLessThan(1);
});

test("given the service's own counters, then they compare both colours before CloudWatch does", async () => {
  let requests = 0;
  server.respond = ({ url }, response) => {
    requests += 30;
    response.end(
      url === "/metrics" ? `http_requests_total{code="200"} ${requests}\nprocess_start_time_seconds 1\n` : "ok",
    );
  };
  const watched = measure({ metricsPath: "/metrics", probes: 1 });
  expect((await watched.look()).isCompared).toBe(false);
  for (let looks = 0; looks < 2; looks++) {
    now += 5_000;
    await watched.look();
  }
  const look = await watched.look();
  expect(look.isCompared).toBe(true);
  expect(sources(look).counters.release.sent).toBeGreaterThan(20);
  expect((await measure({ probes: 1 }).look()).isCompared).toBe(false);
});

test("given the service's own histogram, then answers that take longer than the old colour's p95 allows are counted of all requests", async () => {
  const histogram = (quick: number, all: number) =>
    `http_request_duration_seconds_bucket{le="0.1"} ${quick}\nhttp_request_duration_seconds_bucket{le="0.5"} ${quick}\n` +
    `http_request_duration_seconds_bucket{le="+Inf"} ${all}\nhttp_requests_total{code="200"} ${all}\nprocess_start_time_seconds 1\n`;
  let turn = 0;
  server.respond = ({ url, headers }, response) => {
    if (url !== "/metrics") return void response.end("ok");
    turn += 1;
    const isOld = headers["x-bluegreen-preview"] === "blue";
    // The release answers one in two slowly.
    response.end(isOld ? histogram(1000 + 90 * turn, 1000 + 90 * turn) : histogram(5 * turn, 10 * turn));
  };
  const trials = new Trials({ ...defaultRules, isCounted: true });
  const watched = measure({ metricsPath: "/metrics", probes: 1, trials });
  let look = await watched.look();
  for (let looks = 0; looks < 30; looks++) {
    now += 5_000;
    look = await watched.look();
  }
  const { histogram: found, latency } = sources(look);
  expect(found.baseline.failed).toBe(0);
  expect(found.release.failed).toBeGreaterThan(100);
  expect(found.evidence).toBeGreaterThan(found.threshold);
  expect(latency?.release.failed ?? 0).toBe(0);
});

test("given answers of the release alone that take longer than the old colour's quantile, then that is evidence", async () => {
  server.respond = ({ headers }, response) =>
    void setTimeout(() => response.end("ok"), headers["x-bluegreen-preview"] === "green" ? 150 : 0);
  const rules = { ...defaultRules, limits: { ...defaultRules.limits, p95Slack: 50, p95Factor: 1 } };
  const watched = measure({ rules });
  let look = await watched.look();
  for (let looks = 0; looks < 40 && (sources(look).latency?.evidence ?? 0) < 1000; looks++) {
    now += 2_500;
    look = await watched.look();
  }
  expect(sources(look).latency.evidence).toBeGreaterThanOrEqual(1000);
  expect(sources(look).probes.evidence).toBe(1);
});

test("metrics that can't be read are noted once, and done without", async () => {
  metricData = () => {
    throw new Error("not authorized");
  };
  const watched = measure();
  for (const seconds of [120, 180]) {
    now = start + seconds * 1000;
    expect((await watched.look()).release.metrics).toBeUndefined();
  }
  expect(notes).toEqual(["CloudWatch's metrics can't be read (not authorized); it goes on without them."]);
});

test("alarms that are gone are noted once", async () => {
  delete alarmStates["green-errors"];
  const watched = measure();
  await watched.look();
  now += 2_000;
  await watched.look();
  expect(notes).toEqual(["No such alarm: green-errors. pulumi up --refresh makes it again; it goes on without."]);
});

test("fails with AWS's error when target health can't be read, and asks again at the next look", async () => {
  const watched = measure();
  targets = {};
  await expect(watched.look()).rejects.toThrow();
  targets = { blue: ["i-1 healthy"], green: ["i-3 healthy"] };
  expect((await watched.look()).release.healthy).toBe(1);
});

test("where the preview listener can't be reached, that is noted once and tried again later", async () => {
  const preview = { ...(await closedEndpoint()) };
  const watched = measure({ preview });
  await watched.look();
  now += 30_000;
  const look = await watched.look();
  expect(look.unreachable).toContain("ECONNREFUSED");
  expect(look.release.probes.sent).toBe(0);
  preview.port = server.endpoint.port;
  now += 29_000;
  expect((await watched.look()).unreachable).toContain("ECONNREFUSED");
  now += 1_000;
  expect(await watched.look()).toMatchObject({ unreachable: undefined, release: { probes: { sent: 5 } } });
  expect(notes).toEqual([expect.stringMatching(/^The preview listener can't be reached from here .*previewCidrs\.$/)]);
});

test("answers of before the listener was out of reach no longer count", async () => {
  const preview = { ...server.endpoint };
  const watched = measure({ preview });
  await watched.look();
  preview.port = (await closedEndpoint()).port;
  expect((await watched.look()).release.probes).toEqual({ sent: 0, failed: 0, p95: undefined });
});
