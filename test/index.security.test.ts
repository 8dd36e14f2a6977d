import { gated, inputsOf, office, ofType, runProgram, v1, type Run } from "./whole-program.ts";

describe("what the stack must not have", () => {
  let run: Run;
  beforeAll(async () => {
    run = await runProgram("prod", {
      blueAmi: gated,
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
      const template = inputsOf(run, `app-${color}-template`);
      expect(template).toMatchObject({
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3" } }],
        networkInterfaces: [{ associatePublicIpAddress: "false" }],
      });
      expect(template).not.toHaveProperty("keyName");
      expect(Buffer.from(template.userData, "base64").toString()).toBe(
        `#!/bin/sh\nBLUEGREEN_COLOR=${color}\nBLUEGREEN_ENVIRONMENT=prod\nBLUEGREEN_SETTINGS=/bluegreen/prod\n`,
      );
    },
  );

  test("a group is bound to a numbered template version and propagates every tag", () => {
    for (const color of ["blue", "green"]) {
      const group = inputsOf(run, `app-${color}-group`) as Record<string, { propagateAtLaunch: boolean }[]>;
      expect(group.mixedInstancesPolicy).toMatchObject({
        launchTemplate: { launchTemplateSpecification: { version: "1" } },
      });
      expect(group.tags.every(({ propagateAtLaunch }) => propagateAtLaunch)).toBe(true);
      expect(group.waitForCapacityTimeout).toBe("0");
    }
  });

  test("the log bucket is closed, encrypted with what the load balancer can write, and expires", () => {
    expect(inputsOf(run, "access-logs-closed")).toMatchObject({ blockPublicAcls: true, restrictPublicBuckets: true });
    expect(inputsOf(run, "access-logs-encrypted")).toMatchObject({
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    expect(inputsOf(run, "access-logs-life-cycle")).toMatchObject({
      rules: [
        { expiration: { days: 365 }, noncurrentVersionExpiration: { noncurrentDays: 30 } },
        { expiration: { expiredObjectDeleteMarker: true } },
      ],
    });
    expect(inputsOf(run, "access-logs-versioned")).toMatchObject({ versioningConfiguration: { status: "Enabled" } });
    const policy = JSON.parse(inputsOf(run, "access-logs-policy").policy) as {
      Statement: { Sid: string; Resource: string }[];
    };
    expect(policy.Statement[0]).toMatchObject({
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Resource: "arn:aws:s3:::access-logs-bucket/alb/AWSLogs/111111111111/*",
    });
  });

  test.each(["blue", "green"])("%s's role reads its own settings and no others", (color) => {
    const { Statement } = JSON.parse(inputsOf(run, `instances-${color}-policy`).policy) as {
      Statement: { Sid: string }[];
    };
    const own = ["", "/*"].map((end) => `arn:aws:ssm:eu-central-1:111111111111:parameter/bluegreen/prod${end}`);
    expect(Statement.filter(({ Sid }) => Sid.startsWith("Read") && Sid !== "ReadTags")).toMatchObject([
      { Effect: "Allow", Resource: own },
      { Effect: "Deny", NotResource: [...own, "arn:aws:ssm:eu-central-1::parameter/aws/*"] },
    ]);
  });

  test.each(["blue", "green"])("%s's role answers the hooks of groups with the tags of its own group", (color) => {
    const { Statement } = JSON.parse(inputsOf(run, `instances-${color}-policy`).policy) as {
      Statement: { Sid: string; Condition?: { StringEquals: Record<string, string> } }[];
    };
    const answers = Statement.find(({ Sid }) => Sid === "AnswerOwnLaunchHook");
    const condition = Object.entries(answers?.Condition?.StringEquals ?? {});
    const group = inputsOf(run, `app-${color}-group`) as Record<string, { key: string; value: string }[]>;
    const tags = group.tags.map(({ key, value }) => [`autoscaling:ResourceTag/${key}`, value]);
    expect(tags).toEqual(expect.arrayContaining(condition));
    expect(Object.fromEntries(condition)).toMatchObject({
      "autoscaling:ResourceTag/Environment": "prod",
      "autoscaling:ResourceTag/Color": color,
    });
    expect(inputsOf(run, `app-${color}-template`).iamInstanceProfile).toEqual({
      arn: `arn:instances-${color}-profile`,
    });
  });

  test("without NAT the fleets have their endpoints; with NAT only the free one", async () => {
    const isolated = await runProgram("dev", { blueAmi: v1, ...office, natGateways: "none" });
    const services = (of: Run) =>
      ofType(of, "VpcEndpoint").map(({ inputs }) => String(inputs.serviceName).split(".").pop());
    const ways = ["autoscaling", "ec2", "logs", "monitoring", "s3", "ssm", "ssmmessages"];
    expect(services(isolated).sort()).toEqual(ways);
    expect(services(run)).toEqual(["s3"]);
    expect(inputsOf(isolated, "endpoints-s3").routeTableIds).toEqual(["rtb-1a", "rtb-1b"]);
  });

  test("the Slack webhook reaches no resource and no output", async () => {
    const slackWebhook = "https://hooks.example.com/services/T0/B0/hidden";
    const settings = { blueAmi: v1, ...office, slackWebhook, notificationEmails: ["ops@example.com"] };
    const { resources, outputs } = await runProgram("dev", settings);
    const all = JSON.stringify([resources, outputs]);
    expect(all).toContain("ops@example.com");
    expect(all).not.toContain("hooks.example.com");
  });

  test("what tells whether a colour is well stands behind the listener, and nothing waits for it", () => {
    const telling = /:(MetricAlarm|CompositeAlarm|Dashboard|Topic|TopicPolicy|Key|Table|LogGroup|LogMetricFilter)$/;
    const names = run.resources.filter(({ type }) => telling.test(type)).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(15);
    const others = run.resources.filter(({ type, name }) => !telling.test(type) && !name.startsWith("flow-logs-"));
    expect(others.filter(({ options }) => options.dependencies.some((name) => names.includes(name)))).toEqual([]);
    const behindListener = run.resources.filter(({ type }) => telling.test(type));
    expect(behindListener.filter(({ options }) => options.dependencies.includes("app-listener"))).toEqual([]);
  });

  test("a physical name never grows beyond what AWS takes, with a long stack name too", async () => {
    const long = await runProgram("a-very-long-name-for-a-stack", { blueAmi: v1, ...office, allowHttp: true });
    for (const { name } of [...ofType(long, "LoadBalancer"), ...ofType(long, "TargetGroup")]) {
      expect(name.length + 8).toBeLessThanOrEqual(32);
      expect(name).toMatch(/^[a-z0-9-]+$/);
    }
  });
});
