import { readFileSync } from "node:fs";
import path from "node:path";
import { monthOf, type Month } from "../../rehearsal/costs/month.ts";
import { registeredBy } from "../../rehearsal/costs/registered.ts";
import type { Registered } from "../../rehearsal/evaluated.ts";
import { costTable, withTable } from "../../rehearsal/costs/table.ts";

const page = path.resolve(import.meta.dirname, "../../docs/costs.md");

/** A stack of one t3.small, without all that a test is not about. */
const resources = (change: Partial<Record<string, Registered["inputs"]>> = {}): Registered[] => {
  const given: Record<string, Registered["inputs"] | undefined> = {
    "awsx:ec2:Vpc": { availabilityZoneNames: ["a", "b"], natGateways: { strategy: "None" } },
    "aws:autoscaling/group:Group": {
      minSize: 1,
      mixedInstancesPolicy: { instancesDistribution: { onDemandPercentageAboveBaseCapacity: 100 } },
    },
    "aws:ec2/launchTemplate:LaunchTemplate": { instanceType: "t3.small", monitoring: { enabled: false } },
    ...change,
  };
  return Object.entries(given).map(([type, inputs = {}], index) => ({ type, name: `r${index}`, inputs }));
};
const region = "eu-central-1";
const month = (change: Parameters<typeof resources>[0] = {}) => monthOf({ region, resources: resources(change) });
const part = ({ parts }: Month, name: RegExp) => parts.find((one) => name.test(one.name));

describe("the month's cost", () => {
  test("is what each part takes", () => {
    const bare = month();
    expect(part(bare, /serving fleet/)).toMatchObject({ of: "1 t3.small on demand" });
    expect(part(bare, /serving fleet/)?.usd).toBeCloseTo(0.024 * 730);
    expect(part(bare, /volumes/)?.usd).toBeCloseTo(8 * 0.0952 + 0.63);
    expect(part(bare, /load balancer/)?.usd).toBe(0);
    const balanced = month({ "aws:lb/loadBalancer:LoadBalancer": {} });
    expect(part(balanced, /load balancer/)?.usd).toBeCloseTo((0.027 + 0.008 + 2 * 0.005) * 730);
    expect(bare.usd).toBeCloseTo(bare.parts.reduce((sum, { usd }) => sum + usd, 0));
    expect(bare.warmHour).toBeCloseTo(0.024 + (8 * 0.0952 + 0.63) / 730);
  });

  test("grows with detailed monitoring, and tells how much is bought as Spot", () => {
    const template = { instanceType: "t3.small", monitoring: { enabled: true } };
    expect(part(month({ "aws:ec2/launchTemplate:LaunchTemplate": template }), /volumes/)?.usd).toBeCloseTo(
      8 * 0.0952 + 0.63 + 7 * 0.3,
    );
    const distribution = { instancesDistribution: { onDemandPercentageAboveBaseCapacity: 25 } };
    const spot = month({ "aws:autoscaling/group:Group": { minSize: 3, mixedInstancesPolicy: distribution } });
    expect(part(spot, /serving/)?.of).toBe("3 t3.small on demand; 75 % Spot, for less");
  });

  test.each([
    ["None", 0],
    ["Single", 1],
    ["OnePerAz", 2],
  ])("with NAT gateways %s it counts %d, each with its address", (strategy, count) => {
    const vpc = { availabilityZoneNames: ["a", "b"], natGateways: { strategy } };
    expect(part(month({ "awsx:ec2:Vpc": vpc }), /way out/)?.usd).toBeCloseTo(count * (0.052 + 0.005) * 730);
  });

  test("takes an interface endpoint by zone, and a gateway endpoint for nothing", () => {
    const of = (vpcEndpointType: string) => month({ "aws:ec2/vpcEndpoint:VpcEndpoint": { vpcEndpointType } });
    expect(part(of("Interface"), /way out/)?.usd).toBeCloseTo(2 * 0.012 * 730);
    expect(part(of("Gateway"), /way out/)?.usd).toBe(0);
  });

  test("takes an alarm by the metrics that it looks at, and a scaling policy by its two alarms", () => {
    const watched = { metricQueries: [{ metric: {} }, { metric: {} }, { expression: "a + b" }] };
    expect(part(month({ "aws:cloudwatch/metricAlarm:MetricAlarm": watched }), /alarms/)?.usd).toBeCloseTo(0.2);
    expect(part(month({ "aws:cloudwatch/metricAlarm:MetricAlarm": {} }), /alarms/)?.usd).toBeCloseTo(0.1);
    expect(part(month({ "aws:autoscaling/policy:Policy": {} }), /alarms/)?.usd).toBeCloseTo(0.2);
    expect(part(month({ "aws:cloudwatch/compositeAlarm:CompositeAlarm": {} }), /alarms/)?.usd).toBeCloseTo(0.5);
    expect(part(month({ "aws:cloudwatch/dashboard:Dashboard": {} }), /alarms/)?.usd).toBeCloseTo(3);
    expect(part(month({ "bluegreen:index:Dashboard": {} }), /alarms/)?.usd).toBe(0);
  });

  test("takes keys and kept access logs", () =>
    expect(part(month({ "aws:kms/key:Key": {}, "aws:s3/bucket:Bucket": {} }), /key/)?.usd).toBeCloseTo(1.0245));

  test("fails on a type that nobody has priced, an unknown region and an unknown instance type", () => {
    expect(() => month({ "aws:rds/cluster:Cluster": {} })).toThrow("aws:rds/cluster:Cluster has no price: give it one");
    expect(() => monthOf({ region: "us-east-1", resources: resources() })).toThrow(
      "no prices of services in us-east-1",
    );
    const template = { instanceType: "x9.large", monitoring: { enabled: false } };
    expect(() => month({ "aws:ec2/launchTemplate:LaunchTemplate": template })).toThrow("no x9.large in eu-central-1");
  });
});

test("given what the program registers for each environment, then docs/costs.md has its cost (npm run cost -- --write)", async () => {
  const months = new Map<string, Month>();
  for (const stack of ["dev", "staging", "prod"]) months.set(stack, monthOf(await registeredBy(stack)));
  const document = readFileSync(page, "utf8");
  expect(withTable(document, costTable(months))).toBe(document);
}, 120_000);

test("fails on a document without marks", () =>
  expect(() => withTable("# Costs", "| a |")).toThrow("the document has no marks"));
