import { Alarms, type AlarmsArgs } from "../../components/alarms.ts";
import { createGatewayErrorsAlarm } from "../../components/gateway-errors-alarm.ts";
import { createRejectedConnectionsAlarm } from "../../components/rejected-connections-alarm.ts";
import { named, register, type Registered } from "../program.ts";

const dimensions = { LoadBalancer: "app/alb/1", TargetGroup: "targetgroup/blue/2" };
const args: AlarmsArgs = {
  color: "blue",
  baseName: "bluegreen-dev",
  loadBalancerName: "bluegreen-dev-alb-1234567",
  dimensions,
  alarmErrorPercent: 1.5,
  alarmP95Seconds: 0.5,
  alarmP99Seconds: 2,
  topicArn: "arn:topic",
  tags: { Project: "p" },
};
const made = () => register(() => void new Alarms("a", args));
const parts = ["errors", "p95", "p99", "unhealthy", "connections"];
const partOf = (resources: Registered[], part: string) => named(resources, `bluegreen-dev-blue-${part}`).inputs;

/** When a part sounds: two bad minutes of three, and never for want of traffic. */
const rule = {
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: "notBreaching",
};
const tags = { Project: "p", Color: "blue" };
const namespace = "AWS/ApplicationELB";

describe("a colour's alarms", () => {
  test.each<[string, Record<string, unknown>]>([
    ["unhealthy", { metricName: "UnHealthyHostCount", statistic: "Maximum", threshold: 0 }],
    ["connections", { metricName: "TargetConnectionErrorCount", statistic: "Sum", threshold: 10 }],
  ])("%s: one metric of its target group, minute by minute", async (part, expected) => {
    const { alarmDescription, ...inputs } = partOf(await made(), part);
    expect(inputs).toEqual({ ...rule, namespace, dimensions, period: 60, tags, ...expected });
    expect(alarmDescription).toMatch(/^blue: \w+/);
  });

  test.each([
    ["p95", 0.5],
    ["p99", 2],
  ])("%s: of as many requests as a share of errors needs", async (part, threshold) => {
    const { alarmDescription, ...inputs } = partOf(await made(), part);
    const of = (metricName: string, stat: string) => ({ namespace, metricName, dimensions, period: 60, stat });
    expect(inputs).toEqual({
      ...rule,
      threshold,
      tags,
      metricQueries: [
        { id: "seconds", metric: of("TargetResponseTime", part) },
        { id: "requests", metric: of("RequestCount", "Sum") },
        {
          id: "slow",
          label: `${part} seconds`,
          returnData: true,
          expression: "IF(requests >= 20, seconds, 0)",
        },
      ],
    });
    expect(alarmDescription).toMatch(/^blue: over \d %/);
  });

  test("errors: their share of the requests, where there are enough of them to have one", async () => {
    const { alarmDescription, ...inputs } = partOf(await made(), "errors");
    const sum = (metricName: string) => ({ namespace, metricName, dimensions, period: 60, stat: "Sum" });
    expect(inputs).toEqual({
      ...rule,
      threshold: 1.5,
      tags,
      metricQueries: [
        { id: "errors", metric: sum("HTTPCode_Target_5XX_Count") },
        { id: "requests", metric: sum("RequestCount") },
        {
          id: "share",
          label: "5xx percent",
          returnData: true,
          expression: "IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)",
        },
      ],
    });
    expect(alarmDescription).toBe(
      "blue: over 1.5 % of the answers were 5xx. " +
        "Run book: docs/runbook.md#1-users-see-errors-and-the-last-release-is-not-old",
    );
  });

  test("the parts have no actions: the composite alarm notifies, of the alarm and of its end", async () => {
    const resources = await made();
    expect(resources.filter(({ inputs }) => inputs.alarmActions ?? inputs.okActions).map(({ name }) => name)).toEqual([
      "bluegreen-dev-blue-alarm",
    ]);
    const { alarmDescription, ...inputs } = named(resources, "bluegreen-dev-blue-alarm").inputs;
    expect(inputs).toEqual({
      alarmName: "bluegreen-dev-alb-1234567-blue",
      alarmRule: parts.map((part) => `ALARM("bluegreen-dev-blue-${part}-1234567")`).join(" OR "),
      alarmActions: ["arn:topic"],
      okActions: ["arn:topic"],
      tags,
    });
    expect(alarmDescription).toMatch(/^blue /);
  });

  test("names and descriptions fit into AWS's limits, with the longest stack name and Pulumi's suffix", async () => {
    const baseName = `bluegreen-${"s".repeat(100)}`;
    const resources = await register(() => void new Alarms("a", { ...args, color: "green", baseName }));
    expect(resources).toHaveLength(6);
    for (const { name, inputs } of resources) {
      expect(name.length + 8).toBeLessThanOrEqual(255);
      expect((inputs.alarmDescription as string).length).toBeLessThanOrEqual(1024);
    }
    expect((named(resources, `${baseName}-green-alarm`).inputs.alarmRule as string).length).toBeLessThan(10_240);
  });
});

test("what the load balancer answers in its instances' place is no colour's, and is told at once", async () => {
  const resources = await register(() => {
    const given = { loadBalancerArnSuffix: "app/alb/1", alarmErrorPercent: 1.5, topicArn: "arn:topic", tags: {} };
    createGatewayErrorsAlarm("gateway", given, {});
  });
  const sum = (metricName: string) => {
    return { namespace, metricName, dimensions: { LoadBalancer: "app/alb/1" }, period: 60, stat: "Sum" };
  };
  expect(named(resources, "gateway").inputs).toMatchObject({
    ...rule,
    threshold: 1.5,
    alarmActions: ["arn:topic"],
    okActions: ["arn:topic"],
    metricQueries: [
      { id: "bad", metric: sum("HTTPCode_ELB_502_Count") },
      { id: "late", metric: sum("HTTPCode_ELB_504_Count") },
      { id: "requests", metric: sum("RequestCount") },
      {
        id: "share",
        expression: "IF(requests >= 20, 100 * (FILL(bad, 0) + FILL(late, 0)) / requests, 0)",
        label: "502 and 504 percent",
        returnData: true,
      },
    ],
  });
});

test("what the load balancer rejects is no colour's, and is told at once", async () => {
  const resources = await register(() => {
    const loadBalancerArnSuffix = "app/alb/1";
    createRejectedConnectionsAlarm("rejected", { loadBalancerArnSuffix, topicArn: "arn:topic", tags: {} }, {});
  });
  expect(named(resources, "rejected").inputs).toMatchObject({
    ...rule,
    namespace,
    metricName: "RejectedConnectionCount",
    dimensions: { LoadBalancer: "app/alb/1" },
    period: 60,
    statistic: "Sum",
    threshold: 0,
    alarmActions: ["arn:topic"],
    okActions: ["arn:topic"],
  });
});
