import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import * as pulumi from "@pulumi/pulumi";
import { awsClients, clientOptions } from "../../aws/clients.ts";
import { connectAws, onceTried, readProviderConfig } from "../../components/provider-config.ts";
import { parseProviderConfig, type ProviderConfig } from "../../aws/provider-keys.ts";

/** A request as AWS would see it: for which service and region, by whose key, and what it asks. */
interface Seen {
  service: string;
  region: string;
  key: string;
  token?: string;
  body: URLSearchParams;
}

let server: http.Server;
let url: string;
let seen: Seen[];

const empty =
  "<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/>" +
  "<GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult></R>";
const credentials = (action: string, key: string) =>
  `<R><${action}Result><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>` +
  `<SessionToken>token-${key}</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></${action}Result></R>`;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [, key, region, service] =
        /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      const action = body.get("Action") ?? "";
      seen.push({ service, region, key, token: request.headers["x-amz-security-token"] as string | undefined, body });
      response.end(
        action.startsWith("AssumeRole") ? credentials(action, `from-${body.get("RoleArn")?.split("/")[1]}`) : empty,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => void (seen = []));

/** What the provider's config is set to, as the settings' file has it. */
type Values = Record<string, unknown>;
const keys: Values = { region: "eu-north-1", accessKey: "AKIDSTATIC", secretKey: "secret" };

function clientsFor(values: Values) {
  const parsed = parseProviderConfig(values);
  if ("fault" in parsed) throw new Error(parsed.fault);
  return awsClients(clientOptions(parsed.config));
}

async function askBoth(values: Values): Promise<void> {
  const { elb, autoScaling } = clientsFor(values);
  await elb.send(new DescribeLoadBalancersCommand({}));
  await autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  elb.destroy();
  autoScaling.destroy();
}

const everywhere = () => [{ elbv2: url, autoscaling: url, sts: url }];

test("region, keys and token are the provider's", async () => {
  await askBoth({ ...keys, token: "session", endpoints: everywhere() });
  const common = { region: "eu-north-1", key: "AKIDSTATIC", token: "session" };
  expect(seen).toMatchObject([
    { ...common, service: "elasticloadbalancing" },
    { ...common, service: "autoscaling" },
  ]);
});

test.each(["elbv2", "elb", "elasticloadbalancingv2", "elasticloadbalancing"])(
  "an endpoint is found under %s, in any entry of the list",
  async (alias) => {
    await askBoth({ ...keys, endpoints: [{ s3: "http://127.0.0.1:1" }, { [alias]: url }, { autoscaling: url }] });
    expect(seen.map(({ service }) => service)).toEqual(["elasticloadbalancing", "autoscaling"]);
  },
);

test("an endpoint left empty is none", async () => {
  const { elb } = clientsFor({ ...keys, endpoints: [{ elb: "", elbv2: url }] });
  await elb.send(new DescribeLoadBalancersCommand({}));
  expect(seen).toHaveLength(1);
  elb.destroy();
});

