import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { Clock } from "../../../../packages/local-aws/clock.ts";
import { MetricStore } from "../../../../packages/local-aws/cloudwatch/metric-store.ts";
import { startCloudWatch, type RunningCloudWatch } from "../../../../packages/local-aws/cloudwatch/start.ts";
import { json } from "../../../../packages/local-aws/exchange.ts";
import { Keys } from "../../../../packages/local-aws/door/keys.ts";
import { Front } from "../../../../packages/local-aws/gateway.ts";
import { agentTo } from "../../../../packages/local-aws/moto.ts";
import { eventually } from "../eventually.ts";

// CloudWatch behind the front, asked by the SDK's client; in moto's place stands a server that keeps one dashboard.
const topic = "arn:aws:sns:eu-central-1:123456789012:releases";
const arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:busy";
const busy = {
  AlarmName: "busy",
  AlarmDescription: "too many requests",
  Namespace: "AWS/ApplicationELB",
  MetricName: "RequestCount",
  Dimensions: [{ Name: "LoadBalancer", Value: "app/main/1" }],
  Period: 60,
  Statistic: "Sum" as const,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: "GreaterThanThreshold" as const,
  TreatMissingData: "notBreaching",
  OKActions: [topic],
  Tags: [{ Key: "Color", Value: "blue" }],
};
const keys = new Keys();
let moto: Server;
let front: Front;
let store: MetricStore;
let running: RunningCloudWatch;
let client: CloudWatchClient;
let published: { topic: string; subject: string; message: Record<string, unknown> }[];

/** Starts everything anew; the smaller the scale, the longer no alarm is judged. */
async function open(timeScale: number): Promise<void> {
  published = [];
  moto = createServer((request, response) => {
    response.setHeader("content-type", "application/x-amz-json-1.0");
    request.resume().once("end", () => response.end(JSON.stringify({ DashboardName: "from moto" })));
  }).listen(0, "127.0.0.1");
  await once(moto, "listening");
  const clock = new Clock(timeScale);
  store = new MetricStore(clock);
  running = startCloudWatch({
    clock,
    store,
    region: "eu-central-1",
    publish: (to, subject, message) => {
      published.push({ topic: to, subject, message: JSON.parse(message) as Record<string, unknown> });
      return Promise.reject(new Error("nobody listens"));
    },
    onTick: () => undefined,
    log: () => undefined,
  });
  front = new Front({
    moto: agentTo({ port: (moto.address() as AddressInfo).port, host: "127.0.0.1" }),
    keys,
    region: "eu-central-1",
    services: { monitoring: json(running.answer) },
    judge: () => Promise.resolve(undefined),
    control: () => undefined,
    log: () => undefined,
  });
  const endpoint = await front.listen();
  client = new CloudWatchClient({ endpoint, region: "eu-central-1", credentials: keys.own, maxAttempts: 1 });
  await client.send(new PutMetricAlarmCommand(busy));
}

function close(): void {
  running.end();
  front.close();
  moto.close();
  moto.closeAllConnections();
}

beforeEach(() => open(0.001));
afterEach(close);

async function names(input: DescribeAlarmsCommandInput): Promise<(string | undefined)[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(new DescribeAlarmsCommand(input));
  return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
}

test("describes an alarm as it was put, evaluates it by itself and notifies its topic", async () => {
  close();
  await open(200);
  await eventually(async () => (await names({ StateValue: "OK" })).length === 1);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ["busy"] }));
  const { OKActions, Tags, ...echoed } = busy;
  expect(Tags).toHaveLength(1);
  expect(MetricAlarms).toEqual([
    {
      ...echoed,
      AlarmArn: arn,
      ActionsEnabled: true,
      OKActions,
      AlarmActions: [],
      InsufficientDataActions: [],
      StateValue: "OK",
      StateReason: expect.stringContaining("no datapoints were received for 1 period") as string,
      StateReasonData: expect.stringContaining('"threshold":5') as string,
      StateUpdatedTimestamp: expect.any(Date) as Date,
      StateTransitionedTimestamp: expect.any(Date) as Date,
      AlarmConfigurationUpdatedTimestamp: expect.any(Date) as Date,
    },
  ]);
  expect(published).toEqual([
    {
      topic,
      subject: 'OK: "busy" in eu-central-1',
      message: expect.objectContaining({
        AlarmName: "busy",
        OldStateValue: "INSUFFICIENT_DATA",
        NewStateValue: "OK",
      }) as object,
    },
  ]);
});

test("lists composite alarms only where they are asked for", async () => {
  await client.send(
    new PutCompositeAlarmCommand({ AlarmName: "any", AlarmRule: "ALARM(busy)", AlarmActions: [topic] }),
  );
  const all = ["CompositeAlarm", "MetricAlarm"] as const;
  const asked = [
    {},
    { AlarmNames: ["any"] },
    { AlarmTypes: [...all] },
    { AlarmTypes: [...all], AlarmNamePrefix: "b" },
    { AlarmTypes: [...all], AlarmNames: ["any", "gone"] },
    { AlarmTypes: [...all], ActionPrefix: topic },
    { AlarmTypes: [...all], ActionPrefix: "arn:aws:lambda" },
  ];
  expect(await Promise.all(asked.map(names))).toEqual([
    ["busy"],
    [],
    ["busy", "any"],
    ["busy"],
    ["any"],
    ["busy", "any"],
    [],
  ]);
});

