import { metricCounts, metricQueries, minutesIn, minutesOf, wholeMinutes } from "../../../cli/analysis/metrics.ts";

const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);

test.each<[since: string, now: string, from: string | undefined, to: string]>([
  ["12:00:00", "12:00:59", undefined, ""],
  ["12:00:00", "12:01:00", "12:00:00", "12:01:00"],
  ["12:00:01", "12:01:59", undefined, ""],
  ["12:00:01", "12:02:00", "12:01:00", "12:02:00"],
  ["12:00:30", "13:00:30", "12:55:00", "13:00:00"],
])("whole minutes from %s to %s", (since, now, from, to) =>
  expect(wholeMinutes(at(since), at(now))).toEqual(from && { from: at(from), to: at(to) }),
);

test("minutes of a span", () => expect(minutesIn({ from: at("12:00:00"), to: at("12:03:00") })).toBe(3));

test("asks for both colours, each by the names that CloudWatch knows them by", () => {
  const elb = "arn:aws:elasticloadbalancing:eu-central-1:123456789012";
  const queries = metricQueries({
    listenerArn: `${elb}:listener/app/dev/50dc6c495c0c9188/f2f7dc8efc522ab2`,
    targetGroupArns: { blue: `${elb}:targetgroup/dev-blue/73e2d6bc24d8a067`, green: `${elb}:targetgroup/dev-green/1` },
  });
  expect(queries).toHaveLength(8);
  expect(queries.every(({ Id }) => /^[a-z][a-zA-Z0-9_]*$/.test(Id ?? ""))).toBe(true);
  expect(queries.find(({ Id }) => Id === "blue_errors")?.MetricStat).toEqual({
    Metric: {
      Namespace: "AWS/ApplicationELB",
      MetricName: "HTTPCode_Target_5XX_Count",
      Dimensions: [
        { Name: "LoadBalancer", Value: "app/dev/50dc6c495c0c9188" },
        { Name: "TargetGroup", Value: "targetgroup/dev-blue/73e2d6bc24d8a067" },
      ],
    },
    Period: 60,
    Stat: "Sum",
  });
  expect(queries.find(({ Id }) => Id === "green_p95")?.MetricStat).toMatchObject({
    Metric: { MetricName: "TargetResponseTime" },
    Stat: "p95",
  });
});

test("counts by colour: 5xx and refused connections are failures, minutes weigh as much as they have requests", () => {
  const point = (Id: string, ...values: [string, number][]) => ({
    Id,
    Timestamps: values.map(([time]) => new Date(at(time))),
    Values: values.map(([, value]) => value),
  });
  const results = [
    point("green_requests", ["12:00:00", 300], ["12:01:00", 100]),
    point("green_errors", ["12:01:00", 3]),
    point("green_connections", ["12:00:00", 2]),
    point("green_p95", ["12:01:00", 0.5], ["12:00:00", 0.1]),
    // A second page.
    point("green_errors", ["12:00:00", 1]),
    point("blue_requests"),
  ];
  expect(metricCounts(results, 2, at("12:00:00"))).toEqual({
    green: { minutes: 2, sent: 400, failed: 6, p95: 200 },
    blue: { minutes: 2, sent: 0, failed: 0, p95: undefined },
  });
  expect(metricCounts(results, 1, at("12:01:00")).green).toEqual({ minutes: 1, sent: 100, failed: 3, p95: 500 });
  const none = { sent: 0, failed: 0 };
  expect(minutesOf(results, { from: at("11:59:00"), to: at("12:02:00") })).toEqual([
    { at: at("11:59:00"), blue: none, green: none, told: [] },
    { at: at("12:00:00"), blue: none, green: { sent: 300, failed: 3 }, told: ["green"] },
    { at: at("12:01:00"), blue: none, green: { sent: 100, failed: 3 }, told: ["green"] },
  ]);
});
