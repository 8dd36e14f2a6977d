import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackConfig } from "./program.ts";
import { inputsOf, office, ofType, runProgram, v1 } from "./whole-program.ts";

const certificate = {
  domain: "staging.example.com",
  certificateArn: "arn:aws:acm:eu-central-1:111111111111:certificate/given",
};

describe("the whole program", () => {
  test("dev: plain HTTP, one to two Spot instances, nothing that costs without being used", async () => {
    const run = await runProgram("dev", { blueAmi: v1, ...office });
    expect(inputsOf(run, "app-blue-group")).toMatchObject({ minSize: 1, maxSize: 2, healthCheckType: "ELB" });
    expect(inputsOf(run, "app-green-group")).toMatchObject({ minSize: 0, maxSize: 0 });
    expect(inputsOf(run, "app-blue-group")).not.toHaveProperty("desiredCapacity");
    expect(inputsOf(run, "app-blue-group").mixedInstancesPolicy).toMatchObject({
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 },
    });
    expect(inputsOf(run, "app-listener")).toMatchObject({ port: 80, protocol: "HTTP" });
    expect(inputsOf(run, "bluegreen-dev-alb")).toMatchObject({
      enableDeletionProtection: false,
      dropInvalidHeaderFields: true,
    });
    expect(ofType(run, "Bucket")).toHaveLength(0);
    expect(ofType(run, "TopicSubscription")).toHaveLength(0);
    expect(run.outputs.url).toBe("http://alb.example");
  });

  test("staging: HTTPS with the given certificate, and port 80 sends everybody on", async () => {
    const run = await runProgram("staging", { blueAmi: v1, ...certificate });
    expect(inputsOf(run, "app-listener")).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificateArn: certificate.certificateArn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    });
    expect(inputsOf(run, "app-redirect")).toMatchObject({ port: 80, defaultActions: [{ type: "redirect" }] });
    expect(inputsOf(run, "app-preview-listener")).toMatchObject({ port: 9090, protocol: "HTTPS" });
  });

  test("prod: four to eight on-demand instances over three zones, protected, logged, with a certificate of its own", async () => {
    const run = await runProgram("prod", { blueAmi: v1, domain: "app.example.com", hostedZoneId: "Z123" });
    expect(inputsOf(run, "app-blue-group")).toMatchObject({ minSize: 4, maxSize: 8 });
    expect(inputsOf(run, "app-blue-group").mixedInstancesPolicy).toMatchObject({
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 100 },
    });
    expect(inputsOf(run, "network-vpc")).toMatchObject({
      availabilityZoneNames: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
      natGateways: { strategy: "OnePerAz" },
      subnetStrategy: "Auto",
    });
    expect(inputsOf(run, "bluegreen-prod-alb")).toMatchObject({
      enableDeletionProtection: true,
      accessLogs: { enabled: true },
    });
    expect(inputsOf(run, "app-listener").certificateArn).toBe(inputsOf(run, "certificate-issued").certificateArn);
    expect(inputsOf(run, "load-balancer-alias")).toMatchObject({ name: "app.example.com", type: "A" });
    expect(inputsOf(run, "bluegreen-prod-releases")).toMatchObject({ deletionProtectionEnabled: true });
    expect(inputsOf(run, "log-groups-blue")).toMatchObject({ name: "/bluegreen/prod/blue", retentionInDays: 365 });
    expect(run.outputs.url).toBe("https://app.example.com");
  });

  test("dev, staging and prod files hold the same kind of settings and nothing else", () => {
    const known = Object.keys(
      jest.requireActual<typeof import("../config/schema.ts")>("../config/schema.ts").schema.shape,
    );
    for (const stack of ["dev", "staging", "prod"]) {
      const text = readFileSync(join(import.meta.dirname, "..", `Pulumi.${stack}.yaml`), "utf8");
      const keys = [...text.matchAll(/^ {2}([\w:]+):/gm)].map(([, key]) => key);
      expect(keys.filter((key) => key !== "aws:region" && !known.includes(key.replace("bluegreen:", "")))).toEqual([]);
    }
  });

  test("prod takes what staging has served, and the others take anything", () => {
    const sources = ["dev", "staging", "prod"].map((stack) => stackConfig(stack)["bluegreen:promoteFrom"]);
    expect(sources).toEqual(["", "", "staging"]);
  });

  test("alarms follow the settings, each colour's its own target group and no other", async () => {
    const limits = { alarmErrorPercent: "2.5", alarmP95Seconds: "0.4", alarmP99Seconds: "0.8" };
    const run = await runProgram("dev", { blueAmi: v1, ...office, ...limits });
    for (const color of ["blue", "green"]) {
      const thresholds = ["errors", "p95", "p99"].map(
        (part) => inputsOf(run, `bluegreen-dev-${color}-${part}`).threshold,
      );
      expect(thresholds).toEqual([2.5, 0.4, 0.8]);
      expect(inputsOf(run, `bluegreen-dev-${color}-unhealthy`).dimensions).toEqual({
        LoadBalancer: "app/alb/1",
        TargetGroup: `targetgroup/bluegreen-dev-${color}/1`,
      });
    }
  });

  test("an existing VPC is used as it is, without subnets or endpoints of ours", async () => {
    const run = await runProgram("dev", {
      blueAmi: v1,
      ...office,
      natGateways: "none",
      vpcId: "vpc-12345678",
      publicSubnetIds: ["subnet-aaaaaaaa", "subnet-bbbbbbbb"],
      privateSubnetIds: ["subnet-cccccccc", "subnet-dddddddd"],
    });
    expect(ofType(run, "Vpc")).toHaveLength(0);
    expect(ofType(run, "VpcEndpoint")).toHaveLength(0);
    expect(inputsOf(run, "bluegreen-dev-alb").subnets).toEqual(["subnet-aaaaaaaa", "subnet-bbbbbbbb"]);
    expect(inputsOf(run, "app-blue-group").vpcZoneIdentifiers).toEqual(["subnet-cccccccc", "subnet-dddddddd"]);
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
