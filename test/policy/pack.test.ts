import { readFileSync } from "node:fs";
import path from "node:path";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { policies } from "../../policy/pack.ts";
import type { Resource } from "../../policy/rule.ts";
import { gated, office, runProgram, v1, v2 } from "../whole-program.ts";

/** What the SDKs write in a value's place that a preview doesn't know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Diagnostic {
  policy: string;
  urn: string;
  message: string;
  mandatory: boolean;
}

/** The functions that answer the engine; the package's types don't tell of them. */
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } =
  jest.requireActual<Record<"makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun", (...args: unknown[]) => unknown>>(
    "@pulumi/policy/server.js",
  );

type Rpc = (
  call: { request: unknown },
  callback: (error: Error | null, response: analyzer.AnalyzeResponse) => void,
) => void;

const ask = (rpc: unknown, request: unknown): Promise<Diagnostic[]> =>
  new Promise((resolve, reject) =>
    (rpc as Rpc)({ request }, (error, response) =>
      error
        ? reject(error)
        : resolve(
            response.getDiagnosticsList().map((diagnostic) => ({
              policy: diagnostic.getPolicyname(),
              urn: diagnostic.getUrn(),
              message: diagnostic.getMessage(),
              mandatory: diagnostic.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY,
            })),
          ),
    ),
  );

const named = (resource: Resource, message: analyzer.AnalyzeRequest | analyzer.AnalyzerResource) => {
  message.setType(resource.type);
  message.setName(resource.name);
  message.setUrn(resource.urn);
  message.setOptions(new analyzer.AnalyzerResourceOptions());
  message.setProperties(Struct.fromJavaScript(resource.props as never));
};

/** What the pack answers the engine about a stack: each resource alone, and then all of them. */
async function analyzed(resources: readonly Resource[]): Promise<Diagnostic[]> {
  const one = makeAnalyzeRpcFun("bluegreen", "1", "mandatory", policies);
  const all = makeAnalyzeStackRpcFun("bluegreen", "1", "mandatory", policies);
  const alone = resources.map(async (resource) => {
    const request = new analyzer.AnalyzeRequest();
    named(resource, request);
    return (await ask(one, request)).map((diagnostic) => ({ ...diagnostic, urn: resource.urn }));
  });
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(
    resources.map((resource) => {
      const message = new analyzer.AnalyzerResource();
      named(resource, message);
      return message;
    }),
  );
  return [...(await Promise.all(alone)).flat(), ...(await ask(all, request))];
}

const certificate = {
  certificateArn: "arn:aws:acm:eu-central-1:111111111111:certificate/given",
  domain: "a.example.com",
};

/** The three environments, each with both colours. */
const settings: Record<string, Record<string, unknown>> = {
  dev: { blueAmi: v1, greenAmi: v2, standby: "warm", ...office },
  staging: { blueAmi: v1, greenAmi: gated, standby: "warm", standbyWeight: 10, ...certificate },
  prod: { blueAmi: v1, greenAmi: gated, standby: "warm", ...certificate, previewCidrs: ["192.0.2.0/24"] },
};

/** What the program registers for an environment, as a policy sees it. */
async function stackOf(environment: string): Promise<Resource[]> {
  const { resources } = await runProgram(environment, settings[environment]);
  return resources.map(({ type, name, inputs }) => ({
    type,
    name,
    urn: `urn:pulumi:${environment}::bluegreen::${type}::${name}`,
    // What the provider answers, as the mocks make it of the name: its id, and a bucket's own name.
    props: {
      id: `${name}-id`,
      ...(type === "aws:s3/bucket:Bucket" ? { bucket: name } : undefined),
      ...(JSON.parse(JSON.stringify(inputs)) as Record<string, unknown>),
    },
  }));
}

test.each(Object.keys(settings))(
  "given %s as its file says, when the pack looks at it, then no rule is broken",
  async (environment) => {
    const resources = await stackOf(environment);
    expect(resources.length).toBeGreaterThan(50);
    expect(await analyzed(resources)).toEqual([]);
  },
);

/** Changes of properties, by path. */
type Change = Readonly<Record<string, unknown>>;

function changed(resource: Resource, change: Change): Resource {
  const props = structuredClone(resource.props) as Record<string, unknown>;
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split(".");
    const last = keys.pop() as string;
    const holder = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, props);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return { ...resource, props };
}

const userData = (script: string) => Buffer.from(`#!/bin/sh\n${script}\n`).toString("base64");
const statement = (value: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...value }] });
const template = "app-blue-template";
const group = "app-blue-group";
const version = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version";
const listener = "app-listener";
const forward = "defaultActions.0.forward.targetGroups";

