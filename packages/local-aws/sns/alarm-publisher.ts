import type { KMSClient } from "@aws-sdk/client-kms";
import { GetTopicAttributesCommand, PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { account } from "../autoscaling/groups.ts";
import { keyLets } from "../kms/use.ts";
import { policyAllows } from "../policy.ts";

const principal = "Service cloudwatch.amazonaws.com";

/** Where an alarm publishes. */
export interface AlarmPublisherArgs {
  sns: Pick<SNSClient, "send">;
  kms: Pick<KMSClient, "send">;
}

/** Whether the key lets CloudWatch encrypt for the topic. The key that AWS manages for SNS never does. */
async function keyIsOpen(kms: AlarmPublisherArgs["kms"], id: string): Promise<boolean> {
  if (/alias\/aws\//.test(id)) return false;
  // The request has no key such as kms:CallerAccount or kms:ViaService: CloudWatch calls from an account of its own.
  return keyLets(kms, id, { principal, actions: ["kms:Decrypt", "kms:GenerateDataKey"], context: {} });
}

/**
 * How alarms publish: only where the topic's policy and its key's policy let CloudWatch. moto would let anybody.
 * @throws in the words that an alarm's history has on AWS
 */
export function alarmPublisher({ sns, kms }: AlarmPublisherArgs) {
  return async (topicArn: string, subject: string, message: string, alarmArn: string): Promise<void> => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    const context = {
      "aws:sourceaccount": account,
      "aws:sourceowner": account,
      "aws:sourcearn": alarmArn,
      "aws:securetransport": "true",
    };
    const asked = { principal, action: "sns:Publish", resource: topicArn, context };
    if (!policyAllows(Attributes?.Policy, asked)) {
      throw new Error(`Resource: ${alarmArn} is not authorized to perform: SNS:Publish on resource: ${topicArn}`);
    }
    const key = Attributes?.KmsMasterKeyId;
    if (key && !(await keyIsOpen(kms, key))) {
      throw new Error("CloudWatch Alarms is not authorized to access the SNS topic encryption key.");
    }
    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
  };
}
