import { policyAllows, statementsOf } from "../../../packages/local-aws/policy.ts";

const topic = "arn:aws:sns:eu-central-1:123456789012:releases";
const alarm = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:blue";
const context = { "aws:sourceaccount": "123456789012", "aws:sourcearn": alarm, "aws:securetransport": "true" };
const asked = { principal: "Service cloudwatch.amazonaws.com", action: "sns:Publish", resource: topic, context };
const allow = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
  Resource: topic,
};
const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

it.each<[string, boolean, object[]]>([
  ["the service by its name", true, [allow]],
  [
    "the service among others",
    true,
    [{ ...allow, Principal: { Service: ["s3.amazonaws.com", "cloudwatch.amazonaws.com"] } }],
  ],
  ["everybody", true, [{ ...allow, Principal: "*" }]],
  ["everybody, as accounts", true, [{ ...allow, Principal: { AWS: "*" } }]],
  ["another service", false, [{ ...allow, Principal: { Service: "s3.amazonaws.com" } }]],
  ["an account alone", false, [{ ...allow, Principal: { AWS: "arn:aws:iam::123456789012:root" } }]],
  ["the action in other capitals", true, [{ ...allow, Action: "SNS:publish" }]],
  ["the action by a wildcard", true, [{ ...allow, Action: ["sns:Pub*"] }]],
  ["another action", false, [{ ...allow, Action: "sns:Subscribe" }]],
  ["a dot that is no wildcard", false, [{ ...allow, Action: "sns.Publish" }]],
  ["any resource", true, [{ ...allow, Resource: "*" }]],
  ["another resource", false, [{ ...allow, Resource: `${topic}-2` }]],
  ["the account that asks", true, [{ ...allow, Condition: { StringEquals: { "AWS:SourceAccount": "123456789012" } } }]],
  ["another account", false, [{ ...allow, Condition: { StringEquals: { "aws:SourceAccount": "210987654321" } } }]],
  ["one of two values", true, [{ ...allow, Condition: { StringLike: { "aws:SourceAccount": ["9*", "1*"] } } }]],
  ["alarms", true, [{ ...allow, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:*" } } }]],
  ["a key that the request lacks", false, [{ ...allow, Condition: { StringLike: { "kms:ViaService": "*" } } }]],
  [
    "one of two conditions",
    false,
    [
      {
        ...allow,
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" }, Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  ],
  [
    "what another statement denies",
    false,
    [allow, { ...allow, Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } }],
  ],
  [
    "what another statement denies to others",
    true,
    [allow, { ...allow, Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
  ],
  ["nothing at all", false, []],
])("a policy that speaks of %s allows it: %s", (_what, allowed, statements) => {
  expect(policyAllows(document(...statements), asked)).toBe(allowed);
});

it.each<[string, object, RegExp]>([
  ["NotAction", { ...allow, Action: undefined, NotAction: "sns:Subscribe" }, /does not know NotAction/],
  ["NotPrincipal", { ...allow, Principal: undefined, NotPrincipal: "*" }, /does not know NotPrincipal/],
  ["an operator", { ...allow, Condition: { DateLessThan: { "aws:CurrentTime": "x" } } }, /operator DateLessThan/],
])("fails on %s that it does not know, rather than guess", (_what, statement, message) => {
  expect(() => policyAllows(document(statement), asked)).toThrow(message);
});

it.each(["", "{", "[]", "{}", '{"Statement":[{"Effect":"allow"}]}'])("takes %p for no policy", (text) => {
  expect(statementsOf(text)).toBeUndefined();
});