/** Each rule, and sabotages of the stack that it alone must catch: the resource, what is changed, what is said. */
const sabotages: [rule: string, resource: string, change: Change, said: RegExp][] = [
  ["pinned-image", template, { imageId: "resolve:ssm:/images/latest" }, /allowed is an image's id/],
  ["numbered-template-version", group, { [version]: "$Latest" }, /"\$Latest"; allowed is a number/],
  ["numbered-template-version", group, { [version]: "$Default" }, /allowed is a number/],
  ["numbered-template-version", group, { mixedInstancesPolicy: undefined }, /no launch template/],
  ["nothing-installed-at-boot", template, { userData: userData("dnf -y upgrade") }, /runs "dnf"/],
  ["nothing-installed-at-boot", template, { userData: userData("aws s3 cp s3://b/app.tgz /srv") }, /runs "aws s3"/],
  ["nothing-installed-at-boot", template, { userData: userData("packages:\n - nginx") }, /runs "packages:"/],
  ["imdsv2-required", template, { "metadataOptions.httpTokens": "optional" }, /httpTokens is optional/],
  ["imdsv2-required", template, { "metadataOptions.httpPutResponseHopLimit": 2 }, /HopLimit is 2/],
  ["imdsv2-required", template, { metadataOptions: undefined }, /httpTokens is undefined/],
  ["no-key-pair", template, { keyName: "laptop" }, /keyName is set/],
  [
    "no-public-address",
    template,
    { "networkInterfaces.0.associatePublicIpAddress": "true" },
    /needs associatePublicIpAddress/,
  ],
  ["no-public-address", template, { networkInterfaces: undefined }, /the subnet decides otherwise/],
  ["encrypted-volumes", template, { "blockDeviceMappings.0.ebs.encrypted": "false" }, /\/dev\/xvda is not encrypted/],
  ["encrypted-volumes", template, { blockDeviceMappings: [] }, /the image decides/],
  ["no-remote-login", "firewall-alb-preview-9090-192.0.2.0/24", { fromPort: 20, toPort: 25 }, /port 22 is open/],
  [
    "no-remote-login",
    "firewall-fleet-from-alb",
    { ipProtocol: "-1", fromPort: undefined, toPort: undefined },
    /port 3389 is open/,
  ],
  [
    "open-ingress-at-the-load-balancer-alone",
    "firewall-fleet-from-alb",
    { cidrIpv4: "0.0.0.0/0", referencedSecurityGroupId: undefined },
    /its group is no load balancer's/,
  ],
  [
    "open-ingress-at-the-load-balancer-alone",
    "firewall-fleet-from-alb",
    { cidrIpv6: "::/0" },
    /lets the whole world in/,
  ],
  [
    "open-ingress-at-the-load-balancer-alone",
    "firewall-fleet",
    { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }] },
    /lets the whole world in/,
  ],
  ["private-subnets", group, { vpcZoneIdentifiers: ["subnet-0a"] }, /subnet-0a is a subnet of a public load balancer/],
  [
    "both-target-groups-in-listener",
    listener,
    { [forward]: [{ arn: "arn:app-blue", weight: 100 }] },
    /forwards to 1 target group/,
  ],
  ["both-target-groups-in-listener", listener, { [`${forward}.0.weight`]: 90 }, /add up to 100/],
  [
    "production-protected",
    "bluegreen-prod-alb",
    { enableDeletionProtection: false },
    /enableDeletionProtection is off/,
  ],
  ["production-protected", "bluegreen-prod-alb", { "accessLogs.enabled": false }, /accessLogs are off/],
  ["encrypted-at-rest", "bluegreen-prod", { kmsMasterKeyId: undefined }, /set kmsMasterKeyId/],
  ["closed-buckets", "access-logs-closed", { blockPublicPolicy: false }, /may be made public/],
  ["closed-buckets", "access-logs-encrypted", { bucket: "another" }, /its encryption is not stated/],
  [
    "narrow-statements",
    "instances-blue-policy",
    { policy: statement({ Action: "*", Resource: "*" }) },
    /allows \*; name the actions/,
  ],
  [
    "narrow-statements",
    "instances-blue-policy",
    { policy: statement({ Action: "s3:*", Resource: "arn:b" }) },
    /allows s3:\*/,
  ],
  [
    "narrow-statements",
    "instances-blue-policy",
    { policy: statement({ Action: "s3:GetObject", Resource: "*" }) },
    /on every resource/,
  ],
  [
    "narrow-statements",
    "instances-blue-policy",
    { policy: statement({ NotAction: "iam:*", Resource: "*" }) },
    /all but some/,
  ],
  [
    "no-administrator",
    "instances-blue-session-manager",
    { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    /hands out the account/,
  ],
  [
    "no-public-policy",
    "access-logs-policy",
    { policy: statement({ Sid: "A", Principal: "*", Action: "s3:GetObject", Resource: "a" }) },
    /lets everybody in/,
  ],
  [
    "no-public-policy",
    "instances-blue-role",
    { assumeRolePolicy: statement({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }) },
    /lets everybody in/,
  ],
  ["required-tags", "bluegreen-prod-alb", { tags: { Project: "bluegreen" } }, /no tag Environment, ManagedBy/],
  ["required-tags", group, { "tags.0.propagateAtLaunch": false }, /that reaches its instances/],
  ["allowed-regions", listener, { region: "us-east-1" }, /keep a stack in one region/],
];

