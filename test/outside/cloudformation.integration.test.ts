import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { findAwsLinters } from "../../tools/aws-linters.ts";
import { logicalId, template } from "./cloudformation.ts";
import { mappings, parts, unmapped } from "./cloudformation-types.ts";
import { variants } from "./variants.ts";

jest.setTimeout(300_000);

/** A finding of cfn-lint's, as its JSON has it. */
interface Finding {
  Filename: string;
  Rule: { Id: string };
  Message: string;
  Location: { Path: (string | number)[] };
}

/** Findings that stay: the rule, where, and why. */
const accepted: { rule: string; where: RegExp; reason: string }[] = [
  {
    rule: "I3011",
    where: /./,
    reason: "DeletionPolicy is CloudFormation's own; the program protects by Pulumi's options",
  },
  {
    rule: "E3712",
    where: /Resources\/app(blue|green)group\/Properties\/MaxSize$/,
    reason: "a colour that is off has no instances, and its policies stand ready: Auto Scaling takes them at 0",
  },
];

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), "cloudformation-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lint(templates: Record<string, object>): Promise<Finding[]> {
  const files = await Promise.all(
    Object.entries(templates).map(async ([name, content]) => {
      const file = path.join(folder, `${logicalId(name)}.json`);
      await writeFile(file, JSON.stringify(content));
      return file;
    }),
  );
  const python = await findAwsLinters(() => undefined);
  // The package has no __main__, and its script names the place that its environment was made in.
  const main = ["-c", "import sys; from cfnlint.runner import main; sys.exit(main())"];
  const args = [...main, "--format", "json", "--include-checks", "I", "--regions", "eu-central-1", "--", ...files];
  // It ends with a code of its own for findings.
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(python, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (stdout.trim().startsWith("[")) resolve(stdout);
      else reject(new Error(`cfn-lint: ${stderr || stdout || error?.message}`));
    });
  });
  return JSON.parse(printed) as Finding[];
}

const place = ({ Filename, Location }: Finding) => `${path.basename(Filename, ".json")} ${Location.Path.join("/")}`;

test("given what the program registers for every kind of stack, then AWS's schemas find nothing that has no reason", async () => {
  const runs = await variants();
  const templates = Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, template(run.resources)]));
  const findings = await lint(templates);
  const used = new Set<object>();
  const open = findings.filter((finding) => {
    const fits = accepted.filter(({ rule, where }) => rule === finding.Rule.Id && where.test(place(finding)));
    fits.forEach((one) => used.add(one));
    return fits.length === 0;
  });
  expect(open.map((finding) => `${finding.Rule.Id} ${place(finding)}: ${finding.Message}`)).toEqual([]);
  expect(accepted.filter((one) => !used.has(one))).toEqual([]);
  const registered = new Set(Object.values(runs).flatMap((run) => run.resources.map(({ type }) => type)));
  expect([...registered].sort()).toEqual([...Object.keys({ ...mappings, ...parts, ...unmapped })].sort());
});

test("given a resource that AWS's schema refuses, then cfn-lint says so, and where", async () => {
  const Properties = { Protocol: "HTTP", Port: 80, VpcId: "vpc-12345678", HealthCheckTimeoutSeconds: 500, Name: "-a" };
  const Type = "AWS::ElasticLoadBalancingV2::TargetGroup";
  const findings = await lint({ refused: { Resources: { Group: { Type, Properties } } } });
  expect(findings.map(place)).toContain("refused Resources/Group/Properties/HealthCheckTimeoutSeconds");
});

test("given two resources of names that differ in signs alone, then fails rather than loses one", () => {
  const resource = { type: "aws:cloudwatch/dashboard:Dashboard", inputs: {}, options: {} as never };
  expect(() =>
    template([
      { ...resource, name: "a-b" },
      { ...resource, name: "ab" },
    ]),
  ).toThrow("two resources are ab");
});

test("given a type that nobody mapped, then fails and names it", () => {
  const resource = { name: "a", type: "aws:sqs/queue:Queue", inputs: {}, options: {} as never };
  expect(() => template([resource])).toThrow("aws:sqs/queue:Queue has no mapping");
});