test("a profile is read from the files that the provider reads", async () => {
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  try {
    const [file, config] = [join(folder, "credentials"), join(folder, "config")];
    writeFileSync(file, "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = s\n");
    writeFileSync(config, "");
    const files = { sharedCredentialsFiles: [file], sharedConfigFiles: [config] };
    await askBoth({ region: "eu-north-1", profile: "work", ...files, endpoints: everywhere() });
    expect(new Set(seen.map(({ key }) => key))).toEqual(new Set(["AKIDWORK"]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("each part of a role reaches STS, and STS's own region counts for it alone", async () => {
  const { elb } = clientsFor({
    ...keys,
    stsRegion: "us-east-1",
    assumeRoles: [
      {
        roleArn: "arn:aws:iam::111111111111:role/r",
        duration: "1h30m",
        policy: "{}",
        policyArns: ["arn:p"],
        sourceIdentity: "me",
        tags: { Team: "web" },
        transitiveTagKeys: ["Team"],
      },
    ],
    endpoints: everywhere(),
  });
  await elb.send(new DescribeLoadBalancersCommand({}));
  elb.destroy();
  expect(seen.map(({ service, region }) => [service, region])).toEqual([
    ["sts", "us-east-1"],
    ["elasticloadbalancing", "eu-north-1"],
  ]);
  expect(Object.fromEntries(seen[0].body)).toMatchObject({
    DurationSeconds: "5400",
    Policy: "{}",
    "PolicyArns.member.1.arn": "arn:p",
    SourceIdentity: "me",
    "Tags.member.1.Key": "Team",
    "Tags.member.1.Value": "web",
    "TransitiveTagKeys.member.1": "Team",
  });
});

test("a role is assumed once for all clients", async () => {
  await askBoth({
    ...keys,
    assumeRoles: [{ roleArn: "arn:aws:iam::111111111111:role/r" }],
    endpoints: everywhere(),
  });
  expect(seen.map(({ service }) => service)).toEqual(["sts", "elasticloadbalancing", "autoscaling"]);
});

describe("what isn't configured comes from the environment, as for the provider", () => {
  const before = { ...process.env };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "environment-"));
    for (const name of Object.keys(process.env).filter((one) => one.startsWith("AWS_"))) delete process.env[name];
    const [config, credentials] = [join(folder, "config"), join(folder, "credentials")];
    writeFileSync(config, "[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-2\n");
    writeFileSync(credentials, "[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = s\n");
    Object.assign(process.env, { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials });
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });
  // The SDK warns of two sources of credentials, as the provider does.
  beforeEach(() => void jest.spyOn(console, "warn").mockImplementation());
  afterEach(() => jest.restoreAllMocks());
  const environmentKeys = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "s" };

  test.each<[string, Record<string, string>, Values, object]>([
    ["AWS_REGION", { AWS_REGION: "eu-south-1", AWS_DEFAULT_REGION: "eu-south-2" }, {}, { region: "eu-south-1" }],
    ["AWS_DEFAULT_REGION alone", { AWS_DEFAULT_REGION: "eu-south-2" }, {}, { region: "eu-south-2" }],
    ["an AWS_REGION that is empty", { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-south-2" }, {}, { region: "eu-south-2" }],
    ["the default profile's region", {}, {}, { region: "eu-west-1", key: "AKIDENV" }],
    ["aws:profile's region and keys", {}, { profile: "work" }, { region: "eu-west-2", key: "AKIDWORK" }],
    // Go's SDK takes the keys before a profile that the environment names; its region still counts.
    ["AWS_PROFILE's region beside keys", { AWS_PROFILE: "work" }, {}, { region: "eu-west-2", key: "AKIDENV" }],
  ])("%s", async (_, env, values, expected) => {
    Object.assign(process.env, environmentKeys, env);
    await askBoth({ ...values, endpoints: everywhere() });
    expect(seen).toMatchObject([expected, expected]);
  });

  test("AWS_PROFILE's keys where there are no others", async () => {
    process.env.AWS_PROFILE = "work";
    await askBoth({ endpoints: everywhere() });
    expect(seen).toMatchObject([{ key: "AKIDWORK" }, { key: "AKIDWORK" }]);
  });

  test("aws:sharedConfigFiles gives the region, also without aws:profile", async () => {
    const file = join(folder, "other");
    writeFileSync(file, "[default]\nregion = eu-west-3\n");
    Object.assign(process.env, environmentKeys);
    await askBoth({ sharedConfigFiles: [file], endpoints: everywhere() });
    expect(seen).toMatchObject([{ region: "eu-west-3" }, { region: "eu-west-3" }]);
  });

  test("AWS_ENDPOINT_URL and a service's own", async () => {
    Object.assign(process.env, environmentKeys, { AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: url });
    Object.assign(process.env, { AWS_ENDPOINT_URL: url });
    await askBoth({});
    expect(seen).toHaveLength(2);
  });
});

test.each<[Values, string]>([
  [{}, "elasticloadbalancing.eu-north-1.amazonaws.com"],
  [{ useFipsEndpoint: "true" }, "elasticloadbalancing-fips.eu-north-1.amazonaws.com"],
  [{ useDualstackEndpoint: true }, "elasticloadbalancing.eu-north-1.api.aws"],
  // The provider drops FIPS for an endpoint that is given.
  [{ useFipsEndpoint: true, endpoints: [{ elbv2: "https://vpce.example" }] }, "vpce.example"],
])("with %j the load balancer's API is asked at %s", async (values, expected) => {
  const { elb } = clientsFor({ ...keys, ...values });
  const request = { hostname: "" };
  elb.middlewareStack.add(
    () => (args) => {
      request.hostname = (args.request as { hostname: string }).hostname;
      throw new Error("far enough");
    },
    { step: "finalizeRequest", priority: "low" },
  );
  await expect(elb.send(new DescribeLoadBalancersCommand({}))).rejects.toThrow("far enough");
  expect(request.hostname).toBe(expected);
});

test("roles are assumed one with the other's credentials, the last one asks", async () => {
  const [first, second] = ["first", "second"].map((role) => `arn:aws:iam::111111111111:role/${role}`);
  const { elb } = clientsFor({
    ...keys,
    assumeRoles: [{ roleArn: first }, { roleArn: second, sessionName: "release", externalId: "x-1" }],
    endpoints: everywhere(),
  });
  await elb.send(new DescribeLoadBalancersCommand({}));
  elb.destroy();
  expect(seen.map(({ service, key, token }) => [service, key, token])).toEqual([
    ["sts", "AKIDSTATIC", undefined],
    ["sts", "from-first", "token-from-first"],
    ["elasticloadbalancing", "from-second", "token-from-second"],
  ]);
  expect(
    seen.slice(0, 2).map(({ body }) => ["RoleArn", "RoleSessionName", "ExternalId"].map((key) => body.get(key))),
  ).toEqual([
    [first, "bluegreen", null],
    [second, "release", "x-1"],
  ]);
});

test.each<[string, (file: string) => object]>([
  ["given", () => ({ webIdentityToken: "jwt" })],
  ["in a file", (webIdentityTokenFile) => ({ webIdentityTokenFile })],
])("a web identity, %s, is exchanged for a role before any other is assumed", async (_, token) => {
  const folder = mkdtempSync(join(tmpdir(), "identity-"));
  const file = join(folder, "token");
  writeFileSync(file, "jwt");
  const { elb } = clientsFor({
    region: "eu-central-1",
    assumeRoleWithWebIdentity: { roleArn: "arn:aws:iam::111111111111:role/pipeline", ...token(file) },
    assumeRoles: [{ roleArn: "arn:aws:iam::111111111111:role/deploy" }],
    endpoints: everywhere(),
  });
  await elb.send(new DescribeLoadBalancersCommand({}));
  elb.destroy();
  rmSync(folder, { recursive: true });
  expect(seen.map(({ body }) => [body.get("Action"), body.get("WebIdentityToken")])).toEqual([
    ["AssumeRoleWithWebIdentity", "jwt"],
    ["AssumeRole", null],
    ["DescribeLoadBalancers", null],
  ]);
  expect(seen.map(({ key }) => key)).toEqual([undefined, "from-pipeline", "from-deploy"]);
});

test("the provider's config is read as the CLI keeps it, what isn't set is undefined", () => {
  pulumi.runtime.setAllConfig({
    "aws:region": "eu-central-1",
    "aws:profile": "work",
    "aws:assumeRoles": '[{"roleArn":"arn:r"}]',
    "aws:endpoints": '[{"elbv2":"http://127.0.0.1:1"}]',
    "aws:defaultTags": '{"tags":{"a":"b"}}',
    "bluegreen:region": "nowhere",
  });
  const expected: ProviderConfig = {
    region: "eu-central-1",
    profile: "work",
    assumeRoles: [{ roleArn: "arn:r" }],
    endpoints: [{ elbv2: "http://127.0.0.1:1" }],
  };
  expect(readProviderConfig()).toEqual(expected);
});

test("fails with what the provider's config has that can't be followed", () => {
  pulumi.runtime.setAllConfig({ "aws:region": "eu-central-1", "aws:assumeRole": "{}" });
  expect(() => readProviderConfig()).toThrow(pulumi.RunError);
});

test("given AWS that refuses, then the trial fails in one line, and says that nothing was changed", async () => {
  pulumi.runtime.setAllConfig({
    "aws:region": "eu-central-1",
    "aws:accessKey": "AKID",
    "aws:secretKey": "s",
    "aws:maxRetries": "1",
    "aws:endpoints": `[{"elbv2":"${url}","autoscaling":"${url}","sts":"${url}"}]`,
    "aws:forbiddenAccountIds": '["111111111111"]',
  });
  const { clients, tried } = connectAws();
  await expect(tried).rejects.toThrow(/^These credentials are of account 111111111111, .*\. Nothing was changed\.$/);
  await expect(tried).rejects.toBeInstanceOf(pulumi.RunError);
  clients.elb.destroy();
  clients.autoScaling.destroy();
});

test("what is read beside the trial counts once that has passed; a trial that fails says more than the read", async () => {
  const [fault, other] = [new Error("the trial"), new Error("the read")];
  expect(await onceTried(Promise.resolve(), Promise.resolve("read"))).toBe("read");
  await expect(onceTried(Promise.resolve(), Promise.reject(other))).rejects.toBe(other);
  await expect(onceTried(Promise.reject(fault), Promise.reject(other))).rejects.toBe(fault);
});
