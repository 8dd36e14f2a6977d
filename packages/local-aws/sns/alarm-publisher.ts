import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetTopicAttributesCommand, PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { account } from "../autoscaling/groups.ts";
import { policyAllows } from "../policy.ts";

const service = "cloudwatch.amazonaws.com";

/** Where an alarm publishes. */
export interface AlarmPublisherArgs {
  sns: Pick<SNSClient, "send">;
  kms: Pick<KMSClient, "send">;
}

/** Whether the key lets CloudWatch encrypt for the topic. The key that AWS manages for SNS never does. */
async function keyIsOpen(kms: AlarmPublisherArgs["kms"], id: string): Promise<boolean> {
  if (/alias\/aws\//.test(id)) return false;
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
  if (!key?.KeyId || key.KeyState !== "Enabled") return false;
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: key.KeyId, PolicyName: "default" }));
  // The request has no key such as kms:CallerAccount or kms:ViaService: CloudWatch calls from an account of its own.
  const asked = { service, resource: key.Arn ?? "", context: {} };
  return ["kms:Decrypt", "kms:GenerateDataKey"].every((action) => policyAllows(Policy, { ...asked, action }));
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
    const asked = { service, action: "sns:Publish", resource: topicArn, context };
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
