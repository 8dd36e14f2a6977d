import fc from "fast-check";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../config/load.ts";
import { imageIds, desiredState } from "../../deployment/desired-state.ts";
import { schema } from "../../config/schema.ts";
import { parseSettings, certificateArn, existing, faultsOf, minimal, v1, v2, type Raw } from "./raw-settings.ts";

describe("settings that are right", () => {
  test("the least that must be said, with every default", () => {
    expect(parseSettings(minimal)).toMatchObject({
      activeColor: "blue",
      standby: "off",
      standbyWeight: 0,
      minSize: 2,
      maxSize: 4,
      capacityFloor: 0,
      spotPercentage: 0,
      natGateways: "none",
      deletionProtection: true,
      previewSize: 0,
      logRetention: 30,
      alarmErrorPercent: 1,
      alarmP95Seconds: 1,
      alarmP99Seconds: 3,
      notificationEmails: [],
      allowedCidrs: ["192.0.2.0/24"],
      backendPorts: [],
    });
  });

  test.each<[string, Raw]>([
    ["an image id of 17 digits", { greenAmi: v2 }],
    ["a canary beside a warm standby", { standby: "warm", standbyWeight: "10" }],
    ["all weight on the standby", { standby: "warm", standbyWeight: "100" }],
    ["as many at least as at most", { minSize: "4", maxSize: "4", capacityFloor: "4" }],
    ["the largest new VPC", { vpcCidr: "10.0.0.0/16" }],
    ["the smallest new VPC", { vpcCidr: "10.0.0.0/23" }],
    ["an existing VPC", existing],
    ["an existing VPC of any size", { ...existing, vpcCidr: "10.0.0.0/24" }],
    ["a domain with its zone", { domain: "app.example.com", hostedZoneId: "Z123", allowHttp: "false" }],
    ["a domain with a certificate", { domain: "app.example.com", certificateArn, allowHttp: "false" }],
    ["an internationalized top-level domain", { domain: "a.xn--p1ai", certificateArn }],
    ["443 for previews of a plain HTTP stack", { previewPort: "443" }],
    ["everybody", { allowedCidrs: '["0.0.0.0/0"]' }],
    ["neighbouring ranges", { allowedCidrs: '["10.0.0.0/9","10.128.0.0/9"]' }],
    ["a standby that is tried with all that there may be", { previewSize: "4" }],
    ["alarms on parts of a percent and of a second", { alarmErrorPercent: "0.5", alarmP95Seconds: "0.25" }],
    ["alarms that never sound for errors", { alarmErrorPercent: "100" }],
    ["as slow at 95 % as at 99 %", { alarmP95Seconds: "3", alarmP99Seconds: "3" }],
    ["logs of a year", { logRetention: "365" }],
    [
      "who is told",
      { notificationEmails: '["ops@example.com","a+b@x.co"]', slackWebhook: "https://hooks.slack.com/services/T/B/x" },
    ],
    ["a stack to promote from", { promoteFrom: "staging" }],
    ["one range for users and previews", { previewCidrs: '["192.0.2.0/24"]' }],
  ])("%s", (_, raw) => expect(faultsOf({ ...minimal, ...raw })).toEqual([]));

  test("an empty text counts as not set", () => {
    const settings = parseSettings({
      ...minimal,
      greenAmi: "",
      vpcId: "",
      domain: "",
      slackWebhook: "",
      promoteFrom: "",
      alarmP95Seconds: "",
      minSize: "",
      allowedCidrs: '["10.0.0.0/8"]',
    });
    expect(settings).toMatchObject({ minSize: 2, allowedCidrs: ["10.0.0.0/8"] });
    expect(settings.greenAmi ?? settings.vpcId ?? settings.domain).toBeUndefined();
    expect(settings.slackWebhook ?? settings.promoteFrom).toBeUndefined();
  });

  test("lists, numbers and booleans come as JSON, texts as they are", () => {
    const raw = { backendPorts: "[5432,6379]", minSize: "3", accessLogs: "false", healthCheckPath: "/1" };
    expect(parseSettings({ ...minimal, ...raw })).toMatchObject({
      backendPorts: [5432, 6379],
      minSize: 3,
      accessLogs: false,
      healthCheckPath: "/1",
    });
  });
});

