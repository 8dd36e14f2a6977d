import type { types } from "@pulumi/aws";
import * as provided from "@pulumi/aws/config/vars.js";
import { filled, honouredKeys, irrelevant, parseProviderConfig, proxyUrl, refused } from "../../aws/provider-keys.ts";

const config = (values: object) => {
  const parsed = parseProviderConfig(values as Record<string, unknown>);
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed.config;
};
const fault = (values: object) => {
  const parsed = parseProviderConfig(values as Record<string, unknown>);
  return "fault" in parsed ? parsed.fault : undefined;
};

test("each setting that the provider has stands in the table, and in one part of it", () => {
  const table = [...honouredKeys, ...Object.keys(irrelevant), ...Object.keys(refused)];
  const has = Object.getOwnPropertyNames(provided).filter((name) => name !== "__esModule" && name !== "default");
  expect(has.length).toBeGreaterThan(30);
  expect(has.filter((key) => !table.includes(key))).toEqual([]);
  expect(new Set(table).size).toBe(table.length);
});

// A key that the provider gains is missing here, and the compiler says so.
const roleKeys: Record<keyof types.input.ProviderAssumeRole, unknown> = {
  roleArn: "arn:r",
  duration: "1h",
  externalId: "x-1",
  policy: "{}",
  policyArns: ["arn:p"],
  sessionName: "s",
  sourceIdentity: "me",
  tags: { a: "b" },
  transitiveTagKeys: ["a"],
};
const identityKeys: Record<keyof types.input.ProviderAssumeRoleWithWebIdentity, unknown> = {
  roleArn: "arn:r",
  duration: "1h",
  policy: "{}",
  policyArns: ["arn:p"],
  sessionName: "s",
  webIdentityToken: undefined,
  webIdentityTokenFile: "/token",
};

test("each part of a role that the provider has is taken", () => {
  expect(config({ assumeRoles: [roleKeys] }).assumeRoles).toEqual([{ ...roleKeys, duration: 3600 }]);
  expect(config({ assumeRoleWithWebIdentity: identityKeys }).assumeRoleWithWebIdentity).toEqual({
    ...identityKeys,
    duration: 3600,
  });
});

test("values come as the CLI hands them to a program, in texts, or as the settings' file has them", () => {
  const expected = {
    region: "eu-central-1",
    useFipsEndpoint: true,
    maxRetries: 3,
    allowedAccountIds: ["012345678901"],
    assumeRoles: [{ roleArn: "arn:r", duration: 5400, tags: { Team: "web" } }],
  };
  const roles = [{ roleArn: "arn:r", duration: "1h30m", tags: { Team: "web" } }];
  expect(config({ ...expected, assumeRoles: roles })).toEqual(expected);
  const texts = { region: "eu-central-1", useFipsEndpoint: "true", maxRetries: "3" };
  expect(config({ ...texts, allowedAccountIds: '["012345678901"]', assumeRoles: JSON.stringify(roles) })).toEqual(
    expected,
  );
});

test("what makes no difference to our own calls is left alone", () => {
  expect(config({ defaultTags: '{"tags":{"a":"b"}}', s3UsePathStyle: true, version: "7.0.0" })).toEqual({});
});

