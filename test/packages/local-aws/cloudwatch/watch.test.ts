import { type AwsError } from "../../../../packages/query-protocol/aws-error.ts";
import { metric, putMetricAlarm, StillCloudWatch } from "./fixtures.ts";

const stat = { Metric: metric, Period: 60, Stat: "Sum" };
const { AlarmName, EvaluationPeriods, Threshold, ComparisonOperator } = putMetricAlarm;
const expression = (Metrics: object[], over: object = {}) => ({
  AlarmName,
  EvaluationPeriods,
  Threshold,
  ComparisonOperator,
  Metrics,
  ...over,
});
const hidden = (Id: string, over: object = {}) => ({ Id, MetricStat: { ...stat, ...over }, ReturnData: false });

function refusal(input: object): [string, string] {
  const cloudWatch = new StillCloudWatch();
  const none = Object.fromEntries(Object.keys(putMetricAlarm).map((name) => [name, undefined]));
  try {
    cloudWatch.put({ ...none, ...input });
  } catch (error) {
    return [(error as AwsError).code, (error as AwsError).message];
  }
  return ["none", ""];
}

test.each<[string, object, string | RegExp]>([
  ["no evaluation periods", { ...putMetricAlarm, EvaluationPeriods: undefined }, "EvaluationPeriods"],
  ["no threshold", { ...putMetricAlarm, Threshold: undefined }, "Threshold"],
  ["no comparison operator", { ...putMetricAlarm, ComparisonOperator: undefined }, "ComparisonOperator"],
  ["an unknown comparison operator", { ...putMetricAlarm, ComparisonOperator: ">" }, "ComparisonOperator"],
  ["a period of 45 s", { ...putMetricAlarm, Period: 45 }, "10, 20, 30 or a multiple of 60"],
  ["no period", { ...putMetricAlarm, Period: undefined }, "Period is required"],
  ["no metric", { ...putMetricAlarm, MetricName: undefined, Namespace: undefined }, /MetricName is .*Namespace is/],
  ["no statistic", { ...putMetricAlarm, Statistic: undefined }, "Exactly one of Statistic"],
  ["two statistics", { ...putMetricAlarm, ExtendedStatistic: "p95" }, "Exactly one of Statistic"],
  ["a percentile above 100", { ...putMetricAlarm, Statistic: undefined, ExtendedStatistic: "p101" }, "p101"],
  ["a name of 256 characters", { ...putMetricAlarm, AlarmName: "a".repeat(256) }, "AlarmName"],
  ["a name with a line break", { ...putMetricAlarm, AlarmName: "a\nb" }, "AlarmName"],
  ["more datapoints than periods", { ...putMetricAlarm, DatapointsToAlarm: 4 }, "DatapointsToAlarm"],
  ["an unknown treatment", { ...putMetricAlarm, TreatMissingData: "good" }, "TreatMissingData"],
  ["an action that is no ARN", { ...putMetricAlarm, AlarmActions: ["topic"] }, "AlarmActions.0"],
  ["six actions", { ...putMetricAlarm, OKActions: Array.from({ length: 6 }, () => "arn:aws:sns:x:1:t") }, "OKActions"],
  ["more than a day", { ...putMetricAlarm, Period: 300, EvaluationPeriods: 289 }, "86400 seconds"],
  ["more than a week", { ...putMetricAlarm, Period: 86_400, EvaluationPeriods: 8 }, "604800 seconds"],
  ["nothing returned", expression([hidden("a")]), "Exactly one element"],
  [
    "two returned",
    expression([
      { Id: "a", MetricStat: stat },
      { Id: "b", Expression: "a" },
    ]),
    "Exactly one element",
  ],
  [
    "a metric beside an expression",
    expression([{ Id: "a", MetricStat: stat }], { Namespace: "x" }),
    "together with Metrics",
  ],
  ["two periods", expression([hidden("a"), hidden("b", { Period: 300 }), { Id: "c", Expression: "a/b" }]), "60, 300"],
  ["an unknown id", expression([hidden("a"), { Id: "c", Expression: "a/b" }]), "unknown ids: b"],
  ["an id twice", expression([hidden("a"), hidden("a"), { Id: "c", Expression: "a" }]), "'a' is used"],
  ["a circle", expression([hidden("a"), { Id: "c", Expression: "a + c" }]), "depends on itself"],
  ["a single number", expression([hidden("a"), { Id: "c", Expression: "1 + 1" }]), "single number"],
  ["no metric in it", expression([{ Id: "c", Expression: "1" }]), "At least one query"],
  ["neither metric nor expression", expression([{ Id: "c" }, hidden("a")]), "either an Expression or a MetricStat"],
  ["an id with a capital", expression([{ Id: "A", MetricStat: stat }]), "Metrics.0.Id"],
  ["a function that is not known", expression([hidden("a"), { Id: "c", Expression: "SUM(a)" }]), "SUM"],
  [
    "eleven metrics",
    expression([...Array.from({ length: 11 }, (_, i) => hidden(`a${i}`)), { Id: "c", Expression: "a1" }]),
    "10",
  ],
])("fails for %s", (_name, input, message) => {
  const [code, said] = refusal(input);
  expect(code).toBe("ValidationError");
  expect(said).toMatch(message);
});

test("fails for what AWS knows and this cloud doesn't", () => {
  expect(refusal({ ...putMetricAlarm, ThresholdMetricId: "a" })).toEqual([
    "NotImplemented",
    expect.stringContaining("ThresholdMetricId of PutMetricAlarm"),
  ]);
});

test.each([
  ["a plain one", putMetricAlarm],
  ["seven days of hours", { ...putMetricAlarm, Period: 3600, EvaluationPeriods: 168 }],
  ["an expression", expression([hidden("a"), hidden("b"), { Id: "c", Expression: "a/b", ReturnData: true }])],
  ["a metric in Metrics", expression([{ Id: "a", MetricStat: stat }])],
])("takes %s", (_name, input) => {
  expect(refusal(input)).toEqual(["none", ""]);
});
