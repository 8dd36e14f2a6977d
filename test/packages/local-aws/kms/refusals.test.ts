import { checkKeyPolicy } from "../../../../packages/local-aws/kms/refusals.ts";

const owner = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
const cloudWatch = { ...owner, Principal: { Service: "cloudwatch.amazonaws.com" } };
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

it.each<[string, string]>([
  ["the account", policy(owner, cloudWatch)],
  ["the account by its number", policy({ ...owner, Principal: { AWS: ["123456789012"] } })],
  ["policies alone", policy({ ...owner, Action: ["kms:Put*", "kms:Describe*"] })],
])("takes a policy that leaves the key to %s", (_what, document) => {
  expect(() => checkKeyPolicy(document, undefined)).not.toThrow();
});

const lockedOut = /will not allow you to update the key policy in the future/;
it.each<[string, string, RegExp]>([
  ["that is no JSON", "{", /not a valid JSON policy/],
  ["that speaks of nobody", policy(owner, { ...owner, Principal: undefined }), /no principal/],
  ["without the account", policy(cloudWatch), lockedOut],
  ["of another account", policy({ ...owner, Principal: { AWS: "arn:aws:iam::210987654321:root" } }), lockedOut],
  ["that lets the account encrypt only", policy({ ...owner, Action: "kms:Encrypt" }), lockedOut],
  ["that denies", policy({ ...owner, Effect: "Deny" }), lockedOut],
])("refuses a policy %s", (_what, document, message) => {
  expect(() => checkKeyPolicy(document, undefined)).toThrow(
    expect.objectContaining({
      code: "MalformedPolicyDocumentException",
      message: expect.stringMatching(message) as string,
    }) as Error,
  );
});

it("given the bypass of the lockout check, then a policy that locks the caller out is taken", () => {
  expect(() => checkKeyPolicy(policy(cloudWatch), true)).not.toThrow();
});
