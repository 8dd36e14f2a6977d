import { Clock } from "../../../../packages/local-aws/clock.ts";
import { MetricStore } from "../../../../packages/local-aws/cloudwatch/metric-store.ts";
import { ElbMetrics } from "../../../../packages/local-aws/elb/metrics.ts";
import type { Health } from "../../../../packages/local-aws/elb/health.ts";
import type { Target } from "../../../../packages/local-aws/elb/target-health.ts";
import { listener, loadBalancer, targetGroup, targetGroupArn, topology } from "./fixtures.ts";

let now: number;
let store: MetricStore;
let metrics: ElbMetrics;

beforeEach(() => {
  now = 1_000_000;
  store = new MetricStore(new Clock(10), () => now);
  metrics = new ElbMetrics(store);
});

const ofLoadBalancer = { LoadBalancer: "app/main/1" };
const ofBlue = { LoadBalancer: "app/main/1", TargetGroup: "targetgroup/blue/1" };

function sum(MetricName: string, dimensions: Record<string, string>): number | undefined {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const series = store.find({ Namespace: "AWS/ApplicationELB", MetricName, Dimensions });
  return series?.between(now - 60_000, now + 1000)?.sum;
}

test.each([
  [200, "HTTPCode_Target_2XX_Count"],
  [304, "HTTPCode_Target_3XX_Count"],
  [404, "HTTPCode_Target_4XX_Count"],
  [503, "HTTPCode_Target_5XX_Count"],
])("an answer %p of a target counts as %s, for the group and for the load balancer", (status, name) => {
  const blue = metrics.of(loadBalancer("main")).to(targetGroupArn("blue"));
  blue.chosen();
  blue.answered(status, 0.25);
  for (const dimensions of [ofLoadBalancer, ofBlue]) {
    expect([sum("RequestCount", dimensions), sum(name, dimensions), sum("TargetResponseTime", dimensions)]).toEqual([
      1, 1, 0.25,
    ]);
  }
  const others = [2, 3, 4, 5].map((digit) => `HTTPCode_Target_${digit}XX_Count`).filter((other) => other !== name);
  expect([...others, "HTTPCode_ELB_5XX_Count"].map((other) => sum(other, ofBlue))).toEqual(Array(4).fill(undefined));
});

test("what the load balancer answers by itself is no target group's", () => {
  const main = metrics.of(loadBalancer("main"));
  const blue = main.to(targetGroupArn("blue"));
  main.failed(503);
  blue.chosen();
  blue.notConnected();
  blue.failed(502);
  expect(
    ["HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count", "HTTPCode_ELB_503_Count", "HTTPCode_ELB_504_Count"].map(
      (name) => [sum(name, ofLoadBalancer), sum(name, ofBlue)],
    ),
  ).toEqual([
    [2, undefined],
    [1, undefined],
    [1, undefined],
    [undefined, undefined],
  ]);
  expect(sum("TargetConnectionErrorCount", ofBlue)).toBe(1);
  expect(sum("HTTPCode_Target_5XX_Count", ofBlue)).toBeUndefined();
});

test("two load balancers before one group count apart", () => {
  metrics.of(loadBalancer("main")).to(targetGroupArn("blue")).chosen();
  metrics.of(loadBalancer("other")).to(targetGroupArn("blue")).chosen();
  expect([sum("RequestCount", ofBlue), sum("RequestCount", { ...ofBlue, LoadBalancer: "app/other/1" })]).toEqual([
    1, 1,
  ]);
});

test("counts hosts of the groups in use that have targets; a draining one is neither", () => {
  const target = (id: string, state: Health["state"], draining = false): [string, Target] => [
    id,
    { id, port: 3000, draining, inFlight: 0, health: { state, passes: 0, failures: 0 } },
  ];
  const targets = new Map([
    target("i-1", "healthy"),
    target("i-2", "healthy"),
    target("i-3", "unhealthy"),
    target("i-4", "initial"),
    target("i-5", "healthy", true),
  ]);
  const pools: Record<string, Map<string, Target>> = { blue: targets, green: new Map(), unused: targets };
  const pool = (arn: string) => {
    const name = arn.split("/")[1] ?? "";
    return { group: targetGroup(name), targets: pools[name] ?? new Map<string, Target>() };
  };
  metrics.countHosts(topology({ listeners: [listener("main", 80, { blue: 1, green: 0 })] }), { pool });
  expect([sum("HealthyHostCount", ofBlue), sum("UnHealthyHostCount", ofBlue)]).toEqual([2, 1]);
  for (const name of ["green", "unused"]) {
    expect(sum("HealthyHostCount", { ...ofBlue, TargetGroup: `targetgroup/${name}/1` })).toBeUndefined();
  }
});

test("forgets what is older than an hour", () => {
  const main = metrics.of(loadBalancer("main"));
  main.failed(503);
  const [first, hour] = [now, 3_600_000];
  now += hour - 2000;
  main.failed(503);
  const series = store.find({
    Namespace: "AWS/ApplicationELB",
    MetricName: "HTTPCode_ELB_5XX_Count",
    Dimensions: [{ Name: "LoadBalancer", Value: "app/main/1" }],
  });
  expect(series?.between(first, now + 1000)?.sum).toBe(2);
  now += 4000;
  main.failed(503);
  expect(series?.between(first, now + 1000)?.sum).toBe(2);
});
