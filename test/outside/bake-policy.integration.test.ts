import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findAwsLinters } from "../../tools/aws-linters.ts";

jest.setTimeout(300_000);

const root = path.join(import.meta.dirname, "../..");
const policy = JSON.parse(readFileSync(path.join(root, "packer/iam/bake.json"), "utf8")) as {
  Statement: { Action: string | string[]; Resource: string | string[] }[];
};
const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));

/** Calls whose right has another name (service authorization reference). */
const RIGHTS: Readonly<Record<string, string>> = {
  "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
};

/** The rights that our own part of a bake needs, by the commands that it imports. */
function ownRights(): string[] {
  const folder = path.join(root, "images/build");
  const sources = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
  return sources.flatMap((source) =>
    [
      ...source.matchAll(
        /\{([^{}]*)\} = await import\("@aws-sdk\/client-([\w-]+)"\)|import \{([^{}]*)\} from "@aws-sdk\/client-([\w-]+)"/g,
      ),
    ].flatMap(([, lazy, lazyService, names = lazy ?? "", service = lazyService ?? ""]) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].map(([, paged, single]) => {
        const right = `${service}:${paged ?? single}`;
        return RIGHTS[right] ?? right;
      }),
    ),
  );
}

/** What Packer's plugin 1.8.2 calls for packer/: its steps in builder/ebs/builder.go, and those of Session Manager's tunnel. */
const PLUGIN = [
  ...["DescribeImages", "DescribeSubnets", "DescribeVpcs", "DescribeInstances", "DescribeInstanceTypeOfferings"],
  ...["DescribeSecurityGroups", "DescribeVolumes", "DescribeSnapshots", "DescribeRegions", "DescribeImageAttribute"],
  ...["CreateKeyPair", "DeleteKeyPair", "CreateSecurityGroup", "DeleteSecurityGroup", "AuthorizeSecurityGroupIngress"],
  ...["RunInstances", "StopInstances", "TerminateInstances", "ModifyInstanceAttribute", "CreateTags", "CreateImage"],
  ...["CopyImage", "EnableImageDeprecation", "EnableImageDeregistrationProtection", "ModifyImageAttribute"],
  ...["ModifySnapshotAttribute", "DeregisterImage", "DeleteSnapshot"],
].map((action) => `ec2:${action}`);
const BESIDE = ["iam:PassRole", "iam:GetInstanceProfile", "ssm:StartSession", "ssm:TerminateSession"];

test("given the policy of whoever bakes, then the linter finds nothing", async () => {
  const python = await findAwsLinters(() => undefined);
  const input = JSON.stringify({ bake: policy });
  const printed = execFileSync(python, [path.join(root, "test/outside/policies.py")], { input, encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual({ bake: [] });
});

test("given what a bake, a publish and a prune call, then the policy allows it, and nothing that nobody calls", () => {
  const own = ownRights();
  expect(own).toEqual(
    expect.arrayContaining(["ec2:DescribeRouteTables", "ssm:PutParameter", "kms:Sign", "s3:PutObject"]),
  );
  const needed = [...new Set([...own, ...PLUGIN, ...BESIDE])];
  expect(needed.filter((right) => !allowed.has(right))).toEqual([]);
  // Keys of encrypted volumes are used by EC2 for whoever bakes.
  expect([...allowed].filter((right) => !needed.includes(right) && !right.startsWith("kms:"))).toEqual([]);
});

test("given statements for all resources, then they are of looking alone", () => {
  const all = policy.Statement.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
  expect(all.filter((action) => !/^\w+:Describe/.test(action))).toEqual([]);
});
