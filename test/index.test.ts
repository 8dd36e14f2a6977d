import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { byColor, other, type Color } from "../components/traffic";
import { runProgram, type Registered, type Run } from "./program";

const weights = { value: undefined as Record<Color, number> | undefined };
const waited: string[] = [];

jest.mock("../components/live", () => ({
  ...jest.requireActual<object>("../components/live"),
  liveWeights: () => Promise.resolve(weights.value),
  targetHealth: () => Promise.resolve([{ Target: { Id: "i-1" }, TargetHealth: { State: "healthy" } }]),
}));
jest.mock("../components/readiness", () => ({
  waitUntilReady: (_: unknown, { color }: { color: string }) => Promise.resolve(void waited.push(color)),
}));

const v1 = "ami-11111111";
const v2 = "ami-22222222";
const v3 = "ami-33333333";
const office = { allowedCidrs: ["192.0.2.0/24"] };
const certificate = { certificateArn: "arn:aws:acm:eu-central-1:111111111111:certificate/given" };

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  jest.spyOn(pulumi.log, "warn").mockImplementation((message) => Promise.resolve(void warnings.push(message)));
  weights.value = undefined;
  waited.length = 0;
});

const ofType = (run: Run, type: string) => run.resources.filter((resource) => resource.type.endsWith(`:${type}`));
const named = (run: Run, name: string) => {
  const found = run.resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no resource ${name} among ${run.resources.map((resource) => resource.name).join(", ")}`);
  return found.inputs as Record<string, never>;
};

describe("the whole program", () => {
  test("dev: plain HTTP, one to two Spot instances, nothing that costs without being used", async () => {
    const run = await runProgram("dev", { blueAmi: v1, ...office });
    expect(named(run, "app-blue-group")).toMatchObject({ minSize: 1, maxSize: 2, healthCheckType: "ELB" });
    expect(named(run, "app-green-group")).toMatchObject({ minSize: 0, maxSize: 0 });
    expect(named(run, "app-blue-group")).not.toHaveProperty("desiredCapacity");
    expect(named(run, "app-blue-group").mixedInstancesPolicy).toMatchObject({
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 },
    });
    expect(named(run, "app-listener")).toMatchObject({ port: 80, protocol: "HTTP" });
    expect(named(run, "bluegreen-dev-alb")).toMatchObject({
      enableDeletionProtection: false,
      dropInvalidHeaderFields: true,
    });
    expect(ofType(run, "Bucket")).toHaveLength(0);
    expect(run.outputs.url).toBe("http://alb.example");
  });

  test("staging: HTTPS with the given certificate, and port 80 sends everybody on", async () => {
    const run = await runProgram("staging", { blueAmi: v1, ...certificate });
    expect(named(run, "app-listener")).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificateArn: certificate.certificateArn,
      sslPolicy: expect.stringContaining("TLS13") as string,
    });
    expect(named(run, "app-redirect")).toMatchObject({ port: 80, defaultActions: [{ type: "redirect" }] });
    expect(named(run, "app-preview-listener")).toMatchObject({ port: 9090, protocol: "HTTPS" });
  });

  test("prod: four to eight on-demand instances over three zones, protected, logged, with a certificate of its own", async () => {
    const run = await runProgram("prod", { blueAmi: v1, domain: "app.example.com", hostedZoneId: "Z123" });
    expect(named(run, "app-blue-group")).toMatchObject({ minSize: 4, maxSize: 8 });
    expect(named(run, "app-blue-group").mixedInstancesPolicy).toMatchObject({
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 100 },
    });
    expect(named(run, "network-vpc")).toMatchObject({
      availabilityZoneNames: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      natGateways: { strategy: "OnePerAz" },
      subnetStrategy: "Auto",
    });
    expect(named(run, "bluegreen-prod-alb")).toMatchObject({
      enableDeletionProtection: true,
      accessLogs: { enabled: true },
    });
    expect(named(run, "app-listener").certificateArn).toBe(named(run, "certificate-issued").certificateArn);
    expect(named(run, "load-balancer-alias")).toMatchObject({ name: "app.example.com", type: "A" });
    expect(run.outputs.url).toBe("https://app.example.com");
  });

  test("dev, staging and prod files hold the same kind of settings and nothing else", () => {
    const known = Object.keys(jest.requireActual<typeof import("../config")>("../config").schema.shape);
    for (const stack of ["dev", "staging", "prod"]) {
      const text = readFileSync(join(__dirname, "..", `Pulumi.${stack}.yaml`), "utf8");
      const keys = [...text.matchAll(/^ {2}([\w:]+):/gm)].map(([, key]) => key);
      expect(keys.filter((key) => key !== "aws:region" && !known.includes(key.replace("bluegreen:", "")))).toEqual([]);
    }
  });

  test("an existing VPC is used as it is, without subnets or endpoints of ours", async () => {
    const run = await runProgram("dev", {
      ...{
        blueAmi: v1,
        ...office,
        natGateways: "none",
        vpcId: "vpc-12345678",
        publicSubnetIds: ["subnet-aaaaaaaa", "subnet-bbbbbbbb"],
      },
      privateSubnetIds: ["subnet-cccccccc", "subnet-dddddddd"],
    });
    expect(ofType(run, "Vpc")).toHaveLength(0);
    expect(ofType(run, "VpcEndpoint")).toHaveLength(0);
    expect(named(run, "bluegreen-dev-alb").subnets).toEqual(["subnet-aaaaaaaa", "subnet-bbbbbbbb"]);
    expect(named(run, "app-blue-group").vpcZoneIdentifiers).toEqual(["subnet-cccccccc", "subnet-dddddddd"]);
  });

  test("fails before the first resource when a setting is wrong", async () => {
    await expect(runProgram("dev", { blueAmi: "latest", ...office })).rejects.toThrow('bluegreen:blueAmi: "latest"');
  });

  test("fails before the first resource when the image doesn't exist", async () => {
    await expect(runProgram("dev", { blueAmi: "ami-99999999", ...office })).rejects.toThrow(
      "blueAmi is ami-99999999, but no such image can be seen",
    );
  });
});

describe("what nobody may find in it", () => {
  let run: Run;
  beforeAll(async () => {
    run = await runProgram("prod", {
      blueAmi: v1,
      greenAmi: v2,
      standby: "warm",
      domain: "a.example.com",
      hostedZoneId: "Z1",
    });
  });

  test("no port 22, and no rule open to the world but the public listener's and the way out to HTTPS", () => {
    const rules = [...ofType(run, "SecurityGroupIngressRule"), ...ofType(run, "SecurityGroupEgressRule")];
    expect(rules.filter(({ inputs }) => Number(inputs.fromPort) <= 22 && Number(inputs.toPort) >= 22)).toEqual([]);
    const open = rules.filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0").map(({ name }) => name);
    expect(open.sort()).toEqual([
      "firewall-alb-public-443-0.0.0.0/0",
      "firewall-alb-public-80-0.0.0.0/0",
      "firewall-fleet-https",
    ]);
  });

  test("the application's port is open to the load balancer's security group alone", () => {
    const onAppPort = ofType(run, "SecurityGroupIngressRule").filter(({ inputs }) => inputs.fromPort === 3000);
    expect(
      onAppPort.map(({ inputs }) => [inputs.securityGroupId, inputs.referencedSecurityGroupId, inputs.cidrIpv4]),
    ).toEqual([["firewall-fleet-id", "firewall-alb-id", undefined]]);
  });

  test.each(["blue", "green"])(
    "%s: IMDSv2 with one hop, encrypted gp3, no key, no public address, nothing installed",
    (color) => {
      const template = named(run, `app-${color}-template`);
      expect(template).toMatchObject({
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3" } }],
        networkInterfaces: [{ associatePublicIpAddress: "false" }],
      });
      expect(template).not.toHaveProperty("keyName");
      expect(Buffer.from(template.userData, "base64").toString()).toBe(
        `BLUEGREEN_COLOR=${color}\nBLUEGREEN_ENVIRONMENT=prod\nBLUEGREEN_SETTINGS=/bluegreen/prod\n`,
      );
    },
  );

  test("a group is bound to a numbered template version and propagates every tag", () => {
    for (const color of ["blue", "green"]) {
      const group = named(run, `app-${color}-group`) as Record<string, { propagateAtLaunch: boolean }[]>;
      expect(group.mixedInstancesPolicy).toMatchObject({
        launchTemplate: { launchTemplateSpecification: { version: "1" } },
      });
      expect(group.tags.every(({ propagateAtLaunch }) => propagateAtLaunch)).toBe(true);
      expect(group.waitForCapacityTimeout).toBe("0");
    }
  });

  test("the log bucket is closed, encrypted with what the load balancer can write, and expires", () => {
    expect(named(run, "access-logs-closed")).toMatchObject({ blockPublicAcls: true, restrictPublicBuckets: true });
    expect(named(run, "access-logs-encrypted")).toMatchObject({
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(named(run, "access-logs-life-cycle")).toMatchObject({ rules: [{ expiration: { days: 365 } }] });
    const policy = JSON.parse(named(run, "access-logs-policy").policy) as {
      Statement: { Sid: string; Resource: string }[];
    };
    expect(policy.Statement[0]).toMatchObject({
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Resource: "arn:aws:s3:::access-logs-bucket/alb/AWSLogs/111111111111/*",
    });
  });

  test("the role reads its own settings and no others", () => {
    const policy = JSON.parse(named(run, "instances-settings").policy) as { Statement: { Resource: string[] }[] };
    expect(policy.Statement.flatMap(({ Resource }) => Resource)).toEqual([
      "arn:aws:ssm:eu-central-1:111111111111:parameter/bluegreen/prod",
      "arn:aws:ssm:eu-central-1:111111111111:parameter/bluegreen/prod/*",
    ]);
  });

  test("without NAT the fleets have their endpoints; with NAT only the free one", async () => {
    const isolated = await runProgram("dev", { blueAmi: v1, ...office, natGateways: "none" });
    const services = (of: Run) =>
      ofType(of, "VpcEndpoint").map(({ inputs }) => String(inputs.serviceName).split(".").pop());
    expect(services(isolated).sort()).toEqual(["autoscaling", "ec2messages", "logs", "s3", "ssm", "ssmmessages"]);
    expect(services(run)).toEqual(["s3"]);
    expect(named(isolated, "endpoints-s3").routeTableIds).toEqual(["rtb-1a", "rtb-1b"]);
  });

  test("a physical name never grows beyond what AWS takes, with a long stack name too", async () => {
    const long = await runProgram("a-very-long-name-for-a-stack", { blueAmi: v1, ...office, allowHttp: true });
    for (const { name } of [...ofType(long, "LoadBalancer"), ...ofType(long, "TargetGroup")]) {
      expect(name.length + 8).toBeLessThanOrEqual(32);
      expect(name).toMatch(/^[a-z0-9-]+$/);
    }
  });
});

interface Setting extends Record<string, unknown> {
  activeColor: Color;
  standby: string;
  standbyWeight: number;
  blueAmi: string;
  greenAmi: string;
}

const start: Setting = { activeColor: "blue", standby: "warm", standbyWeight: 0, blueAmi: v1, greenAmi: v2 };

/** Names of the resources whose inputs differ between two runs. */
function changed(before: Run, after: Run): string[] {
  const inputs = (resources: Registered[]) =>
    new Map(resources.map(({ name, inputs: given }) => [name, JSON.stringify(given)]));
  const [from, to] = [inputs(before.resources), inputs(after.resources)];
  return [...new Set([...from.keys(), ...to.keys()])].filter((name) => from.get(name) !== to.get(name)).sort();
}

async function transition(
  from: Partial<Setting>,
  to: Partial<Setting>,
): Promise<{ changes: string[]; waitedFor: string[] }> {
  const fixed = { ...office, ...start };
  const before = await runProgram("dev", { ...fixed, ...from });
  weights.value = before.outputs.weights as Record<Color, number>;
  waited.length = 0;
  const after = await runProgram("dev", { ...fixed, ...to }, before.outputs);
  return { changes: changed(before, after), waitedFor: [...new Set(waited)].sort() };
}

describe("transitions: what may change", () => {
  const groups = ["app-blue-group", "app-green-group"];
  test.each<[string, Partial<Setting>, Partial<Setting>, string[]]>([
    ["nothing", {}, {}, []],
    ["a flip, both warm", {}, { activeColor: "green" }, ["app-listener"]],
    ["the roll-back", { activeColor: "green" }, { activeColor: "blue" }, ["app-listener"]],
    ["a canary", {}, { standbyWeight: 10 }, ["app-listener"]],
    ["a canary taken back", { standbyWeight: 10 }, {}, ["app-listener"]],
    ["a canary that becomes all", { standbyWeight: 10 }, { activeColor: "green" }, ["app-listener"]],
    ["a new image for the standby", {}, { greenAmi: v3 }, ["app-green-template"]],
    ["a standby comes up", { standby: "off" }, {}, ["app-green-group"]],
    [
      "a standby comes up with a new image",
      { standby: "off" },
      { greenAmi: v3 },
      ["app-green-group", "app-green-template"],
    ],
    ["the old colour is retired", {}, { standby: "off" }, ["app-green-group"]],
    ["a floor for both fleets", {}, { capacityFloor: 2 }, groups],
    [
      "a flip that first brings the other fleet up",
      { standby: "off" },
      { activeColor: "green" },
      ["app-green-group", "app-listener"],
    ],
    ["another instance type", {}, { instanceType: "t3.small" }, ["app-green-template"]],
    ["a flip beside another instance type", {}, { activeColor: "green", instanceType: "t3.small" }, ["app-listener"]],
  ])("%s", async (_, from, to, expected) => {
    expect((await transition(from, to)).changes).toEqual(expected);
  });

  test("a machine setting that waits for its fleet is told", async () => {
    await transition({}, { instanceType: "t3.small" });
    expect(warnings).toEqual([
      "blue has traffic and keeps instanceType t3.micro; t3.small reaches it once it has none",
    ]);
  });

  test("an update waits for every fleet with instances, but not for the one that loses its traffic", async () => {
    expect((await transition({}, {})).waitedFor).toEqual(["blue", "green"]);
    expect((await transition({}, { activeColor: "green" })).waitedFor).toEqual(["green"]);
    expect((await transition({}, { standby: "off" })).waitedFor).toEqual(["blue"]);
  });
});

describe("transitions: what is refused", () => {
  test.each<[string, Partial<Setting>, Partial<Setting>, string]>([
    [
      "the serving image in place",
      {},
      { blueAmi: v3 },
      "blue serves 100 % of the requests; its image may not change in place",
    ],
    [
      "the canary's image in place",
      { standbyWeight: 10 },
      { standbyWeight: 10, greenAmi: v3 },
      "green serves 10 % of the requests",
    ],
    ["a new image that serves at once", {}, { activeColor: "green", greenAmi: v3 }, "start to serve in one update"],
    ["a new image as canary at once", {}, { standbyWeight: 10, greenAmi: v3 }, "start to serve in one update"],
    [
      "a flip that empties the way back",
      {},
      { activeColor: "green", standby: "off" },
      "would empty blue, the way back",
    ],
    ["a canary taken back with its fleet", { standbyWeight: 10 }, { standby: "off" }, "may not shrink a fleet: green"],
    [
      "a flip that shrinks",
      { capacityFloor: 2 },
      { activeColor: "green" },
      "may not shrink a fleet: blue would go from 2-2 to 1-2",
    ],
    ["another port", {}, { appPort: 3001 }, "appPort can't change in a running stack (3000 to 3001)"],
    ["another VPC range", {}, { vpcCidr: "10.1.0.0/16" }, "vpcCidr can't change in a running stack"],
  ])("%s", async (_, from, to, message) => {
    await expect(transition(from, to)).rejects.toThrow(message);
  });

  test("the override turns a refusal into a warning", async () => {
    process.env.BLUEGREEN_OVERRIDE = "a test";
    try {
      expect((await transition({}, { blueAmi: v3 })).changes).toEqual(["app-blue-template"]);
      expect(warnings.join()).toMatch(/BLUEGREEN_OVERRIDE \("a test"\) overrides this[\s\S]*may not change in place/);
    } finally {
      delete process.env.BLUEGREEN_OVERRIDE;
    }
  });
});

describe("outputs", () => {
  test("tell who serves, what runs, how to try the standby and whether there is a way back", async () => {
    const { outputs } = await runProgram("dev", { ...office, ...start, activeColor: "green" });
    expect(outputs).toMatchObject({
      activeColor: "green",
      weights: { blue: 0, green: 100 },
      images: { blue: v1, green: v2 },
      listenerArn: "arn:app-listener",
      previewUrl: "http://alb.example:9090",
      previewUsage: 'curl -H "X-Bluegreen-Preview: blue" http://alb.example:9090/version',
      rollbackReady: { ready: true },
      fleets: byColor((color) => ({ groupName: `app-${color}-group-1234567`, capacity: { minSize: 1, maxSize: 2 } })),
    });
  });

  test.each<[string, Partial<Setting>, RegExp]>([
    ["the standby is off", { standby: "off" }, /off/],
    ["both run one image", { greenAmi: v1 }, /same image/],
  ])("rollbackReady says why not: %s", async (_, settings, reason) => {
    const { outputs } = await runProgram("dev", { ...office, ...start, ...settings });
    expect(outputs.rollbackReady).toMatchObject({ ready: false, reason: expect.stringMatching(reason) as string });
    expect(other("blue")).toBe("green");
  });
});
