import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";

// As users meet it: the real process, each in a project whose AWS notes whatever it is asked.
const bin = path.resolve(import.meta.dirname, "../../cli/bin.js");
const asked: string[] = [];
let aws: Server;
let folder: string;

beforeAll(async () => {
  aws = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString()).get("Action") ?? String(request.url));
      response.end("<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/></R>");
    });
  });
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  const { port } = aws.address() as AddressInfo;
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-command-"));
  const settings = (more: string) =>
    `config:\n  aws:region: eu-central-1\n  aws:accessKey: a\n  aws:secretKey: b\n  aws:endpoints:\n` +
    `    - ${JSON.stringify(Object.fromEntries(["elbv2", "autoscaling", "dynamodb"].map((one) => [one, `http://127.0.0.1:${port}`])))}\n${more}`;
  const sound =
    "  bluegreen:blueAmi: ami-00000001\n  bluegreen:allowHttp: true\n  bluegreen:allowedCidrs: [192.0.2.0/24]\n";
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: bluegreen\nruntime: nodejs\n");
  writeFileSync(path.join(folder, "Pulumi.dev.yaml"), settings(sound));
  writeFileSync(
    path.join(folder, "Pulumi.wrong.yaml"),
    settings(`${sound}  bluegreen:minSize: 9\n  bluegreen:colour: blue\n  bluegreen:slackWebhook:\n    secure: AAAA\n`),
  );
  mkdirSync(path.join(folder, "bin"));
  const values = {
    "aws:region": "eu-central-1",
    "bluegreen:blueAmi": "ami-00000001",
    "bluegreen:allowHttp": "true",
    "bluegreen:allowedCidrs": '["192.0.2.0/24"]',
    "bluegreen:minSize": "9",
    "bluegreen:colour": "blue",
  };
  const merged = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, secret: false }]));
  const webhook = { value: "http://hooks.example/T0/s3cret", secret: true };
  const printed = JSON.stringify({ ...merged, "bluegreen:slackWebhook": webhook });
  // The backend knows one stack alone, "wrong".
  const cli = `#!/bin/sh\ncase "$*" in\n"config "*"--stack wrong"*) echo '${printed}';;\n*) echo "error: no stack named 'dev' found" >&2; exit 6;;\nesac\n`;
  writeFileSync(path.join(folder, "bin", "pulumi"), cli, { mode: 0o755 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => aws.close(resolve));
});
afterEach(() => expect(asked).toEqual([]));

interface End {
  code: number;
  out: string;
  err: string;
}

function bluegreen(args: string[], { cwd = folder, tools = `${folder}/bin:/usr/bin:/bin` } = {}): Promise<End> {
  const env = { PATH: tools, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

const dev = ["--stack", "dev"];
test.each<[string, string[], RegExp]>([
  [
    "an unknown command",
    ["relase", "v1.0.0"],
    /^error: unknown command 'relase'\n\(Did you mean release\?\)\n+--help tells/,
  ],
  ["a missing image", ["release"], /^error: missing required argument 'image'\n+--help tells/],
  [
    "what is no image",
    ["release", "latest", ...dev],
    /^"latest" is no image. Allowed: an image id \(ami-\.\.\.\), or a published version such as v1\.2\.3\.$/,
  ],
  [
    "a bad strategy",
    ["cutover", "--strategy", "canary=10", ...dev],
    /^"canary=10" is no strategy: .* Allowed: all-at-once, canary=/,
  ],
  ["a bad percentage", ["shift", "101", ...dev], /^<percent> is "101". Allowed: a whole number from 0 to 100\.$/],
  [
    "a direct rollback to nobody in particular",
    ["rollback", "--direct", ...dev],
    /^--direct needs --to: .* Give bluegreen rollback --direct --to blue --stack dev or .* --to green --stack dev\.$/,
  ],
  [
    "no such stack's settings",
    ["status", "--stack", "prod"],
    /^There is no stack "prod" here: .* Stacks with settings: dev, wrong\.$/,
  ],
  [
    "a direct rollback of an unnamed stack",
    ["rollback", "--direct"],
    /^Which stack\? The state's backend can't be asked \(no stack named .*\)\. Name it with --stack\.$/,
  ],
])("%s: one message, exit code 2, and AWS isn't asked", async (_, args, message) => {
  const { code, out, err } = await bluegreen(args);
  expect({ code, out, err: err.trim() }).toEqual({ code: 2, out: "", err: expect.stringMatching(message) as string });
});

test("no such stack: one message, exit code 2, and AWS isn't asked", async () => {
  const { code, out, err } = await bluegreen(["status", ...dev]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.trim()).toMatch(/^no stack named 'dev' found\. Make it with pulumi stack init dev/);
});

test("all faults of the settings come in one message, secrets not shown", async () => {
  const { code, out, err } = await bluegreen(["status", "--stack", "wrong"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^3 settings are wrong; nothing was changed:\n/);
  for (const fault of [
    /minSize: 9\. Allowed/,
    /colour: .*no such setting/,
    /slackWebhook: \(not shown\)\. Allowed: an https URL/,
  ])
    expect(err).toMatch(fault);
  expect(err).not.toContain("s3cret");
});

test("outside a project, and without pulumi, it says so", async () => {
  const outside = await bluegreen(["status"], { cwd: os.tmpdir() });
  expect(outside).toMatchObject({
    code: 2,
    err: expect.stringMatching(/ is no Pulumi project: neither it nor a folder above it.*--cwd\.\n$/) as string,
  });
  const below = await bluegreen(["status", "--stack", "wrong"], { cwd: path.join(folder, "bin") });
  expect(below.err).toMatch(/minSize: 9\. Allowed/);
  const without = await bluegreen(["status"], { tools: "/nowhere" });
  expect(without).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^The pulumi command is not on PATH\. Install it/) as string,
  });
});

test.each([
  [["--json", "history", "--limit", "x", ...dev], '--limit is "x". Allowed: a whole number from 1 to 1000.'],
  [["relase", "--json"], "unknown command 'relase'\n(Did you mean release?)"],
])("with --json, %j is one object a line", async (args, message) => {
  const { code, out } = await bluegreen(args);
  expect(code).toBe(2);
  expect(
    out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object),
  ).toEqual([{ at: expect.any(String) as string, type: "error", code: "usage", message }]);
});

test("the help tells the commands and the exit codes", async () => {
  const { code, out } = await bluegreen(["--help"]);
  expect(code).toBe(0);
  for (const part of ["release", "rollback", "Exit codes:", "130"]) expect(out).toContain(part);
});
