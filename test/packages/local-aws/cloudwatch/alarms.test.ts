import { type AwsError } from "../../../../packages/query-protocol/aws-error.ts";
import { metric, StillCloudWatch } from "./fixtures.ts";

let cloudWatch: StillCloudWatch;

beforeEach(() => {
  cloudWatch = new StillCloudWatch();
});

const reason = (name = "busy"): string => cloudWatch.alarms.require(name).state.reason.text;

function fault(act: () => void): [string, string] {
  try {
    act();
  } catch (error) {
    return [(error as AwsError).code, (error as AwsError).message];
  }
  throw new Error("this should have been refused");
}

test("an alarm has no state until its first minute is over", () => {
  cloudWatch.put();
  cloudWatch.pass(50, 9);
  expect([cloudWatch.state(), reason()]).toEqual(["INSUFFICIENT_DATA", "Unchecked: Initial alarm creation"]);
  cloudWatch.pass(10);
  expect(cloudWatch.state()).toBe("OK");
});

test("goes off with two bad minutes of three, and ends when they are over", () => {
  cloudWatch.put();
  cloudWatch.pass(60, 9);
  cloudWatch.pass(60, 2);
  expect(cloudWatch.state()).toBe("OK");
  cloudWatch.pass(60, 7);
  expect(cloudWatch.state()).toBe("ALARM");
  expect(reason()).toBe(
    "Threshold Crossed: 2 out of the last 3 datapoints [7.0 (24/03/26 12:00:12), 9.0 (24/03/26 12:00:00)] were greater " +
      "than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
  );
  cloudWatch.pass(60, 1);
  expect(cloudWatch.state()).toBe("OK");
  expect(reason()).toContain(
    "2 out of the last 3 datapoints [1.0 (24/03/26 12:00:18), 2.0 (24/03/26 12:00:06)] were not",
  );
  expect(cloudWatch.changes).toEqual([
    ["busy", "INSUFFICIENT_DATA", "OK"],
    ["busy", "OK", "ALARM"],
    ["busy", "ALARM", "OK"],
  ]);
});

test("tells programs when the data points began that it was judged by", () => {
  cloudWatch.put();
  cloudWatch.pass(60, 9);
  cloudWatch.pass(60, 2);
  cloudWatch.pass(60, 7);
  const point = (second: string, value: number) => ({ timestamp: `2026-03-24T12:00:${second}.000+0000`, value });
  expect(JSON.parse(cloudWatch.alarms.require("busy").state.reason.data ?? "")).toEqual({
    version: "1.0",
    queryDate: "2026-03-24T12:00:18.500+0000",
    startDate: "2026-03-24T12:00:00.000+0000",
    statistic: "Sum",
    period: 60,
    recentDatapoints: [9, 2, 7],
    threshold: 5,
    evaluatedDatapoints: [point("12", 7), point("06", 2), point("00", 9)],
  });
});

test("given a lag, then it goes off and ends so much later, for the same minutes", () => {
  cloudWatch.put();
  cloudWatch.evaluator.lag = 240;
  for (const requests of [9, 9, 1, 1]) cloudWatch.pass(60, requests);
  expect(cloudWatch.state()).toBe("OK");
  cloudWatch.pass(120);
  expect(cloudWatch.state()).toBe("ALARM");
  expect(reason()).toContain("[9.0 (24/03/26 12:00:06), 9.0 (24/03/26 12:00:00)]");
  cloudWatch.pass(120);
  expect(cloudWatch.state()).toBe("OK");
});

