import { schema, type Settings } from "../config/schema.ts";
import { colors, type Color } from "../deployment/model.ts";
import { fleetPartName, listenerName, type FleetPart } from "../deployment/names.ts";
import { stackConfig } from "./program.ts";
import { awaited, inputsOf, office, ofType, runProgram, start, v1, v3, type Run } from "./whole-program.ts";

type Value = Settings[keyof Settings];

/** A setting, and where its two values are seen in what the program registers or waits for. */
interface Seen {
  /** Other settings that it needs. */
  readonly beside?: object;
  readonly values: readonly [Value, Value];
  /** Every place that it says it changes. */
  readonly places: (run: Run, timeouts: readonly number[]) => unknown;
  readonly seen: readonly [unknown, unknown];
}

/** A setting that no resource shows: who reads it, or what its other value is refused for. */
interface Unseen {
  readonly beside?: object;
  readonly values: readonly [Value, Value];
  readonly read: string;
}

/** What a resource was given, by a path into it. */
const at = (run: Run, name: string, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], inputsOf(run, name));
const ofBoth = (read: (color: Color) => unknown) => colors.map(read);
const inFleets = (run: Run, part: FleetPart, ...path: string[]) =>
  ofBoth((color) => at(run, fleetPartName(color, part), ...path));
const inTargetGroups = (run: Run, ...path: string[]) => ofBoth((color) => at(run, `bluegreen-dev-${color}`, ...path));
const balancer = "bluegreen-dev-alb";
const listenerShares = (run: Run) =>
  [0, 1].map((index) => at(run, listenerName, "defaultActions", 0, "forward", "targetGroups", index, "weight"));
/** Port or range of the rules of a security group, by a part of their names. */
const rules = (run: Run, name: RegExp, key: "fromPort" | "cidrIpv4") =>
  [...ofType(run, "SecurityGroupIngressRule"), ...ofType(run, "SecurityGroupEgressRule")]
    .filter((rule) => name.test(rule.name))
    .map(({ inputs }) => inputs[key]);
const thresholds = (run: Run, alarm: string) =>
  ofBoth((color) => at(run, `bluegreen-dev-${color}-${alarm}`, "threshold"));

