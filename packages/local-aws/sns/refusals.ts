import { AwsError } from "@bluegreen/query-protocol";
import { statementsOf } from "../policy.ts";

/** What a topic's policy may speak of (SNS developer guide, "Amazon SNS API permissions"; Receive stands in the default). */
const actions = [
  ...["AddPermission", "DeleteTopic", "GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic"],
  ...["ListTagsForResource", "Publish", "PutDataProtectionPolicy", "Receive", "RemovePermission"],
  ...["SetTopicAttributes", "Subscribe"],
].map((action) => `sns:${action}`.toLowerCase());

/** Attributes of a standard topic that can be set (API reference of SetTopicAttributes). */
const attributes = [
  ...["DeliveryPolicy", "DisplayName", "Policy", "TracingConfig", "KmsMasterKeyId", "SignatureVersion"],
  ...["HTTP", "Firehose", "Lambda", "Application", "SQS"].flatMap((protocol) =>
    ["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"].map((name) => protocol + name),
  ),
];

function invalid(what: string): AwsError {
  return new AwsError("InvalidParameter", `Invalid parameter: ${what}`);
}

/** Refuses attributes that a topic doesn't have, and policies that SNS doesn't take. */
export function checkTopicAttribute(topicArn: string | undefined, name: string | undefined, value: unknown): void {
  if (!attributes.includes(name ?? "")) throw invalid("AttributeName");
  if (name !== "Policy") return;
  const statements = statementsOf(value);
  if (!statements || statements.some(({ principals }) => principals.length === 0)) throw invalid("Policy Error: null");
  const beyond = statements.flatMap((one) => one.actions).find((action) => !actions.includes(action.toLowerCase()));
  if (beyond !== undefined) throw invalid("Policy statement action out of service scope!");
  const own = (resources: string[]) => resources.length === 1 && [topicArn, "*"].includes(resources[0]);
  if (!statements.every(({ resources }) => own(resources))) {
    throw invalid("Policy statement must apply to a single resource!");
  }
}

/** Refuses an e-mail subscription to what is no address. */
export function checkSubscription(protocol: string | undefined, endpoint: string | undefined): void {
  const email = protocol === "email" || protocol === "email-json";
  if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(endpoint ?? "")) throw invalid("Email address");
}
