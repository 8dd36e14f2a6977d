import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { named, type Registered } from "../program.ts";
import { checkov, type Finding } from "./checkov.ts";
import { exceptions } from "./checkov-exceptions.ts";
import { ownFiles } from "./checkov-files.ts";
import { hcl } from "./terraform.ts";
import { variants } from "./variants.ts";

jest.setTimeout(300_000);

const environments = ["dev", "staging", "prod"];
const withKeys = "a way out through endpoints alone, with keys and logs of its own";
const document = readFileSync(path.join(import.meta.dirname, "../../docs/checkov.md"), "utf8");

let stacks: Record<string, Registered[]>;
let own: Record<string, string>;
beforeAll(async () => {
  jest.spyOn(pulumi.log, "info").mockResolvedValue(undefined);
  const runs = await variants();
  stacks = Object.fromEntries(Object.entries(runs).map(([name, { resources }]) => [name, resources]));
  own = await ownFiles();
});

const fits = ({ check, area, resource }: Finding) =>
  exceptions.filter((one) => one.check === check && one.areas.includes(area) && one.resource.test(resource));
const told = ({ check, area, resource, asks }: Finding) => `${check} ${area} ${resource}: ${asks}`;

test("given the three environments and the project's files, then Checkov finds nothing that has no reason", async () => {
  const files = Object.fromEntries(environments.map((name) => [`${name}/main.tf`, hcl(stacks[name])]));
  const { findings, judged, unread } = await checkov({ ...files, ...own });
  expect(unread).toEqual([]);
  expect(judged).toMatchObject({
    terraform: environments.flatMap((name) => stacks[name]).length,
    dockerfile: 1,
  });
  const manifests = Object.values(own).flatMap((file) => file.match(/^kind: /gm) ?? []);
  expect(judged.kubernetes).toBeGreaterThanOrEqual(manifests.length);
  expect(findings.filter((finding) => fits(finding).length === 0).map(told)).toEqual([]);
  const unused = exceptions.flatMap((one) =>
    one.areas
      .filter((area) => !findings.some((finding) => finding.area === area && fits(finding).includes(one)))
      .map((area) => `${one.check} ${area}`),
  );
  expect(unused).toEqual([]);
});

test("given a key and flow logs of the stack's own, then what they are the reason of is found no more", async () => {
  const { findings } = await checkov({ "staging/main.tf": hcl(stacks[withKeys]) });
  const checks = new Set(findings.map(({ check }) => check));
  expect(["CKV_AWS_119", "CKV_AWS_158", "CKV2_AWS_11"].filter((check) => checks.has(check))).toEqual([]);
});

/** A stack of prod's in which one resource is registered otherwise. */
function broken(name: string, change: (inputs: Record<string, never>) => object): Registered[] {
  const changed = named(stacks.prod, name);
  return stacks.prod.map((one) =>
    one === changed ? { ...one, inputs: { ...one.inputs, ...change(one.inputs as Record<string, never>) } } : one,
  );
}

const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/** What is broken, and the check that must find it. */
const sabotages: [check: string, what: string, resources: () => Registered[]][] = [
  ["CKV_AWS_7", "a key that is not rotated", () => broken("notifications-key", () => ({ enableKeyRotation: false }))],
  ["CKV_AWS_26", "a topic without encryption", () => broken("bluegreen-prod", () => ({ kmsMasterKeyId: undefined }))],
  [
    "CKV_AWS_79",
    "instance metadata without a token",
    () => broken("app-blue-template", () => ({ metadataOptions: { httpTokens: "optional" } })),
  ],
  [
    "CKV_AWS_88",
    "a public address",
    () => broken("app-blue-template", () => ({ networkInterfaces: [{ associatePublicIpAddress: "true" }] })),
  ],
  [
    "CKV_AWS_24",
    "SSH from everywhere",
    () => broken("firewall-alb-public-80-0.0.0.0/0", () => ({ fromPort: 22, toPort: 22 })),
  ],
  [
    "CKV_AWS_62",
    "a right to everything",
    () => broken("instances-blue-policy", () => ({ policy: JSON.stringify(everything) })),
  ],
  ["CKV_AWS_56", "a bucket that is open", () => broken("access-logs-closed", () => ({ restrictPublicBuckets: false }))],
  [
    "CKV_AWS_28",
    "a table without recovery",
    () => broken("bluegreen-prod-releases", () => ({ pointInTimeRecovery: { enabled: false } })),
  ],
  // Found by the references between resources, which must therefore be right.
  [
    "CKV2_AWS_6",
    "a block of public access for another bucket",
    () => broken("access-logs-closed", () => ({ bucket: "another" })),
  ],
  ["CKV2_AWS_11", "flow logs of another VPC", () => broken("flow-logs-vpc", () => ({ vpcId: "vpc-other" }))],
  [
    "CKV2_AWS_28",
    "a web ACL before another load balancer",
    () => broken("load-balancer-web-acl", () => ({ resourceArn: "arn:other" })),
  ],
  [
    "CKV2_AWS_12",
    "a default group that lets in",
    () => broken("network-default", () => ({ ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }] })),
  ],
];

