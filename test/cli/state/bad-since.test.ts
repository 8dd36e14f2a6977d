import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { badSinceIn } from "../../../cli/state/describe.ts";

/** As CloudWatch writes it: newest first. */
const data = (points: [string, number?][]) =>
  JSON.stringify({
    version: "1.0",
    queryDate: "2025-05-15T15:31:44.984+0000",
    startDate: "2025-05-15T15:29:00.000+0000",
    evaluatedDatapoints: points.map(([minute, value]) => ({
      timestamp: `2025-05-15T15:${minute}:00.000+0000`,
      sampleCount: 1,
      value,
    })),
  });
const rule = { Threshold: 5, DatapointsToAlarm: 2, EvaluationPeriods: 3 };

test.each<[string, MetricAlarm, string | undefined]>([
  [
    "the first of those that are above the threshold",
    {
      ...rule,
      StateReasonData: data([
        ["31", 9],
        ["30", 5],
        ["29", 6],
      ]),
    },
    "2025-05-15T15:29:00.000Z",
  ],
  [
    "as many of the newest as the alarm needs",
    {
      ...rule,
      StateReasonData: data([
        ["31", 9],
        ["30", 9],
        ["29", 9],
      ]),
    },
    "2025-05-15T15:30:00.000Z",
  ],
  [
    "all periods where the alarm needs all",
    {
      ...rule,
      DatapointsToAlarm: undefined,
      StateReasonData: data([
        ["31", 9],
        ["29", 9],
      ]),
    },
    "2025-05-15T15:29:00.000Z",
  ],
  ["nothing of points without a value", { ...rule, StateReasonData: data([["31"]]) }, undefined],
  ["nothing of a composite alarm", { ...rule, StateReasonData: JSON.stringify({ triggeringAlarms: [] }) }, undefined],
  ["nothing of what is no JSON", { ...rule, StateReasonData: "tried by hand" }, undefined],
  ["nothing where there is nothing", rule, undefined],
])("tells %s", (_, alarm, expected) => expect(badSinceIn(alarm)).toBe(expected));
