import http from "node:http";
import type { AddressInfo } from "node:net";
import { credentialSource, tryAccess } from "../../aws/access.ts";
import { awsClients, clientOptions } from "../../aws/clients.ts";
import { AwsFault, meaningOf } from "../../aws/fault.ts";
import { parseProviderConfig } from "../../aws/provider-keys.ts";

let server: http.Server;
let url: string;
/** What was asked, by service and action, and what each service answers instead of what it is asked for. */
let asked: string[];
let errors: Record<string, [number, string, string]>;

const answers =
  "<R><DescribeLoadBalancersResult/><DescribeAutoScalingGroupsResult/>" +
  "<GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult></R>";

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const action = new URLSearchParams(Buffer.concat(chunks).toString()).get("Action") ?? "";
      asked.push(action);
      const [status, code, message] = errors[action] ?? [200, "", ""];
      response.writeHead(status, { "content-type": "text/xml" });
      const error = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
      response.end(status === 200 ? answers : error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => void ([asked, errors] = [[], {}]));

const sound = { region: "eu-central-1", accessKey: "AKID", secretKey: "secret", maxRetries: 1 };

async function attempt(values: object, env: Record<string, string> = {}): Promise<unknown> {
  const parsed = parseProviderConfig({ endpoints: [{ elbv2: url, autoscaling: url, sts: url }], ...values });
  if ("fault" in parsed) throw new Error(parsed.fault);
  const options = clientOptions(parsed.config, env);
  const clients = awsClients(options);
  try {
    return await tryAccess(parsed.config, options, clients, env).catch((error: unknown) => error);
  } finally {
    clients.elb.destroy();
    clients.autoScaling.destroy();
  }
}

test("given sound credentials, then both services are read once, and STS isn't asked", async () => {
  expect(await attempt(sound)).toBeUndefined();
  expect(asked.sort()).toEqual(["DescribeAutoScalingGroups", "DescribeLoadBalancers"]);
});

test("given skipCredentialsValidation, then nothing is asked, and a region must be there all the same", async () => {
  expect(await attempt({ ...sound, skipCredentialsValidation: true })).toBeUndefined();
  const gone = "/nowhere/config";
  const none = { accessKey: "AKID", secretKey: "secret", skipCredentialsValidation: true };
  expect(await attempt({ ...none, sharedConfigFiles: [gone] })).toMatchObject({ kind: "config" });
  expect(asked).toEqual([]);
});

test.each<[string, object, Record<string, [number, string, string]>, RegExp, "config" | "access"]>([
  [
    "no region",
    { region: "", sharedConfigFiles: ["/nowhere/config"], sharedCredentialsFiles: ["/nowhere/credentials"] },
    {},
    /^There is no AWS region: aws:region is not set, nor AWS_REGION or AWS_DEFAULT_REGION, and the profile default has none\. Set it: pulumi config set aws:region eu-central-1$/,
    "config",
  ],
  [
    "expired credentials",
    {},
    { DescribeAutoScalingGroups: [403, "ExpiredToken", "The security token included in the request is expired"] },
    /^The credentials have expired: get new ones, and try again \(ExpiredToken: The security token .* expired\)\. Asked with the credentials of aws:accessKey, in eu-central-1, through no proxy$/,
    "access",
  ],
  [
    "unknown keys",
    {},
    { DescribeLoadBalancers: [403, "InvalidClientTokenId", "The security token included in the request is invalid."] },
    /^AWS does not know these credentials: check the profile and the account/,
    "access",
  ],
  [
    "a missing right",
    {},
    { DescribeAutoScalingGroups: [403, "AccessDenied", "User: me is not authorized to perform: autoscaling:Describe"] },
    /^The credentials lack a right: .*not authorized to perform: autoscaling:Describe\)/,
    "access",
  ],
  [
    "a role that may not be assumed",
    { assumeRoles: [{ roleArn: "arn:aws:iam::1:role/deploy" }] },
    { AssumeRole: [403, "AccessDenied", "User: me is not authorized to perform: sts:AssumeRole"] },
    /lack a right.*sts:AssumeRole\)\. .* aws:accessKey, then the role arn:aws:iam::1:role\/deploy of aws:assumeRoles,/,
    "access",
  ],
  [
    "an account that is not allowed",
    { allowedAccountIds: ["222222222222"] },
    {},
    /^These credentials are of account 111111111111, but aws:allowedAccountIds has 222222222222\. Log in to the right/,
    "config",
  ],
  [
    "an account that is forbidden",
    { forbiddenAccountIds: ["111111111111"] },
    {},
    /^These credentials are of account 111111111111, but aws:forbiddenAccountIds has it/,
    "config",
  ],
  [
    "an answer of several lines that nobody knows",
    {},
    { DescribeLoadBalancers: [400, "OptInRequired", "Your account\n is not signed up"] },
    /^AWS can't be asked: OptInRequired: Your account is not signed up\. Asked with/,
    "access",
  ],
])("fails in one line: %s", async (_, values, failures, message, kind) => {
  errors = failures;
  const fault = await attempt({ ...sound, ...values });
  expect(fault).toBeInstanceOf(AwsFault);
  expect(fault).toMatchObject({ kind, message: expect.stringMatching(message) as string });
  expect((fault as AwsFault).message).not.toContain("\n");
});

test("given an account that is allowed, then all is well", async () => {
  expect(await attempt({ ...sound, allowedAccountIds: ["111111111111"] })).toBeUndefined();
  expect(asked).toContain("GetCallerIdentity");
});

test.each<[object, Record<string, string>, string]>([
  [{ accessKey: "A", profile: "p" }, {}, "aws:accessKey"],
  [{ profile: "p" }, { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "s" }, "the profile p (aws:profile)"],
  [{}, { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "s", AWS_PROFILE: "q" }, "AWS_ACCESS_KEY_ID"],
  [{}, { AWS_PROFILE: "q" }, "the profile q, or the machine's own role"],
  [{}, {}, "the profile default, or the machine's own role"],
])("config %j and environment %j: credentials come from %3$s", (config, env, expected) => {
  expect(credentialSource(config, env)).toBe(expected);
});

test("a fault keeps to one line, whatever AWS's words are", () => {
  expect(new AwsFault("access", "one\n  two").message).toBe("one two");
  expect(meaningOf(new TypeError("a bug"))).toBeUndefined();
});