test("given a stack or a file that is broken in one place, then the check that is meant for it says so", async () => {
  const files: Record<string, string> = {};
  for (const [check, , resources] of sabotages) files[`broken-${check}/main.tf`] = hcl(resources());
  files["broken-CKV_DOCKER_8/Dockerfile"] = own["app/Dockerfile"].replace(/^USER .*/m, "USER root");
  files["broken-CKV_K8S_20/app.yaml"] = own["kubernetes/packages-app-kubernetes.yaml"].replace(
    "allowPrivilegeEscalation: false",
    "allowPrivilegeEscalation: true",
  );
  files[".github/workflows/broken.yml"] =
    "name: Broken\non: push\npermissions: write-all\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n";
  const { findings } = await checkov(files);
  const found = new Set(findings.map(({ check, area }) => `${area} ${check}`));
  const wanted = Object.keys(files)
    .map((file) => file.split("/")[0])
    .filter((area) => area.startsWith("broken-"));
  const missed = wanted.filter((area) => !found.has(`${area} ${area.replace("broken-", "")}`));
  expect(missed).toEqual([]);
  expect(found).toContain(".github CKV2_GHA_1");
  // None of them is accepted where it stands: the list names what is right in prod.
  const accepted = sabotages.filter(([check]) =>
    exceptions.some((one) => one.check === check && one.areas.includes("prod")),
  );
  expect(accepted.map(([check]) => check)).toEqual([]);
});

test("given the list of exceptions, then the document has each with its reason, and no other", () => {
  const rows = [...document.matchAll(/^\| `(CKV2?_\w+)` \| (.*) \| (.*) \|$/gm)].map(([, ...cells]) =>
    cells.join(" | "),
  );
  expect(rows).toEqual(exceptions.map(({ check, areas, reason }) => `${check} | ${areas.join(", ")} | ${reason}`));
});

test("given inputs as Pulumi has them, then Terraform's blocks, arguments and references are written", () => {
  const topic = { type: "aws:sns/topic:Topic", name: "told", inputs: {}, options: {} as never };
  const inputs = {
    alarmActions: ["arn:aws:sns:eu-central-1:111111111111:told-1234567"],
    alarmDescription: 'a "word" and ${text}',
    metricQueries: [{ id: "a", returnData: true, metric: { dimensions: { LoadBalancer: "alb" } } }],
    okActions: [],
    tags: { Project: "a" },
  };
  const alarm = { type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "an-alarm", inputs, options: {} as never };
  expect(hcl([topic, alarm]).split("\n")).toEqual([
    'resource "aws_sns_topic" "told" {',
    "}",
    "",
    'resource "aws_cloudwatch_metric_alarm" "an_alarm" {',
    'alarm_name = "an-alarm"',
    "alarm_actions = [aws_sns_topic.told.arn]",
    'alarm_description = "a \\"word\\" and $${text}"',
    "metric_query {",
    'id = "a"',
    "return_data = true",
    "metric {",
    "dimensions = {",
    '"LoadBalancer" = "alb"',
    "}",
    "}",
    "}",
    "tags = {",
    '"Project" = "a"',
    "}",
    "}",
    "",
  ]);
});

test("given a type that nobody named and that is not of the AWS provider, then fails and names it", () => {
  expect(() => hcl([{ name: "a", type: "random:index/randomId:RandomId", inputs: {}, options: {} as never }])).toThrow(
    "random:index/randomId:RandomId is no resource of the AWS provider's",
  );
});

test("given two resources of names that differ in signs alone, then fails rather than loses one", () => {
  const topic = { type: "aws:sns/topic:Topic", inputs: {}, options: {} as never };
  expect(() =>
    hcl([
      { ...topic, name: "a-b" },
      { ...topic, name: "a_b" },
    ]),
  ).toThrow("two resources are aws_sns_topic.a_b");
});
