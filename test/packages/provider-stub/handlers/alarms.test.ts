import { create, difference, read, update } from "../../../../packages/provider-stub/operations.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";
import { checked, rowOf } from "./checked.ts";
import { type Answers, fakeCloud } from "./fake-cloud.ts";

const region = "eu-central-1";
const topic = "arn:aws:sns:eu-central-1:123456789012:releases";

/** Alarms as CloudWatch keeps them: put whole; tags come with the first put alone. */
function cloudWatch() {
  const alarms = new Map<string, Props>();
  const tags = new Map<string, unknown>();
  const put = (kind: string) => (input: Props) => {
    const name = String(input.AlarmName);
    const AlarmArn = `arn:aws:cloudwatch:${region}:123456789012:alarm:${name}`;
    if (!alarms.has(name)) tags.set(AlarmArn, input.Tags);
    alarms.set(name, { ...input, AlarmArn, kind });
  };
  const answers: Answers = {
    PutMetricAlarm: put("MetricAlarm"),
    PutCompositeAlarm: put("CompositeAlarm"),
    DescribeAlarms({ AlarmNames, AlarmTypes }) {
      const named = (AlarmNames as string[]).map((name) => alarms.get(name) ?? {});
      const found = named.filter(({ kind }) => (AlarmTypes as unknown[]).includes(kind));
      return { [`${String((AlarmTypes as unknown[])[0])}s`]: found };
    },
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: tags.get(String(ResourceARN)) }),
    TagResource: ({ ResourceARN, Tags }) => void tags.set(String(ResourceARN), Tags),
    DeleteAlarms: ({ AlarmNames }) => (AlarmNames as string[]).forEach((name) => alarms.delete(name)),
  };
  return { alarms, ...fakeCloud(answers) };
}

const dimensions = { LoadBalancer: "app/a/1", TargetGroup: "targetgroup/b/2" };
const stat = (metricName: string) => ({
  namespace: "AWS/ApplicationELB",
  metricName,
  dimensions,
  period: 60,
  stat: "Sum",
});
const common = {
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: "notBreaching",
  alarmDescription: "too much",
};
const share = {
  ...common,
  name: "share",
  threshold: 1,
  metricQueries: [
    { id: "errors", metric: stat("HTTPCode_Target_5XX_Count") },
    { id: "requests", metric: stat("RequestCount") },
    { id: "share", expression: "100 * errors / requests", label: "5xx", returnData: true },
  ],
};
const p95 = {
  ...common,
  name: "p95",
  threshold: 1,
  namespace: "AWS/ApplicationELB",
  metricName: "TargetResponseTime",
  dimensions,
  period: 60,
  extendedStatistic: "p95",
  alarmActions: [topic],
};
const unhealthy = {
  ...common,
  name: "unhealthy",
  threshold: 0,
  namespace: "AWS/ApplicationELB",
  metricName: "UnHealthyHostCount",
  dimensions,
  period: 60,
  statistic: "Maximum",
  okActions: [topic],
};
const composite = { alarmName: "blue", alarmRule: 'ALARM("share") OR ALARM("p95")', alarmActions: [topic] };

const METRIC = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";

async function made(type: string, given: Props) {
  const world = cloudWatch();
  const site = { cloud: world.cloud, defaultTags: { Project: "p" } };
  const row = rowOf(type);
  const { inputs, failures } = checked(type, given);
  expect(failures).toEqual([]);
  const { id, state } = await create(row, "thing", inputs, site);
  const refreshed = () => read(row, "thing", id, { state, inputs }, site);
  const changes = async () => difference(row, inputs, (await refreshed())?.inputs ?? {}).changes;
  return { ...world, site, row, inputs, id, state, refreshed, changes };
}

it.each<[string, Props]>([
  [METRIC, share],
  [METRIC, p95],
  [METRIC, unhealthy],
  [COMPOSITE, composite],
])("%s comes back as it was given: no drift", async (type, given) => {
  const { changes, state, id } = await made(type, { ...given, tags: { team: "web" } });
  expect(await changes()).toEqual([]);
  expect(state).toMatchObject({ ...given, tags: { team: "web" }, tagsAll: { team: "web", Project: "p" } });
  expect(state.arn).toBe(`arn:aws:cloudwatch:${region}:123456789012:alarm:${id}`);
});

it("queries reach CloudWatch in its own form", async () => {
  const { sent } = await made(METRIC, share);
  expect(sent[0]).toEqual([
    "PutMetricAlarm",
    expect.objectContaining({
      Threshold: 1,
      DatapointsToAlarm: 2,
      Metrics: [
        expect.objectContaining({
          Id: "errors",
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: "AWS/ApplicationELB",
              MetricName: "HTTPCode_Target_5XX_Count",
              Dimensions: [
                { Name: "LoadBalancer", Value: "app/a/1" },
                { Name: "TargetGroup", Value: "targetgroup/b/2" },
              ],
            },
            Period: 60,
            Stat: "Sum",
          },
        }),
        expect.objectContaining({ Id: "requests" }),
        expect.objectContaining({ Id: "share", Expression: "100 * errors / requests", Label: "5xx", ReturnData: true }),
      ],
    }),
  ]);
});

it.each<[string, string, Props, Props, string]>([
  ["a threshold", METRIC, share, { Threshold: 9 }, "threshold"],
  ["an action that is gone", METRIC, p95, { AlarmActions: [] }, "alarmActions"],
  ["alarms that were muted", METRIC, p95, { ActionsEnabled: false }, "actionsEnabled"],
  ["a dimension", METRIC, p95, { Dimensions: [{ Name: "LoadBalancer", Value: "app/a/1" }] }, "dimensions.TargetGroup"],
  ["a percentile that became a statistic", METRIC, p95, { ExtendedStatistic: undefined }, "extendedStatistic"],
  ["queries that are gone", METRIC, share, { Metrics: [] }, "metricQueries"],
  ["a composite alarm's rule", COMPOSITE, composite, { AlarmRule: "FALSE" }, "alarmRule"],
])("a refresh shows %s changed by hand", async (_what, type, given, byHand, path) => {
  const { alarms, id, changes } = await made(type, given);
  alarms.set(id, { ...alarms.get(id), ...byHand });
  expect((await changes()).map((change) => change.path)).toEqual([path]);
});

it("a refresh shows an alarm that is gone", async () => {
  const { alarms, id, refreshed } = await made(METRIC, share);
  alarms.delete(id);
  expect(await refreshed()).toBeUndefined();
});

it.each<[string, string, Props, Props, string]>([
  ["a metric alarm", METRIC, p95, { threshold: 2 }, "PutMetricAlarm"],
  ["a composite alarm", COMPOSITE, composite, { alarmDescription: "both" }, "PutCompositeAlarm"],
])("%s is put whole at a change, without its tags", async (_what, type, given, changed, action) => {
  const { row, id, state, inputs, site, sent } = await made(type, given);
  sent.length = 0;
  await update(row, "thing", id, { state, inputs }, { ...inputs, ...changed }, site);
  const [name, request] = sent[0];
  expect(name).toBe(action);
  expect(request).toMatchObject({ AlarmActions: [topic], ActionsEnabled: true });
  expect(request).not.toHaveProperty("Tags");
});

it("a change of tags alone doesn't put the alarm, which would evaluate it anew", async () => {
  const { row, id, state, inputs, site, sent } = await made(METRIC, p95);
  sent.length = 0;
  await update(row, "thing", id, { state, inputs }, { ...inputs, tags: { a: "b" } }, site);
  expect(sent.map(([name]) => name)).toEqual(["TagResource", "DescribeAlarms", "ListTagsForResource"]);
});