const pinned = "a pinned image id: ami- and 8 or 17 hexadecimal digits";
const range = "an IPv4 range such as 10.0.0.0/16";
const list = 'Allowed: a list, as JSON: ["...", "..."]';

describe("fails on one wrong setting, with its name, what came and what is allowed", () => {
  test.each<[string, Raw, string]>([
    ["an unknown colour", { activeColor: "purple" }, 'activeColor: "purple". Allowed: blue or green'],
    ["a colour in capitals", { activeColor: "Green" }, 'activeColor: "Green". Allowed: blue or green'],
    ["an unknown standby", { standby: "hot" }, 'standby: "hot". Allowed: off or warm'],
    ["an image alias", { blueAmi: "latest" }, `blueAmi: "latest". Allowed: ${pinned}`],
    ["an image tag", { blueAmi: "app:latest" }, `blueAmi: "app:latest". Allowed: ${pinned}`],
    [
      "an SSM alias",
      { greenAmi: "resolve:ssm:/app/latest" },
      `greenAmi: "resolve:ssm:/app/latest". Allowed: ${pinned}`,
    ],
    ["nine digits", { blueAmi: "ami-123456789" }, `blueAmi: "ami-123456789". Allowed: ${pinned}`],
    ["digits that aren't hexadecimal", { blueAmi: "ami-1234567g" }, `blueAmi: "ami-1234567g". Allowed: ${pinned}`],
    ["more behind the id", { blueAmi: `${v1}\n` }, `blueAmi: "${v1}\\n". Allowed: ${pinned}`],
    [
      "a weight above 100",
      { standby: "warm", standbyWeight: "101" },
      "standbyWeight: 101. Allowed: a whole number from 0 to 100",
    ],
    ["a weight below 0", { standbyWeight: "-1" }, "standbyWeight: -1. Allowed: a whole number from 0 to 100"],
    ["half a percent", { standby: "warm", standbyWeight: "0.5" }, "standbyWeight: 0.5. Allowed: a whole number"],
    ["a percent sign", { standbyWeight: "10%" }, 'standbyWeight: "10%". Allowed: a whole number'],
    ["no instance at all", { minSize: "0" }, "minSize: 0. Allowed: a whole number from 1 to 1000"],
    ["a number beyond all", { maxSize: "1e999" }, "Allowed: a whole number from 1 to 1000"],
    ["a trial beyond all", { previewSize: "1001" }, "previewSize: 1001. Allowed: a whole number from 0 to 1000"],
    ["half an instance", { previewSize: "0.5" }, "previewSize: 0.5. Allowed: a whole number from 0 to 1000"],
    [
      "days that CloudWatch doesn't know",
      { logRetention: "31" },
      "logRetention: 31. Allowed: 1 or 3 or 5 or 7 or 14 or 30 or 60",
    ],
    ["days for ever", { logRetention: "0" }, "logRetention: 0. Allowed: 1 or 3 or"],
    ["more than all", { alarmErrorPercent: "101" }, "alarmErrorPercent: 101. Allowed: a number from 0 to 100"],
    ["a share with its sign", { alarmErrorPercent: "1%" }, 'alarmErrorPercent: "1%". Allowed: a number from 0 to 100'],
    ["an answer in no time", { alarmP95Seconds: "0" }, "alarmP95Seconds: 0. Allowed: a number from 0.001 to 60"],
    [
      "an answer after the connection",
      { alarmP99Seconds: "61" },
      "alarmP99Seconds: 61. Allowed: a number from 0.001 to 60",
    ],
    ["milliseconds", { alarmP99Seconds: "800ms" }, 'alarmP99Seconds: "800ms". Allowed: a number from 0.001 to 60'],
    [
      "a name for an address",
      { notificationEmails: '["ops"]' },
      'notificationEmails.0: "ops". Allowed: e-mail addresses',
    ],
    ["one address without a list", { notificationEmails: "ops@x.co" }, `notificationEmails: "ops@x.co". ${list}`],
    [
      "a webhook without TLS",
      { slackWebhook: "http://hooks.example.com/x" },
      "slackWebhook: (not shown). Allowed: an https URL",
    ],
    ["a webhook that is a channel", { slackWebhook: "#ops" }, "slackWebhook: (not shown). Allowed: an https URL"],
    [
      "a webhook under a wrong name",
      { slackWebHook: "https://hooks.example.com/x" },
      "slackWebHook: (not shown). Allowed: no such",
    ],
    [
      "a stack that can't be",
      { promoteFrom: "my stack" },
      'promoteFrom: "my stack". Allowed: a stack\'s name such as staging',
    ],
    ["a boolean that is a word", { allowHttp: "yes" }, 'allowHttp: "yes". Allowed: true or false'],
    ["a boolean in capitals", { accessLogs: "True" }, 'accessLogs: "True". Allowed: true or false'],
    ["a boolean that is a number", { deletionProtection: "1" }, "deletionProtection: 1. Allowed: true or false"],
    ["a privileged port", { appPort: "80" }, "appPort: 80. Allowed: a whole number from 1024 to 65535"],
    ["a relative path", { healthCheckPath: "readyz" }, 'healthCheckPath: "readyz". Allowed: a path that begins with /'],
    ["one zone", { availabilityZoneCount: "1" }, "availabilityZoneCount: 1. Allowed: a whole number from 2 to 3"],
    ["an instance type of nobody", { instanceType: "small" }, 'instanceType: "small". Allowed: an EC2 instance type'],
    ["a range without a prefix", { vpcCidr: "10.0.0.0" }, `vpcCidr: "10.0.0.0". Allowed: ${range}`],
    ["a prefix beyond 32", { vpcCidr: "10.0.0.0/33" }, `vpcCidr: "10.0.0.0/33". Allowed: ${range}`],
    ["an IPv6 range", { previewCidrs: '["2001:db8::/32"]' }, `previewCidrs.0: "2001:db8::/32". Allowed: ${range}`],
    ["an address inside a range", { vpcCidr: "10.0.1.0/16" }, `Allowed: ${range}; did you mean 10.0.0.0/16?`],
    ["the second of a list", { allowedCidrs: '["10.0.0.0/8","x"]' }, `allowedCidrs.1: "x". Allowed: ${range}`],
    ["a list that is none", { allowedCidrs: "192.0.2.0/24" }, `allowedCidrs: "192.0.2.0/24". ${list}`],
    ["a list that is bad JSON", { allowedCidrs: "[192.0.2.0/24]" }, `allowedCidrs: "[192.0.2.0/24]". ${list}`],
    ["a list that is an object", { backendPorts: '{"a":1}' }, `backendPorts: {"a":1}. ${list}`],
    ["a number among texts", { allowedCidrs: "[5]" }, "allowedCidrs.0: 5. Allowed: a text"],
    [
      "a text among numbers",
      { backendPorts: '["5432"]' },
      'backendPorts.0: "5432". Allowed: a whole number from 1 to 65535',
    ],
    [
      "a port beyond all",
      { backendPorts: "[5432,70000]" },
      "backendPorts.1: 70000. Allowed: a whole number from 1 to 65535",
    ],
    [
      "a policy that is no ARN",
      { instancePolicyArns: '["ReadOnly"]' },
      'instancePolicyArns.0: "ReadOnly". Allowed: IAM policy ARNs',
    ],
    [
      "a domain in capitals",
      { domain: "App.example.com" },
      'domain: "App.example.com". Allowed: a lower-case host name',
    ],
    ["a domain with a scheme", { domain: "https://a.example.com" }, "Allowed: a lower-case host name"],
    ["a label that begins with a hyphen", { domain: "a.-b.com" }, "Allowed: a lower-case host name"],
    [
      "a zone's name for its id",
      { hostedZoneId: "example.com" },
      'hostedZoneId: "example.com". Allowed: a Route 53 hosted',
    ],
    ["an IAM certificate", { certificateArn: "arn:aws:iam::1:x" }, "Allowed: the ARN of an ACM certificate"],
    [
      "an unknown key",
      { activeColour: "green" },
      "activeColour: (not shown). Allowed: no such setting; one of activeColor, ",
    ],
    ["an unknown key without a value", { colour: "" }, "colour: (not shown). Allowed: no such setting"],
    ["an unknown key with dots", { "a.b": "1" }, "a.b: (not shown). Allowed: no such setting"],
    ["a key that every object has", { toString: "" }, "toString: (not shown). Allowed: no such setting"],
  ])("%s", (_, raw, expected) => {
    const faults = faultsOf({ ...minimal, ...raw });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });
});

