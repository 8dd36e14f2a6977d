import type { types } from "@pulumi/aws";
import * as provided from "@pulumi/aws/config/vars.js";
import { honouredKeys, irrelevant, parseProviderConfig, refused } from "../../aws/provider-keys.ts";

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