test.each([
  [{ regoin: "eu-central-1" }, /^aws:regoin is no setting .* pulumi config rm aws:regoin\.$/],
  [{ assumeRole: { roleArn: "arn:r" } }, /^aws:assumeRole can't be followed here\. .*aws:assumeRoles\.$/],
  [{ ec2MetadataServiceEndpoint: "http://x" }, /Set AWS_EC2_METADATA_SERVICE_ENDPOINT in the environment/],
  [{ sharedConfigFiles: ["a", "b"] }, /^aws:sharedConfigFiles: may name one file/],
  [{ accessKey: "AKID" }, /^aws:accessKey and aws:secretKey go together/],
  [
    { assumeRoles: [{ roleArn: "arn:r", duration: "5m" }] },
    /^aws:assumeRoles\[0\]\.duration: must be between 15m and 12h/,
  ],
  [{ assumeRoles: [{ roleArn: "arn:r", durationSeconds: 900 }] }, /^aws:assumeRoles\[0\]: Unrecognized key/],
  [{ assumeRoles: [{}] }, /^aws:assumeRoles\[0\]\.roleArn: /],
  [{ assumeRoleWithWebIdentity: { roleArn: "arn:r" } }, /either webIdentityToken or webIdentityTokenFile/],
  [{ httpsProxy: "socks5://proxy:1080" }, /^aws:httpsProxy: must be the URL of an HTTP proxy/],
  [{ retryMode: "fast" }, /^aws:retryMode: /],
])("%j is refused in one line that names the key", (values, message) => {
  expect(fault(values)).toMatch(message);
  expect(fault(values)).not.toContain("\n");
});

test("all that is wrong comes at once, and no value of a secret is said", () => {
  const said = fault({ regoin: "x", maxRetries: "many", secretKey: "TOPSECRET" });
  expect(said).toMatch(/aws:regoin/);
  expect(said).toMatch(/aws:maxRetries/);
  expect(said).not.toContain("TOPSECRET");
});

describe("a role's duration, as Go writes it", () => {
  const role = (duration: unknown) => ({ assumeRoles: [{ roleArn: "arn:r", duration }] });
  test.each<[string, number]>([
    ["15m", 900],
    ["12h", 43_200],
    ["1h30m", 5_400],
    ["1.5h", 5_400],
    ["3600s", 3_600],
    ["3600000ms", 3_600],
    ["3600000000us", 3_600],
    ["3600000000µs", 3_600],
    ["3600000000000ns", 3_600],
    ["900.4s", 900],
  ])("%s is %i seconds", (text, seconds) => expect(config(role(text)).assumeRoles?.[0]?.duration).toBe(seconds));

  test.each(["14m59s", "12h1s", "1h30", "x1h", "1h ", "1 h", "h", "", 3600])("fails on %j", (text) =>
    expect(fault(role(text))).toBe("aws:assumeRoles[0].duration: must be between 15m and 12h, for example 1h30m."),
  );
});

test("a web identity has one token", () => {
  const identity = (more: object) => fault({ assumeRoleWithWebIdentity: { roleArn: "arn:r", ...more } });
  expect(identity({ webIdentityToken: "t" })).toBeUndefined();
  expect(identity({ webIdentityTokenFile: "/t" })).toBeUndefined();
  expect(identity({ webIdentityToken: "t", webIdentityTokenFile: "/t" })).toMatch(/either webIdentityToken or/);
  expect(identity({ webIdentityToken: "t", audience: "a" })).toMatch(/Unrecognized key/);
});

test("an account's id may come as a number, a list as what it is, and what is not set as nothing", () => {
  expect(config({ allowedAccountIds: [111_111_111_111] }).allowedAccountIds).toEqual(["111111111111"]);
  expect(config({ region: undefined, profile: null })).toEqual({});
  expect(fault({ allowedAccountIds: "111111111111" })).toMatch(/^aws:allowedAccountIds: /);
  expect(fault({ maxRetries: "0" })).toMatch(/^aws:maxRetries: /);
  expect(config({ maxRetries: 1, retryMode: "adaptive" })).toEqual({ maxRetries: 1, retryMode: "adaptive" });
  expect(config({ retryMode: "standard" })).toEqual({ retryMode: "standard" });
  expect(config({ sharedConfigFiles: [], sharedCredentialsFiles: '["a"]' })).toEqual({
    sharedConfigFiles: [],
    sharedCredentialsFiles: ["a"],
  });
  expect(config({ endpoints: [{ elbv2: "http://x", sts: 5 }], accessKey: "k", secretKey: "s" })).toMatchObject({
    endpoints: [{ elbv2: "http://x", sts: "5" }],
  });
});

test.each<[string, string | undefined]>([
  ["proxy:3128", "http://proxy:3128"],
  ["p:80/a://b", "http://p:80/a://b"],
  ["HTTPS://proxy", "HTTPS://proxy"],
  ["http://proxy", "http://proxy"],
  ["socks5://proxy", undefined],
  ["ahttp://proxy", undefined],
  ["h2+http://proxy", undefined],
  ["http://", undefined],
  ["a b", undefined],
])("a proxy of %s is asked at %s", (given, url) => {
  expect(proxyUrl(given)).toBe(url);
  expect(fault({ httpProxy: given }) === undefined).toBe(url !== undefined);
});

test("no proxy may be said, too", () => expect(config({ httpProxy: "" })).toEqual({ httpProxy: "" }));

test("of several values the first with a text counts", () => {
  expect(filled(undefined, "", "b", "c")).toBe("b");
  expect(filled("", undefined)).toBeUndefined();
});