test("gives alarms page by page", async () => {
  await client.send(new PutCompositeAlarmCommand({ AlarmName: "any", AlarmRule: "ALARM(busy)" }));
  const wanted = { AlarmTypes: ["CompositeAlarm" as const, "MetricAlarm" as const], MaxRecords: 1 };
  const first = await client.send(new DescribeAlarmsCommand(wanted));
  const second = await client.send(new DescribeAlarmsCommand({ ...wanted, NextToken: first.NextToken }));
  expect([first.CompositeAlarms?.length, second.MetricAlarms?.length, second.NextToken]).toEqual([1, 1, undefined]);
});

test("given an alarm whose actions are disabled, then its topic gets nothing", async () => {
  await client.send(new DisableAlarmActionsCommand({ AlarmNames: ["busy"] }));
  await client.send(new SetAlarmStateCommand({ AlarmName: "busy", StateValue: "ALARM", StateReason: "tried" }));
  await client.send(new SetAlarmStateCommand({ AlarmName: "busy", StateValue: "OK", StateReason: "tried" }));
  expect(published).toEqual([]);
  await client.send(new EnableAlarmActionsCommand({ AlarmNames: ["busy"] }));
  await client.send(new SetAlarmStateCommand({ AlarmName: "busy", StateValue: "ALARM", StateReason: "tried" }));
  await client.send(new SetAlarmStateCommand({ AlarmName: "busy", StateValue: "OK", StateReason: "tried" }));
  expect(published.map(({ subject }) => subject)).toEqual(['OK: "busy" in eu-central-1']);
});

test("keeps tags", async () => {
  await client.send(new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: "Stack", Value: "dev" }] }));
  await client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ["Color"] }));
  const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  expect(Tags).toEqual([{ Key: "Stack", Value: "dev" }]);
});

test("gives metric data in real seconds, the newest first unless asked otherwise", async () => {
  const Metric = { Namespace: "A", MetricName: "seconds" };
  const values = store.of(Metric);
  [0.1, 0.2, 0.3].forEach((value) => values.add(value));
  const now = Date.now();
  const get = (ScanBy?: "TimestampAscending") =>
    client.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 120_000),
        EndTime: new Date(now + 60_000),
        ScanBy,
        MetricDataQueries: [
          { Id: "count", MetricStat: { Metric, Period: 60, Stat: "SampleCount" } },
          { Id: "slow", MetricStat: { Metric, Period: 60, Stat: "p99" }, ReturnData: false },
          { Id: "filled", Expression: "FILL(count, 0)", Label: "with zeros" },
        ],
      }),
    );
  const { MetricDataResults: newest = [] } = await get();
  const { MetricDataResults: oldest = [] } = await get("TimestampAscending");
  expect(newest.map(({ Id, Label }) => [Id, Label])).toEqual([
    ["count", "seconds"],
    ["filled", "with zeros"],
  ]);
  // Two datapoints where a minute began just now.
  expect(newest[0]?.Values?.reduce((sum, count) => sum + count)).toBe(3);
  expect(newest[0]?.Timestamps?.every((at) => at.getTime() % 60_000 === 0)).toBe(true);
  expect(newest[1]?.Timestamps?.length).toBeGreaterThan(2);
  expect(newest[1]?.Values).toEqual([...(oldest[1]?.Values ?? [])].reverse());
});

test("leaves dashboards to moto", async () => {
  expect(await client.send(new GetDashboardCommand({ DashboardName: "d" }))).toMatchObject({
    DashboardName: "from moto",
  });
});

const now = new Date();
const stat = { Metric: { Namespace: "A", MetricName: "b" }, Period: 60, Stat: "Sum" };
const dataCommand = (over: Partial<ConstructorParameters<typeof GetMetricDataCommand>[0]>) =>
  new GetMetricDataCommand({
    StartTime: new Date(now.getTime() - 60_000),
    EndTime: now,
    MetricDataQueries: [{ Id: "m", MetricStat: stat }],
    ...over,
  });

test.each([
  ["an action that is not rehearsed", new DescribeAlarmHistoryCommand({}), "NotImplemented"],
  ["an unknown alarm", new DeleteAlarmsCommand({ AlarmNames: ["gone"] }), "ResourceNotFound"],
  ["tags of an unknown alarm", new ListTagsForResourceCommand({ ResourceARN: `${arn}2` }), "ResourceNotFoundException"],
  ["names and a prefix", new DescribeAlarmsCommand({ AlarmNames: ["a"], AlarmNamePrefix: "a" }), "ValidationError"],
  ["an end before the start", dataCommand({ EndTime: new Date(0) }), "ValidationError"],
  ["too many datapoints", dataCommand({ StartTime: new Date(0) }), "ValidationError"],
  [
    "a period of 45 s",
    dataCommand({ MetricDataQueries: [{ Id: "m", MetricStat: { ...stat, Period: 45 } }] }),
    "ValidationError",
  ],
])("fails for %s", async (_name, command, Code) => {
  await expect(client.send(command as DescribeAlarmsCommand)).rejects.toMatchObject({ Error: { Code } });
});
