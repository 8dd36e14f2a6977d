import type { KMSClient } from "@aws-sdk/client-kms";
import { account } from "../autoscaling/groups.ts";
import type { PassOn, Reply } from "../call.ts";
import { AwsError } from "@bluegreen/query-protocol";
import type { JsonCall } from "../json.ts";
import { keyLets } from "../kms/use.ts";

/** What CloudWatch Logs does with a group's key (its user guide, "Encrypt log data using AWS KMS"). */
const actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];

/** CloudWatch Logs: moto's, except that it takes any text for a group's key, and any key. */
export async function answerLogs(
  { action, input }: JsonCall,
  passOn: PassOn,
  { kms, region }: { kms: Pick<KMSClient, "send">; region: string },
): Promise<Reply> {
  const { kmsKeyId, logGroupName } = input as { kmsKeyId?: string; logGroupName?: string };
  if (["CreateLogGroup", "AssociateKmsKey"].includes(action) && kmsKeyId !== undefined) {
    const arn = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
    const context = { "kms:encryptioncontext:aws:logs:arn": arn };
    const use = { principal: `Service logs.${region}.amazonaws.com`, actions, context };
    const open = await keyLets(kms, kmsKeyId, use).catch(() => false);
    if (!open) {
      const message = `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`;
      throw new AwsError("InvalidParameterException", message);
    }
  }
  return passOn();
}
