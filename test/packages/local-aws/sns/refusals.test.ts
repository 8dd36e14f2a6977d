import { checkSubscription, checkTopicAttribute } from "../../../../packages/local-aws/sns/refusals.ts";
import { defaultPolicy } from "../../../../packages/provider-stub/handlers/sns.ts";

const arn = "arn:aws:sns:eu-central-1:123456789012:releases";
const allow = { Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: arn };
const policy = (more: object = {}) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [allow, { ...allow, ...more }] });

it.each<[string, string, string]>([
  ["a key", "KmsMasterKeyId", "alias/releases"],
  ["no key", "KmsMasterKeyId", ""],
  ["a policy", "Policy", policy()],
  ["a policy on any topic", "Policy", policy({ Resource: "*" })],
  ["the default policy", "Policy", defaultPolicy(arn, "123456789012")],
])("takes %s", (_what, name, value) => {
  expect(() => checkTopicAttribute(arn, name, value)).not.toThrow();
});

it.each<[string, string | undefined, string, string]>([
  ["an attribute that topics don't have", "KmsKeyId", "x", "AttributeName"],
  ["no attribute", undefined, "x", "AttributeName"],
  ["a policy that is no JSON", "Policy", "{bad", "Policy Error: null"],
  ["a statement that speaks of nobody", "Policy", policy({ Principal: undefined }), "Policy Error: null"],
  ["an action that isn't a topic's", "Policy", policy({ Action: "sns:CreateTopic" }), "out of service scope!"],
  ["all actions", "Policy", policy({ Action: "sns:*" }), "out of service scope!"],
  ["another topic", "Policy", policy({ Resource: `${arn}-2` }), "apply to a single resource!"],
  ["two topics", "Policy", policy({ Resource: [arn, arn] }), "apply to a single resource!"],
])("refuses %s", (_what, name, value, message) => {
  expect(() => checkTopicAttribute(arn, name, value)).toThrow(
    expect.objectContaining({
      code: "InvalidParameter",
      message: expect.stringMatching(`${message}$`) as string,
    }) as Error,
  );
});

it.each(["ops@example.org", "a.b+c@mail.example.org"])("takes the address %s", (address) => {
  expect(() => checkSubscription("email", address)).not.toThrow();
});
it.each(["", "ops", "ops@", "ops@example", "a b@example.org"])("refuses the address %p", (address) => {
  expect(() => checkSubscription("email", address)).toThrow("Invalid parameter: Email address");
});
it("leaves other protocols to moto", () => {
  expect(() => checkSubscription("sqs", "arn")).not.toThrow();
});