/** The address of the run book in a text. */
const linked = (text: unknown) => /Run book: (https:[^#]+)#/.exec(String(text))?.[1];
const hsts = "routingHttpResponseStrictTransportSecurityHeaderValue";
const webAcl = (name: string) => `arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/${name}/1`;
const certificateArn = (name: string) => `arn:aws:acm:eu-central-1:111111111111:certificate/${name}`;
const existing = {
  natGateways: "none",
  vpcId: "vpc-12345678",
  publicSubnetIds: ["subnet-0000000a", "subnet-0000000b"],
  privateSubnetIds: ["subnet-0000001a", "subnet-0000001b"],
};
const ownDomain = { domain: "app.example.com", hostedZoneId: "Z1" };

const rows: { readonly [Name in keyof Settings]-?: Seen | Unseen } = {
  activeColor: {
    values: ["blue", "green"],
    places: listenerShares,
    seen: [
      [100, 0],
      [0, 100],
    ],
  },
  blueAmi: { values: [v1, v3], places: (run) => at(run, fleetPartName("blue", "template"), "imageId"), seen: [v1, v3] },
  greenAmi: {
    values: [v1, v3],
    places: (run) => at(run, fleetPartName("green", "template"), "imageId"),
    seen: [v1, v3],
  },
  standby: {
    values: ["off", "warm"],
    places: (run) => inFleets(run, "group", "maxSize"),
    seen: [
      [2, 0],
      [2, 2],
    ],
  },
  standbyWeight: {
    values: [0, 10],
    places: listenerShares,
    seen: [
      [100, 0],
      [90, 10],
    ],
  },
  minSize: {
    values: [1, 2],
    places: (run) => inFleets(run, "group", "minSize"),
    seen: [
      [1, 1],
      [2, 2],
    ],
  },
  maxSize: {
    values: [2, 3],
    places: (run) => inFleets(run, "group", "maxSize"),
    seen: [
      [2, 2],
      [3, 3],
    ],
  },
  capacityFloor: {
    values: [0, 2],
    places: (run) => inFleets(run, "group", "minSize"),
    seen: [
      [1, 1],
      [2, 2],
    ],
  },
  previewSize: {
    beside: { minSize: 2 },
    values: [0, 1],
    places: (run) => inFleets(run, "group", "minSize"),
    seen: [
      [2, 2],
      [2, 1],
    ],
  },
  releaseRevision: { values: [0, 7], read: "the guard on older settings" },
  instanceType: {
    values: ["t3.small", "m7g.large"],
    places: (run) => inFleets(run, "template", "instanceType"),
    seen: [
      ["t3.small", "t3.small"],
      ["m7g.large", "m7g.large"],
    ],
  },
  spotPercentage: {
    values: [0, 30],
    places: (run) =>
      inFleets(run, "group", "mixedInstancesPolicy", "instancesDistribution", "onDemandPercentageAboveBaseCapacity"),
    seen: [
      [100, 100],
      [70, 70],
    ],
  },
  detailedMonitoring: {
    values: [true, false],
    places: (run) => inFleets(run, "template", "monitoring", "enabled"),
    seen: [
      [true, true],
      [false, false],
    ],
  },
  volumeInitializationRate: {
    values: [0, 200],
    places: (run) => inFleets(run, "template", "blockDeviceMappings", "0", "ebs", "volumeInitializationRate"),
    seen: [
      [undefined, undefined],
      [200, 200],
    ],
  },
  appPort: {
    values: [3000, 3001],
    places: (run) => [...inTargetGroups(run, "port"), ...rules(run, /alb-to-fleet|fleet-from-alb/, "fromPort")],
    seen: [
      [3000, 3000, 3000, 3000],
      [3001, 3001, 3001, 3001],
    ],
  },
  healthCheckPath: {
    values: ["/readyz", "/up"],
    places: (run) => inTargetGroups(run, "healthCheck", "path"),
    seen: [
      ["/readyz", "/readyz"],
      ["/up", "/up"],
    ],
  },
  versionPath: {
    values: ["/version", "/about"],
    places: ({ outputs }) => {
      const { machines } = outputs.deployed as { machines: Record<Color, { versionPath: string }> };
      return [...ofBoth((color) => machines[color].versionPath), String(outputs.previewUsage).split("9090")[1]];
    },
    seen: [
      ["/version", "/version", "/version"],
      ["/about", "/about", "/about"],
    ],
  },
  healthCheckGracePeriod: {
    values: [120, 77],
    places: (run) => inFleets(run, "group", "healthCheckGracePeriod"),
    seen: [
      [120, 120],
      [77, 77],
    ],
  },
  deregistrationDelay: {
    values: [30, 5],
    places: (run) => inTargetGroups(run, "deregistrationDelay"),
    seen: [
      [30, 30],
      [5, 5],
    ],
  },
  readinessTimeout: {
    values: [600, 77],
    places: (_, timeouts) => timeouts,
    seen: [
      [600, 600],
      [77, 77],
    ],
  },
  instancePolicyArns: {
    values: [[], ["arn:aws:iam::aws:policy/Own"]],
    places: (run) =>
      ofType(run, "RolePolicyAttachment").filter(({ inputs }) => String(inputs.policyArn).endsWith("/Own")).length,
    seen: [0, 3],
  },
  instanceBoundaryArn: {
    values: ["", "arn:aws:iam::111111111111:policy/Boundary"],
    places: (run) => ofType(run, "Role").map(({ inputs }) => inputs.permissionsBoundary),
    seen: [[undefined, undefined, undefined, undefined], Array(3).fill("arn:aws:iam::111111111111:policy/Boundary")],
  },
  backendPorts: {
    values: [[], [5432, 6379]],
    places: (run) => rules(run, /fleet-backend/, "fromPort"),
    seen: [[], [5432, 6379]],
  },
  availabilityZoneCount: {
    values: [2, 3],
    places: (run) => (at(run, "network-vpc", "availabilityZoneNames") as string[]).length,
    seen: [2, 3],
  },
  availabilityZones: {
    values: [[], ["eu-central-1c", "eu-central-1a"]],
    places: (run) => at(run, "network-vpc", "availabilityZoneNames"),
    seen: [
      ["eu-central-1a", "eu-central-1b"],
      ["eu-central-1c", "eu-central-1a"],
    ],
  },
  vpcCidr: {
    values: ["10.0.0.0/16", "10.1.0.0/16"],
    beside: { backendPorts: [5432] },
    places: (run) => [at(run, "network-vpc", "cidrBlock"), ...rules(run, /fleet-backend/, "cidrIpv4")],
    seen: [
      ["10.0.0.0/16", "10.0.0.0/16"],
      ["10.1.0.0/16", "10.1.0.0/16"],
    ],
  },
  natGateways: {
    values: ["none", "single"],
    places: (run) => [at(run, "network-vpc", "natGateways"), ofType(run, "VpcEndpoint").length > 1],
    seen: [
      [{ strategy: "None" }, true],
      [{ strategy: "Single" }, false],
    ],
  },
  vpcId: {
    beside: existing,
    values: ["vpc-12345678", "vpc-87654321"],
    places: (run) => [
      ...inTargetGroups(run, "vpcId"),
      ...ofType(run, "SecurityGroup").map(({ inputs }) => inputs.vpcId),
    ],
    seen: [Array(4).fill("vpc-12345678"), Array(4).fill("vpc-87654321")],
  },
  publicSubnetIds: {
    beside: existing,
    values: [existing.publicSubnetIds, ["subnet-0000000c", "subnet-0000000d"]],
    places: (run) => at(run, balancer, "subnets"),
    seen: [existing.publicSubnetIds, ["subnet-0000000c", "subnet-0000000d"]],
  },
  privateSubnetIds: {
    beside: existing,
    values: [existing.privateSubnetIds, ["subnet-0000001c", "subnet-0000001d"]],
    places: (run) => inFleets(run, "group", "vpcZoneIdentifiers"),
    seen: [
      [existing.privateSubnetIds, existing.privateSubnetIds],
      [
        ["subnet-0000001c", "subnet-0000001d"],
        ["subnet-0000001c", "subnet-0000001d"],
      ],
    ],
  },
  allowedCidrs: {
    values: [["192.0.2.0/24"], ["198.51.100.0/24", "203.0.113.0/24"]],
    places: (run) => rules(run, /alb-public/, "cidrIpv4"),
    seen: [["192.0.2.0/24"], ["198.51.100.0/24", "203.0.113.0/24"]],
  },
  previewCidrs: {
    values: [[], ["198.51.100.0/24"]],
    places: (run) => rules(run, /alb-preview/, "cidrIpv4"),
    seen: [[], ["198.51.100.0/24"]],
  },
  previewPort: {
    beside: { previewCidrs: ["198.51.100.0/24"] },
    values: [9090, 9191],
    places: (run) => [
      at(run, "app-preview-listener", "port"),
      ...rules(run, /alb-preview/, "fromPort"),
      run.outputs.previewUrl,
    ],
    seen: [
      [9090, 9090, "http://alb.example:9090"],
      [9191, 9191, "http://alb.example:9191"],
    ],
  },
  domain: {
    beside: ownDomain,
    values: ["app.example.com", "shop.example.com"],
    places: (run) => [
      at(run, "load-balancer-alias", "name"),
      at(run, "certificate-certificate", "domainName"),
      run.outputs.url,
    ],
    seen: [
      ["app.example.com", "app.example.com", "https://app.example.com"],
      ["shop.example.com", "shop.example.com", "https://shop.example.com"],
    ],
  },
  hostedZoneId: {
    beside: ownDomain,
    values: ["Z1", "Z2"],
    places: (run) => ofType(run, "Record").map(({ inputs }) => inputs.zoneId),
    seen: [
      ["Z1", "Z1"],
      ["Z2", "Z2"],
    ],
  },
  certificateArn: {
    beside: { domain: "app.example.com" },
    values: [certificateArn("one"), certificateArn("two")],
    places: (run) => [listenerName, "app-preview-listener"].map((name) => at(run, name, "certificateArn")),
    seen: [Array(2).fill(certificateArn("one")), Array(2).fill(certificateArn("two"))],
  },
  trustedAccounts: {
    beside: { natGateways: "none" },
    values: [[], ["222222222222"]],
    places: (run) => String(at(run, "endpoints-s3", "policy")).includes("222222222222"),
    seen: [false, true],
  },
  flowLogs: {
    values: [false, true],
    places: (run) => ofType(run, "FlowLog").map(({ inputs }) => [inputs.trafficType, inputs.logDestination]),
    seen: [[], [["ALL", "arn:aws:logs:eu-central-1:111111111111:log-group:flow-logs-group"]]],
  },
  hstsMaxAge: {
    beside: ownDomain,
    values: [0, 86400],
    places: (run) => [listenerName, "app-preview-listener"].map((name) => at(run, name, hsts)),
    seen: [
      ["", ""],
      ["max-age=86400", "max-age=86400"],
    ],
  },
  webAclArn: {
    values: [webAcl("one"), webAcl("two")],
    places: (run) => at(run, "load-balancer-web-acl", "webAclArn"),
    seen: [webAcl("one"), webAcl("two")],
  },
  waf: {
    values: [false, true],
    places: (run) => ofType(run, "WebAclAssociation").map(({ inputs }) => [inputs.resourceArn, inputs.webAclArn]),
    seen: [[], [["arn:alb", "arn:bluegreen-dev-waf"]]],
  },
  wafRateLimit: {
    beside: { waf: true },
    values: [2000, 500],
    places: (run) => at(run, "bluegreen-dev-waf", "rules", 3, "statement", "rateBasedStatement", "limit"),
    seen: [2000, 500],
  },
  customerKey: {
    values: [false, true],
    places: (run) => [
      ofBoth((color) => at(run, fleetPartName(color, "template"), "blockDeviceMappings", 0, "ebs", "kmsKeyId")),
      ofType(run, "LogGroup").map(({ inputs }) => inputs.kmsKeyId),
      at(run, "bluegreen-dev", "kmsMasterKeyId"),
      at(run, "bluegreen-dev-releases", "serverSideEncryption"),
      ofType(run, "Key").map(({ name }) => name),
    ],
    seen: [
      [
        [undefined, undefined],
        [undefined, undefined, undefined, undefined],
        "arn:notifications-key",
        undefined,
        ["notifications-key"],
      ],
      [
        ["arn:stack-key", "arn:stack-key"],
        ["arn:stack-key", "arn:stack-key", "arn:stack-key", "arn:stack-key"],
        "arn:stack-key",
        { enabled: true, kmsKeyArn: "arn:stack-key" },
        ["stack-key"],
      ],
    ],
  },
  allowHttp: {
    beside: { domain: "app.example.com", certificateArn: certificateArn("one") },
    values: [true, false],
    read: "the rule that refuses plain HTTP without it",
  },
  deletionProtection: {
    values: [true, false],
    beside: { accessLogs: true },
    places: (run) => [
      at(run, balancer, "enableDeletionProtection"),
      at(run, "bluegreen-dev-releases", "deletionProtectionEnabled"),
      at(run, "access-logs-bucket", "forceDestroy"),
    ],
    seen: [
      [true, true, false],
      [false, false, true],
    ],
  },
  accessLogs: {
    values: [true, false],
    places: (run) => [at(run, balancer, "accessLogs", "enabled"), ofType(run, "Bucket").length],
    seen: [
      [true, 1],
      [false, 0],
    ],
  },
  accessLogRetention: {
    beside: { accessLogs: true },
    values: [90, 7],
    places: (run) =>
      (at(run, "access-logs-life-cycle", "rules") as { expiration?: { days: number } }[]).flatMap(
        ({ expiration }) => expiration?.days ?? [],
      ),
    seen: [[90], [7]],
  },
  logRetention: {
    values: [30, 7],
    places: (run) => ofType(run, "LogGroup").map(({ inputs }) => inputs.retentionInDays),
    seen: [
      [30, 30, 30, 30],
      [7, 7, 7, 7],
    ],
  },
  degradedAlarm: {
    values: [false, true],
    places: (run) => [
      ofType(run, "LogMetricFilter").map(({ inputs }) => inputs.logGroupName),
      run.resources.filter(({ name }) => name === "bluegreen-dev-degraded").map(({ inputs }) => inputs.threshold),
    ],
    seen: [
      [[], []],
      [["/bluegreen/dev/blue", "/bluegreen/dev/green"], [0]],
    ],
  },
  alarmErrorPercent: {
    values: [1, 5],
    places: (run) => thresholds(run, "errors"),
    seen: [
      [1, 1],
      [5, 5],
    ],
  },
  alarmP95Seconds: {
    values: [1, 0.5],
    places: (run) => thresholds(run, "p95"),
    seen: [
      [1, 1],
      [0.5, 0.5],
    ],
  },
  alarmP99Seconds: {
    values: [3, 2],
    places: (run) => thresholds(run, "p99"),
    seen: [
      [3, 3],
      [2, 2],
    ],
  },
  runbookUrl: {
    values: ["https://wiki.example.com/one", "https://wiki.example.com/two"],
    places: (run) => [
      ...[...ofType(run, "MetricAlarm"), ...ofType(run, "CompositeAlarm")].map(({ inputs }) =>
        linked(inputs.alarmDescription),
      ),
      linked(at(run, "monitoring-dashboard", "dashboardBody")),
    ],
    seen: [
      Array<string>(15).fill("https://wiki.example.com/one"),
      Array<string>(15).fill("https://wiki.example.com/two"),
    ],
  },
  notificationEmails: {
    values: [[], ["ops@example.com"]],
    places: (run) => ofType(run, "TopicSubscription").map(({ inputs }) => inputs.endpoint),
    seen: [[], ["ops@example.com"]],
  },
  slackWebhook: {
    values: ["https://hooks.example/one", "https://hooks.example/two"],
    read: "the notices of the release commands",
  },
  imageSigningKey: { values: ["alias/images", "alias/others"], read: "bluegreen release" },
  onPurpose: { values: [[], ["previewCidrs"]], read: "the rules between settings" },
  promoteFrom: { values: ["staging", "qa"], read: "bluegreen release" },
};

interface Result {
  readonly run: Run;
  readonly timeouts: readonly number[];
}
const results = new Map<string, Promise<Result>>();

/** The program with a setting's value; what was run before with the same settings is not run again. */
function runWith(name: string, value: Value, { beside }: Seen | Unseen): Promise<Result> {
  const given = { ...office, ...start, ...beside, [name]: value };
  const own = Object.fromEntries(Object.entries(given).map(([key, one]) => [`bluegreen:${key}`, one]));
  const whole = Object.entries({ ...stackConfig("dev"), ...own }).filter(([, one]) => one !== undefined);
  const key = JSON.stringify(whole.sort(([one], [other]) => (one < other ? -1 : 1)));
  const known = results.get(key) ?? runAnew(given);
  results.set(key, known);
  return known;
}

async function runAnew(given: object): Promise<Result> {
  awaited.length = 0;
  const run = await runProgram("dev", { ...given });
  return { run, timeouts: awaited.map(({ timeout }) => timeout) };
}

/** All inputs of all resources, by name. */
const inputs = ({ run: { resources } }: Result) => Object.fromEntries(resources.map((one) => [one.name, one.inputs]));

test("given the schema of the settings, then each of them has its row here", () =>
  expect(Object.keys(rows).sort()).toEqual(Object.keys(schema.shape).sort()));

describe("given a setting, when it changes, then what it says it changes has the new value, everywhere", () => {
  test.each(Object.entries(rows).filter((entry): entry is [string, Seen] => "places" in entry[1]))(
    "%s",
    async (name, row) => {
      const seen: unknown[] = [];
      for (const value of row.values) {
        const { run, timeouts } = await runWith(name, value, row);
        seen.push(row.places(run, timeouts));
      }
      expect(seen).toEqual(row.seen);
    },
  );
});

describe("given a setting that no resource shows, when it changes, then none does", () => {
  test.each(Object.entries(rows).filter((entry): entry is [string, Unseen] => "read" in entry[1]))(
    "%s",
    async (name, row) => {
      const [before, after] = row.values;
      expect(inputs(await runWith(name, after, row))).toEqual(inputs(await runWith(name, before, row)));
    },
  );
});
