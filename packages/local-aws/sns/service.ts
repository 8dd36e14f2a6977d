import type { Call, PassOn, Reply } from "../call.ts";
import { textOf } from "@bluegreen/query-protocol";
import { checkSubscription, checkTopicAttribute } from "./refusals.ts";

/** SNS: moto's, except that it takes any attribute, any policy and any text for an e-mail address. */
export async function answerSns({ action, params }: Call, passOn: PassOn): Promise<Reply> {
  if (action === "SetTopicAttributes") {
    checkTopicAttribute(textOf(params.TopicArn), textOf(params.AttributeName), textOf(params.AttributeValue));
  }
  if (action === "Subscribe") checkSubscription(textOf(params.Protocol), textOf(params.Endpoint));
  return passOn();
}
