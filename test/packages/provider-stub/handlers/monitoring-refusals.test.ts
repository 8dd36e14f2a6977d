import { UNKNOWN } from "../../../../packages/provider-stub/diff.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";
import { checked } from "./checked.ts";

const metric = { metricName: "RequestCount", namespace: "AWS/ApplicationELB", period: 60, stat: "Sum" };
const alarm = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 3 };
const single = { ...alarm, metricName: "RequestCount", statistic: "Sum" };
const keys = { billingMode: "PAY_PER_REQUEST", hashKey: "pk", rangeKey: "sk" };
const attributes = ["pk", "sk"].map((name) => ({ name, type: "S" }));
const [METRIC_ALARM, COMPOSITE] = [
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
];
const TABLE = "aws:dynamodb/table:Table";

describe("check refuses", () => {
  it.each<[string, string, Props, string, RegExp]>([
    [
      "an alarm on a metric by two statistics",
      METRIC_ALARM,
      { ...single, extendedStatistic: "p95" },
      "statistic",
      /exactly one of .* not 2/,
    ],
    [
      "an alarm on a metric by no statistic",
      METRIC_ALARM,
      { ...single, statistic: undefined },
      "statistic",
      /exactly one of .* not 0/,
    ],
    [
      "an alarm on a metric and on queries",
      METRIC_ALARM,
      { ...alarm, metricQueries: [{ id: "m", metric }], namespace: "AWS/ApplicationELB" },
      "namespace",
      /conflicts with metricQueries/,
    ],
    [
      "a query that is both expression and metric",
      METRIC_ALARM,
      { ...alarm, metricQueries: [{ id: "m", metric, expression: "1" }] },
      "metricQueries[0]",
      /both expression and metric/,
    ],
    [
      "a query's odd period",
      METRIC_ALARM,
      {
        ...alarm,
        metricQueries: [
          { id: "e", expression: "m" },
          { id: "m", metric: { ...metric, period: 90 } },
        ],
      },
      "metricQueries[1].metric.period",
      /^90: allowed: .*multiple of 60/,
    ],
    [
      "a query's statistic by another word",
      METRIC_ALARM,
      { ...alarm, metricQueries: [{ id: "m", metric: { ...metric, stat: "p9x" } }] },
      "metricQueries[0].metric.stat",
      /allowed: SampleCount/,
    ],
    [
      "an unknown part of a query",
      METRIC_ALARM,
      { ...alarm, metricQueries: [{ id: "m", metric: { ...metric, unit: "Count" } }] },
      "metricQueries.metric.unit",
      /does not know/,
    ],
    ["a period of one second", METRIC_ALARM, { ...single, period: 1 }, "period", /allowed: 10, 20, 30 or/],
    [
      "a percentile above 100",
      METRIC_ALARM,
      { ...single, statistic: undefined, extendedStatistic: "p101" },
      "extendedStatistic",
      /percentile such as p95/,
    ],
    [
      "a comparison by another word",
      METRIC_ALARM,
      { ...single, comparisonOperator: ">" },
      "comparisonOperator",
      />: allowed/,
    ],
    ["an alarm without periods", METRIC_ALARM, { ...single, evaluationPeriods: 0 }, "evaluationPeriods", /1 or more/],
    [
      "missing data by another word",
      METRIC_ALARM,
      { ...single, treatMissingData: "ok" },
      "treatMissingData",
      /breaching/,
    ],
    ["an alarm's name too long", METRIC_ALARM, { ...single, name: "x".repeat(256) }, "name", /256 characters/],
    [
      "six actions",
      COMPOSITE,
      { alarmName: "a", alarmRule: "r", alarmActions: Array(6).fill("a") },
      "alarmActions",
      /most 5/,
    ],
    ["an empty rule", COMPOSITE, { alarmName: "a", alarmRule: "" }, "alarmRule", /1 to 10240 characters/],
    [
      "a composite alarm's name too long",
      COMPOSITE,
      { alarmName: "x".repeat(256), alarmRule: "r" },
      "alarmName",
      /1 to 255 characters/,
    ],
    [
      "a dashboard's name with a dot",
      "aws:cloudwatch/dashboard:Dashboard",
      { dashboardName: "a.b", dashboardBody: "{}" },
      "dashboardName",
      /^a\.b: allowed: 1 to 255 letters/,
    ],
    [
      "a dashboard that is no JSON",
      "aws:cloudwatch/dashboard:Dashboard",
      { dashboardName: "a", dashboardBody: "{" },
      "dashboardBody",
      /JSON object/,
    ],
    [
      "a retention that CloudWatch Logs doesn't have",
      "aws:cloudwatch/logGroup:LogGroup",
      { retentionInDays: 31 },
      "retentionInDays",
      /^31: allowed: 0, 1, 3, .* 3653$/,
    ],
    [
      "a log group's name with a space",
      "aws:cloudwatch/logGroup:LogGroup",
      { name: "/a b" },
      "name",
      /letters, digits/,
    ],
    [
      "a metric filter's name with a star",
      "aws:cloudwatch/logMetricFilter:LogMetricFilter",
      { name: "a*", logGroupName: "/a", pattern: "", metricTransformation: { name: "n", namespace: "s", value: "1" } },
      "name",
      /no : \*/,
    ],
    [
      "a metric's namespace with a dollar sign",
      "aws:cloudwatch/logMetricFilter:LogMetricFilter",
      { name: "a", logGroupName: "/a", pattern: "", metricTransformation: { name: "n", namespace: "$", value: "1" } },
      "metricTransformation.namespace",
      /no : \* \$/,
    ],
    ["a topic's name with a dot", "aws:sns/topic:Topic", { name: "a.b" }, "name", /hyphens and underscores/],
    [
      "a topic's policy that is no JSON",
      "aws:sns/topicPolicy:TopicPolicy",
      { arn: "a", policy: "x" },
      "policy",
      /JSON/,
    ],
    [
      "a subscription by text message",
      "aws:sns/topicSubscription:TopicSubscription",
      { topic: "a", protocol: "sms", endpoint: "1" },
      "protocol",
      /only does email/,
    ],
    ["a key that is gone too soon", "aws:kms/key:Key", { deletionWindowInDays: 6 }, "deletionWindowInDays", /7 to 30/],
    ["a key's policy that is no JSON", "aws:kms/key:Key", { policy: "[]" }, "policy", /JSON object/],
    ["provisioned capacity", TABLE, { ...keys, attributes, billingMode: undefined }, "billingMode", /PAY_PER_REQUEST/],
    ["a table without a key", TABLE, { billingMode: "PAY_PER_REQUEST" }, "hashKey", /needs one/],
    [
      "an attribute that is no key",
      TABLE,
      { ...keys, attributes: [...attributes, { name: "who", type: "S" }] },
      "attributes",
      /unused: who/,
    ],
    ["a key that is no attribute", TABLE, { ...keys, attributes: attributes.slice(1) }, "attributes", /missing: pk/],
    [
      "an attribute of another type",
      TABLE,
      { ...keys, attributes: [attributes[0], { name: "sk", type: "M" }] },
      "attributes[1].type",
      /^M: allowed: S, N, B/,
    ],
    ["a table's name too short", TABLE, { ...keys, attributes, name: "ab" }, "name", /at least 3/],
  ])("%s", (_what, type, inputs, property, reason) => {
    const { failures } = checked(type, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) as string }]);
  });
});

describe("check lets through", () => {
  it("an alarm with the official provider's defaults", () => {
    const { inputs, failures } = checked(METRIC_ALARM, {
      ...alarm,
      metricQueries: [
        { id: "m", metric },
        { id: "e", expression: "m", returnData: true },
      ],
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      actionsEnabled: true,
      treatMissingData: "missing",
      metricQueries: [{ returnData: false }, { returnData: true }],
    });
  });
  it("nothing that a preview doesn't know yet", () => {
    const unknown = { ...single, period: UNKNOWN, alarmDescription: UNKNOWN, okActions: [UNKNOWN] };
    expect(checked(METRIC_ALARM, unknown).failures).toEqual([]);
    expect(checked(TABLE, { ...keys, attributes: UNKNOWN }).failures).toEqual([]);
  });
});
