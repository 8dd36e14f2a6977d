import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import * as pulumi from "@pulumi/pulumi";
import { awsClients, type ProviderConfig } from "../../components/aws-clients.ts";
import { readProviderConfig } from "../../components/provider-config.ts";

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

const empty = "<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/></R>";
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

const keys: ProviderConfig = { region: "eu-north-1", accessKey: "AKIDSTATIC", secretKey: "secret" };

async function askBoth(config: ProviderConfig): Promise<void> {
  const { elb, autoScaling } = awsClients(config);
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
  const { elb } = awsClients({ ...keys, endpoints: [{ elb: "", elbv2: url }] });
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

test("roles are assumed one with the other's credentials, the last one asks", async () => {
  const [first, second] = ["first", "second"].map((role) => `arn:aws:iam::111111111111:role/${role}`);
  const { elb } = awsClients({
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
  const { elb } = awsClients({
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