test("says what silence was taken for", () => {
  cloudWatch.put({ AlarmName: "calm" });
  cloudWatch.put({ AlarmName: "worried", TreatMissingData: "breaching", EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  cloudWatch.put({ AlarmName: "unsure", TreatMissingData: undefined });
  cloudWatch.pass(60, 9);
  expect(cloudWatch.state("unsure")).toBe("INSUFFICIENT_DATA");
  cloudWatch.pass(300);
  expect(["calm", "worried", "unsure"].map((name) => cloudWatch.state(name))).toEqual([
    "OK",
    "ALARM",
    "INSUFFICIENT_DATA",
  ]);
  expect(reason("unsure")).toBe("Insufficient Data: 3 datapoints were unknown.");
  cloudWatch = new StillCloudWatch();
  cloudWatch.put({ AlarmName: "worried", TreatMissingData: "breaching", EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  cloudWatch.pass(60);
  expect(reason("worried")).toBe(
    "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].",
  );
});

test("a period of 10 s is judged every 10 s, one of 300 s every minute", () => {
  cloudWatch.put({ AlarmName: "quick", Period: 10, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  cloudWatch.put({ AlarmName: "slow", Period: 300, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  cloudWatch.pass(10, 6);
  expect([cloudWatch.state("quick"), cloudWatch.state("slow")]).toEqual(["ALARM", "INSUFFICIENT_DATA"]);
  cloudWatch.pass(50);
  expect([cloudWatch.state("quick"), cloudWatch.state("slow")]).toEqual(["OK", "ALARM"]);
});

test("watches percentiles, and passes over a minute with too few samples where it is told to", () => {
  const p99 = { Statistic: undefined, ExtendedStatistic: "p99", EvaluationPeriods: 1, DatapointsToAlarm: 1 };
  cloudWatch.put({ AlarmName: "bold", ...p99 });
  cloudWatch.put({ AlarmName: "careful", ...p99, EvaluateLowSampleCountPercentile: "ignore" });
  for (let count = 0; count < 98; count++) cloudWatch.store.of(metric).add(1);
  cloudWatch.store.of(metric).add(8);
  cloudWatch.store.of(metric).add(9);
  cloudWatch.pass(60);
  expect([cloudWatch.state("bold"), cloudWatch.state("careful")]).toEqual(["ALARM", "INSUFFICIENT_DATA"]);
});

test("watches an expression", () => {
  const query = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: { Metric: { ...metric, MetricName }, Period: 60, Stat: "Sum" },
    ReturnData: false,
  });
  const single = ["Namespace", "MetricName", "Dimensions", "Period", "Statistic"];
  cloudWatch.put({
    ...Object.fromEntries(single.map((name) => [name, undefined])),
    Metrics: [
      query("requests", "RequestCount"),
      query("errors", "HTTPCode_Target_5XX_Count"),
      { Id: "share", Expression: "IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)" },
    ],
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
  });
  const errors = cloudWatch.store.of({ ...metric, MetricName: "HTTPCode_Target_5XX_Count" });
  const seen: string[] = [];
  for (const [requests, bad] of [
    [19, 19],
    [20, 1],
    [20, 2],
    [100, 0],
  ]) {
    for (let count = 0; count < bad; count++) errors.add(1);
    cloudWatch.pass(60, requests);
    seen.push(cloudWatch.state());
  }
  expect(seen).toEqual(["OK", "OK", "ALARM", "OK"]);
});

test("an update keeps state and tags; other settings count from then on", () => {
  cloudWatch.put({ Tags: [{ Key: "a", Value: "1" }] });
  cloudWatch.pass(60, 9);
  cloudWatch.put({ Tags: [{ Key: "b", Value: "2" }], EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  expect(cloudWatch.state()).toBe("OK");
  expect([...cloudWatch.alarms.require("busy").tags]).toEqual([["a", "1"]]);
  cloudWatch.pass(60, 9);
  expect(cloudWatch.state()).toBe("ALARM");
});

test("a composite alarm follows at once, also one over another, also in a circle", () => {
  cloudWatch.put();
  cloudWatch.putComposite("inner", "ALARM(busy)");
  cloudWatch.putComposite("outer", "ALARM(inner)");
  cloudWatch.putComposite("inner", "ALARM(busy) OR ALARM(outer)");
  cloudWatch.alarms.setState(cloudWatch.alarms.require("busy"), "ALARM", { text: "tried" });
  expect(cloudWatch.changes).toEqual([
    ["inner", "INSUFFICIENT_DATA", "OK"],
    ["outer", "INSUFFICIENT_DATA", "OK"],
    ["busy", "INSUFFICIENT_DATA", "ALARM"],
    ["inner", "OK", "ALARM"],
    ["outer", "OK", "ALARM"],
  ]);
  expect(reason("inner")).toBe(
    "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:busy transitioned to ALARM at Tuesday 24 March, 2026 12:00:00 UTC",
  );
});

test("composite alarms that contradict each other in a circle change once and rest", () => {
  cloudWatch.put();
  cloudWatch.putComposite("inner", "ALARM(busy)");
  cloudWatch.putComposite("outer", "ALARM(inner)");
  cloudWatch.putComposite("inner", "ALARM(busy) AND NOT ALARM(outer)");
  cloudWatch.alarms.setState(cloudWatch.alarms.require("busy"), "ALARM", { text: "tried" });
  expect(["inner", "outer"].map((name) => cloudWatch.state(name))).toEqual(["ALARM", "ALARM"]);
});

test("a state that was set lasts until the next evaluation", () => {
  cloudWatch.put();
  cloudWatch.pass(60);
  cloudWatch.alarms.setState(cloudWatch.alarms.require("busy"), "ALARM", { text: "tried" });
  cloudWatch.pass(50);
  expect(cloudWatch.state()).toBe("ALARM");
  cloudWatch.pass(10);
  expect(cloudWatch.state()).toBe("OK");
});

test("an alarm that a composite one names can't be deleted before it, but together with it", () => {
  cloudWatch.put();
  cloudWatch.put({ AlarmName: "other" });
  cloudWatch.putComposite("both", 'ALARM("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:busy") OR ALARM(other)');
  cloudWatch.putComposite("second", "ALARM(busy)");
  expect(fault(() => cloudWatch.alarms.delete(["busy", "other"]))).toEqual([
    "ValidationError",
    "Cannot delete busy,other as there are composite alarm(s) depending on them.",
  ]);
  expect(fault(() => cloudWatch.alarms.delete(["both", "second"]))[0]).toBe("ValidationError");
  expect(fault(() => cloudWatch.alarms.delete(["second", "gone"]))[0]).toBe("ResourceNotFound");
  cloudWatch.alarms.delete(["second"]);
  cloudWatch.alarms.delete(["both", "busy", "other"]);
  expect(cloudWatch.alarms.list()).toEqual([]);
});

test("fails for a composite alarm on alarms that don't exist, and for a name of the other kind", () => {
  cloudWatch.put();
  expect(fault(() => cloudWatch.putComposite("both", "ALARM(busy) OR ALARM(gone) OR ALARM(lost)"))).toEqual([
    "ValidationError",
    "Could not save the composite alarm as alarms [gone, lost] in the alarm rule do not exist",
  ]);
  expect(fault(() => cloudWatch.putComposite("busy", "TRUE"))[0]).toBe("ValidationError");
});
