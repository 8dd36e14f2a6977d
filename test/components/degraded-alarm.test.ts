import { DegradedAlarm } from "../../components/degraded-alarm.ts";
import { named, register } from "../program.ts";

const made = () =>
  register(() => {
    new DegradedAlarm("monitoring-degraded", {
      baseName: "bluegreen-dev",
      settingsPath: "/bluegreen/dev",
      logGroups: { blue: "/bluegreen/dev/blue", green: "/bluegreen/dev/green" },
      topicArn: "arn:topic",
      tags: { Project: "p" },
    });
  });

test("one alarm over both colours tells that either logs it in two of three minutes, and no line is no fault", async () => {
  const metric = (metricName: string) => ({ namespace: "bluegreen/dev", metricName, period: 60, stat: "Sum" });
  expect(named(await made(), "bluegreen-dev-degraded").inputs).toMatchObject({
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: "notBreaching",
    alarmActions: ["arn:topic"],
    okActions: ["arn:topic"],
    metricQueries: [
      { id: "blue", metric: metric("blue-degraded") },
      { id: "green", metric: metric("green-degraded") },
      { id: "checks", expression: "FILL(blue, 0) + FILL(green, 0)", returnData: true },
    ],
  });
});

test("each colour's log group has a filter of its own, whose metric has values in bad hours alone", async () => {
  const resources = await made();
  for (const color of ["blue", "green"]) {
    expect(named(resources, `monitoring-degraded-${color}`).inputs).toEqual({
      name: `${color}-degraded`,
      logGroupName: `/bluegreen/dev/${color}`,
      pattern: '{ $.msg = "degraded" }',
      metricTransformation: { namespace: "bluegreen/dev", name: `${color}-degraded`, value: "1", unit: "Count" },
    });
  }
});
