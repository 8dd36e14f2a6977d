import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";

// As users meet it: the real process, in a project whose AWS answers the trial in one way.
const bin = path.resolve(import.meta.dirname, "../../../cli/bin.js");
let aws: Server;
let url: string;
let folder: string;
let expired: boolean;
let actions: string[];

beforeAll(async () => {
  aws = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      actions.push(new URLSearchParams(Buffer.concat(chunks).toString()).get("Action") ?? "");
      if (expired) response.writeHead(403);
      response.end(
        expired
          ? "<R><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error></R>"
          : "<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/></R>",
      );
    });
  });
  await new Promise<void>((resolve) => aws.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-access-"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: bluegreen\nruntime: nodejs\n");
  mkdirSync(path.join(folder, "bin"));
  const merged = `if [ "$1" = config ]; then exec cat '${folder}/config.json'; fi`;
  const cli = `#!/bin/sh\n${merged}\necho "error: no stack named 'dev' found" >&2\nexit 6\n`;
  writeFileSync(path.join(folder, "bin", "pulumi"), cli, { mode: 0o755 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => aws.close(resolve));
});
beforeEach(() => void ([expired, actions] = [false, []]));

interface End {
  code: number;
  out: string;
  err: string;
}

/** Runs a command that would change the stack, with these settings of the provider. */
function retire(provider: object, more: Record<string, string> = {}): Promise<End> {
  const sound = { blueAmi: "ami-00000001", allowHttp: true, allowedCidrs: ["192.0.2.0/24"] };
  const named = (namespace: string, values: object) =>
    Object.entries(values).map(([key, value]): [string, unknown] => [`${namespace}:${key}`, value]);
  const config = [...named("aws", provider), ...named("bluegreen", sound)];
  writeFileSync(path.join(folder, "Pulumi.dev.yaml"), stringify({ config: Object.fromEntries(config) }));
  const printed = config.map(([key, value]) => [
    key,
    { value: typeof value === "string" ? value : JSON.stringify(value), secret: false },
  ]);
  writeFileSync(path.join(folder, "config.json"), JSON.stringify(Object.fromEntries(printed)));
  const env = { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, AWS_EC2_METADATA_DISABLED: "true", ...more };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, "retire", "--stack", "dev"], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err: err.trim() }),
    );
  });
}

const keys = { accessKey: "AKID", secretKey: "s" };
const local = () => ({ ...keys, endpoints: [{ elbv2: url, autoscaling: url, dynamodb: url }] });
const past = /^no stack named 'dev' found/;

test.each<[string, number, RegExp, object, Record<string, string>]>([
  ["no region", 2, /^There is no AWS region: .* Set it: pulumi config set aws:region eu-central-1\. Nothing/, keys, {}],
  [
    "no credentials",
    1,
    /^There are no AWS credentials: set AWS_PROFILE, or log in, .*/,
    { region: "eu-central-1" },
    {},
  ],
  [
    "a host that is not there",
    1,
    /^AWS can't be reached from here: check the network, .* (ENOTFOUND|EAI_AGAIN) elb\.invalid.* in eu-central-1, through no proxy/,
    {
      ...keys,
      region: "eu-central-1",
      maxRetries: 1,
      endpoints: [{ elbv2: "http://elb.invalid", autoscaling: "http://elb.invalid" }],
    },
    {},
  ],
  [
    "a key that can't be followed",
    2,
    /^aws:assumeRole can't be followed here\. .*aws:assumeRoles\.$/,
    { assumeRole: {} },
    {},
  ],
])("fails in one line, and nothing is done: %s", async (_, code, message, provider, env) => {
  const end = await retire(provider, env);
  expect(end).toEqual({ code, out: "", err: expect.stringMatching(message) as string });
  expect(end.err).not.toContain("\n");
  expect(actions).toEqual([]);
});

test("fails in one line when the credentials have expired, before anything is written", async () => {
  expired = true;
  const end = await retire({ ...local(), region: "eu-central-1" });
  expect(end).toMatchObject({ code: 1, out: "" });
  expect(end.err).toMatch(/^The credentials have expired: get new ones, .* Nothing was changed\.$/);
  expect(actions.sort()).toEqual(["DescribeAutoScalingGroups", "DescribeLoadBalancers"]);
});

test("given a region that only AWS_DEFAULT_REGION knows, then the trial passes", async () => {
  const end = await retire(local(), { AWS_DEFAULT_REGION: "eu-central-1" });
  expect(end.err).toMatch(past);
  expect(actions).toHaveLength(2);
});