test("any text in any setting is taken or refused by name, never more", () => {
  const names = [...Object.keys(schema.shape), "unknown", "constructor", "__proto__", "a.b"];
  const value = fc.oneof(
    fc.string(),
    fc.json(),
    fc.integer().map(String),
    fc.ipV4().map((ip) => `${ip}/8`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), value, (name, text) => {
      const faults = faultsOf({ ...existing, [name]: text });
      const alarms = ["alarmP95Seconds", "alarmP99Seconds"];
      const related = ["vpcId", "domain", "hostedZoneId", "standbyWeight", "minSize", "maxSize", ...alarms].includes(
        name,
      );
      if (!related) expect(faults.filter((line) => !line.startsWith(name))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

describe("what traffic depends on", () => {
  const noGates = { blue: false, green: false };

  test.each<[string, Raw, { blue: string; green: string }]>([
    ["both images", { blueAmi: v1, greenAmi: v2 }, { blue: v1, green: v2 }],
    ["blue's for green", { blueAmi: v1 }, { blue: v1, green: v1 }],
    ["green's for blue", { blueAmi: "", greenAmi: v2 }, { blue: v2, green: v2 }],
  ])("%s", (_, raw, images) => {
    const parsed = parseSettings({ ...minimal, ...raw });
    expect(imageIds(parsed)).toEqual(images);
    const { machines } = desiredState(parsed, { blue: true, green: false });
    expect(machines).toMatchObject({
      blue: { imageId: images.blue, bootGate: true },
      green: { imageId: images.green, bootGate: false },
    });
  });

  test("the foundation is what can't change", () => {
    expect(desiredState(parseSettings({ ...existing, appPort: "8080" }), noGates).foundation).toEqual({
      vpcId: "vpc-12345678",
      vpcCidr: "10.0.0.0/16",
      availabilityZoneCount: 2,
      appPort: 8080,
      https: false,
      customerKey: false,
    });
  });

  test.each([
    ["a certificate", { domain: "app.example.com", certificateArn }],
    ["a domain", { domain: "app.example.com", hostedZoneId: "Z1" }],
  ])("%s makes it HTTPS", (_, settings) =>
    expect(desiredState(parseSettings({ ...minimal, ...settings }), noGates).foundation.https).toBe(true),
  );
});

/** Sets the whole config of a project's stack, as the language host does. */
function given(project: string, config: Raw): void {
  const newResource = () => {
    throw new Error("settings make no resource");
  };
  void pulumi.runtime.setMocks({ newResource, call: newResource }, project);
  pulumi.runtime.setAllConfig(config);
}

const within = (namespace: string, raw: Raw): Raw =>
  Object.fromEntries(Object.entries(raw).map(([key, value]) => [`${namespace}:${key}`, value]));

test("given a setting that is kept as a secret, when it is wrong, then its value is not shown", () => {
  given("bluegreen", within("bluegreen", { ...minimal, minSize: "hunter2" }));
  // As the language host sets it.
  process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(["bluegreen:minSize"]);
  try {
    expect(loadSettings).toThrow(/minSize: \(not shown\)\. Allowed/);
  } finally {
    delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
  }
});

test.each(["bluegreen", "shop"])(
  "given a project called %s, then its settings are read from its own namespace",
  (name) => {
    given(name, { ...within(name, minimal), "aws:region": "eu-central-1", "other:thing": "1" });
    expect(loadSettings().blueAmi).toBe(v1);
  },
);

test("given a project that was renamed without its settings, then each of them is refused with the name that it must have", () => {
  given("shop", { ...within("shop", minimal), "bluegreen:slackWebhook": "hunter2", "bluegreen:minSize": "2" });
  expect(loadSettings).toThrow(
    "2 settings are wrong; nothing was changed:\n" +
      "  bluegreen:slackWebhook: (not shown). Allowed: shop:slackWebhook, because Pulumi.yaml names the project shop\n" +
      "  bluegreen:minSize: (not shown). Allowed: shop:minSize, because Pulumi.yaml names the project shop",
  );
});