describe("given production with one thing changed", () => {
  let prod: Resource[];
  beforeAll(async () => {
    // Under mocks no resource says its region; the provider fills it in.
    prod = (await stackOf("prod")).map((resource) => ({
      ...resource,
      props: { region: "eu-central-1", ...resource.props },
    }));
  });

  const withChange = (name: string, change: Change) => {
    const target = prod.find((resource) => resource.name === name);
    if (!target) throw new Error(`no resource ${name} among ${prod.map((resource) => resource.name).join(", ")}`);
    return prod.map((resource) => (resource === target ? changed(resource, change) : resource));
  };

  test.each(sabotages)("when %s is broken in %s, then that rule alone refuses", async (rule, name, change, said) => {
    const diagnostics = await analyzed(withChange(name, change));
    expect([...new Set(diagnostics.map(({ policy }) => policy))]).toEqual([rule]);
    expect(diagnostics.map(({ message }) => message).join("\n")).toMatch(said);
    expect(diagnostics.every(({ mandatory }) => mandatory)).toBe(true);
  });

  /** The value that each rule hangs on, which a preview may not know yet. */
  const unknowns: [rule: string, resource: string, path: string][] = [
    ["pinned-image", template, "imageId"],
    ["numbered-template-version", group, version],
    ["nothing-installed-at-boot", template, "userData"],
    ["imdsv2-required", template, "metadataOptions"],
    ["no-key-pair", template, "keyName"],
    ["no-public-address", template, "networkInterfaces"],
    ["encrypted-volumes", template, "blockDeviceMappings"],
    ["no-remote-login", "firewall-fleet-from-alb", "fromPort"],
    ["open-ingress-at-the-load-balancer-alone", "firewall-alb-public-443-0.0.0.0/0", "securityGroupId"],
    ["private-subnets", group, "vpcZoneIdentifiers"],
    ["both-target-groups-in-listener", listener, forward],
    ["production-protected", "bluegreen-prod-alb", "accessLogs"],
    ["encrypted-at-rest", "bluegreen-prod", "kmsMasterKeyId"],
    ["closed-buckets", "access-logs-closed", "bucket"],
    ["narrow-statements", "instances-blue-policy", "policy"],
    ["no-administrator", "instances-blue-session-manager", "policyArn"],
    ["no-public-policy", "access-logs-policy", "policy"],
    ["required-tags", "bluegreen-prod-alb", "tags"],
    ["allowed-regions", listener, "region"],
  ];

  test.each(unknowns)(
    "when the value that %s hangs on (%s, %s) is not known yet, then it says so and refuses nothing",
    async (rule, name, path) => {
      const diagnostics = await analyzed(withChange(name, { [path]: UNKNOWN }));
      expect(diagnostics.filter(({ mandatory }) => mandatory)).toEqual([]);
      expect(diagnostics.map(({ policy }) => policy)).toContain(rule);
      expect(diagnostics.find(({ policy }) => policy === rule)?.message).toMatch(/can't run policy .* during preview/);
    },
  );

  test("docs/policy.md states every rule in the pack's own words, and no other", () => {
    const rows = readFileSync(path.join(import.meta.dirname, "../../docs/policy.md"), "utf8").match(/^\| `.*$/gm);
    expect(rows?.sort()).toEqual(policies.map(({ name, description }) => `| \`${name}\` | ${description} |`).sort());
  });

  test("every rule of the pack has a sabotage and an unknown value", () => {
    const rules = policies.map(({ name }) => name).sort();
    expect([...new Set(sabotages.map(([rule]) => rule))].sort()).toEqual(rules);
    expect(unknowns.map(([rule]) => rule).sort()).toEqual(rules);
  });
});
