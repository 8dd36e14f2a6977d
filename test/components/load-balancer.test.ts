import * as aws from "@pulumi/aws";
import { AccessLogs } from "../../components/access-logs.ts";
import { Certificate } from "../../components/certificate.ts";
import { LoadBalancer, type LoadBalancerArgs } from "../../components/load-balancer.ts";
import { PreviewListener } from "../../components/preview-listener.ts";
import { byColor } from "../../deployment/model.ts";
import { named, register } from "../program.ts";

const args: LoadBalancerArgs = {
  baseName: "bluegreen-dev",
  subnetIds: ["p", "q"],
  securityGroupId: "sg-alb",
  deletionProtection: false,
  hstsMaxAge: 0,
  tags: {},
};
const logsArgs = { accountId: "1", partition: "aws", region: "r", retention: 7, tags: {} };

test("it isn't made before its bucket may be written to", async () => {
  const resources = await register(() => {
    const accessLogs = new AccessLogs("logs", { ...logsArgs, retain: false });
    new LoadBalancer("lb", { ...args, accessLogs });
  });
  const { inputs, options } = named(resources, "bluegreen-dev-alb");
  expect(inputs.accessLogs).toEqual({ enabled: true, bucket: "logs-bucket", prefix: "alb" });
  expect(options.dependencies).toEqual(expect.arrayContaining(["logs-policy", "logs-encrypted", "logs-ownership"]));
});

test.each([true, false])("protection from deletion, by AWS and in Pulumi's preview: %p", async (deletionProtection) => {
  const resources = await register(() => new LoadBalancer("lb", { ...args, deletionProtection }));
  const { inputs, options } = named(resources, "bluegreen-dev-alb");
  expect(inputs.enableDeletionProtection).toBe(deletionProtection);
  expect(options.protect).toBe(deletionProtection);
});

test.each<[string, Partial<LoadBalancerArgs>, object, string]>([
  ["plain", {}, { listenerProtocol: { protocol: "HTTP" }, port: 80 }, "http://alb.example"],
  [
    "with a certificate",
    { certificateArn: "arn:c", domain: "app.example.com" },
    {
      listenerProtocol: {
        protocol: "HTTPS",
        certificateArn: "arn:c",
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      },
      port: 443,
    },
    "https://app.example.com",
  ],
])(
  "%s, it is public, drops invalid headers, and its listeners share one protocol",
  async (_, more, shared, address) => {
    let made: LoadBalancer | undefined;
    const resources = await register(
      () => void (made = new LoadBalancer("lb", { ...args, ...more, tags: { A: "b" } })),
    );
    expect(named(resources, "bluegreen-dev-alb").inputs).toEqual({
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
      subnets: ["p", "q"],
      securityGroups: ["sg-alb"],
      idleTimeout: 60,
      dropInvalidHeaderFields: true,
      enableDeletionProtection: false,
      accessLogs: { enabled: false, bucket: "" },
      tags: { A: "b" },
    });
    expect(made).toMatchObject(shared);
    expect(await new Promise((resolve) => made?.url.apply(resolve))).toBe(address);
  },
);

test("without a bucket its logs are switched off, not left as they were", async () => {
  const resources = await register(() => new LoadBalancer("lb", args));
  expect(named(resources, "bluegreen-dev-alb").inputs.accessLogs).toMatchObject({ enabled: false });
});

test.each([true, false])("the logs' bucket, retained: %p, refuses what isn't TLS", async (retain) => {
  const resources = await register(() => new AccessLogs("logs", { ...logsArgs, retain }));
  expect(named(resources, "logs-policy").options.dependencies).toContain("logs-closed");
  const { Statement } = JSON.parse(named(resources, "logs-policy").inputs.policy as string) as {
    Statement: object[];
  };
  expect(Statement).toContainEqual(
    expect.objectContaining({
      Effect: "Deny",
      Principal: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    }),
  );
});

test.each<[string, Partial<LoadBalancerArgs>, boolean]>([
  ["its zone is given", { domain: "app.example.com", hostedZoneId: "Z1" }, true],
  ["its zone is somebody else's", { domain: "app.example.com", certificateArn: "arn:c" }, false],
  ["there is no domain", { hostedZoneId: "Z1" }, false],
])("an alias that ignores the standby's health, when %s: %p", async (_, more, alias) => {
  const resources = await register(() => new LoadBalancer("lb", { ...args, ...more }));
  const records = resources.filter(({ name }) => name === "lb-alias").map(({ inputs }) => inputs);
  const aliases = [{ name: "alb.example", zoneId: "ZALB", evaluateTargetHealth: false }];
  expect(records).toEqual(alias ? [{ zoneId: "Z1", name: "app.example.com", type: "A", aliases }] : []);
});

test("a certificate is used once its record has proved the domain", async () => {
  const resources = await register(
    () => new Certificate("c", { domain: "app.example.com", hostedZoneId: "Z1", tags: {} }),
  );
  expect(named(resources, "c-certificate").inputs).toMatchObject({
    domainName: "app.example.com",
    validationMethod: "DNS",
  });
  expect(named(resources, "c-proof").inputs).toMatchObject({
    zoneId: "Z1",
    name: "_x",
    type: "CNAME",
    records: ["_y"],
  });
  expect(named(resources, "c-issued").inputs).toMatchObject({ validationRecordFqdns: ["_x.example"] });
});

test("the preview listener explains itself, and has one fixed rule a colour", async () => {
  const resources = await register(() => {
    const targetGroups = byColor((color) => new aws.lb.TargetGroup(color, {}));
    const listenerProtocol = { protocol: "HTTPS" as const, certificateArn: "arn:c", sslPolicy: "modern" };
    new PreviewListener("p", { loadBalancerArn: "arn:alb", listenerProtocol, port: 9999, targetGroups, tags: {} });
  });
  const { inputs } = named(resources, "p-listener");
  expect(inputs).toMatchObject({ port: 9999, protocol: "HTTPS", certificateArn: "arn:c", sslPolicy: "modern" });
  const [{ fixedResponse }] = inputs.defaultActions as { fixedResponse: Record<string, string> }[];
  expect(fixedResponse).toMatchObject({ statusCode: "404", contentType: "text/plain" });
  expect(fixedResponse.messageBody).toContain("X-Bluegreen-Preview: blue or green");
  // AWS takes 1024 characters.
  expect(fixedResponse.messageBody.length).toBeLessThanOrEqual(1024);
  for (const [index, color] of ["blue", "green"].entries()) {
    expect(named(resources, `p-${color}`).inputs).toEqual({
      listenerArn: "arn:p-listener",
      priority: index + 1,
      conditions: [{ httpHeader: { httpHeaderName: "X-Bluegreen-Preview", values: [color] } }],
      actions: [{ type: "forward", targetGroupArn: `arn:${color}` }],
      tags: {},
    });
  }
});
