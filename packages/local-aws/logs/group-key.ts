import type { KMSClient } from "@aws-sdk/client-kms";
import { AwsError } from "@bluegreen/query-protocol";
import { account } from "../autoscaling/groups.ts";
import { keyLets } from "../kms/use.ts";

/** What CloudWatch Logs does with a group's key (its user guide, "Encrypt log data using AWS KMS"). */
const actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];

/** @throws AwsError when a log group's key is none, or its policy does not let CloudWatch Logs use it for that group */
export async function requireUsableKey(
  kms: Pick<KMSClient, "send">,
  region: string,
  { logGroupName, kmsKeyId }: { logGroupName: string; kmsKeyId?: string },
): Promise<void> {
  if (kmsKeyId === undefined) return;
  const arn = `arn:aws:logs:${region}:${account}:log-group:${logGroupName}`;
  const context = { "kms:encryptioncontext:aws:logs:arn": arn };
  const use = { principal: `Service logs.${region}.amazonaws.com`, actions, context };
  if (await keyLets(kms, kmsKeyId, use).catch(() => false)) return;
  const message = `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`;
  throw new AwsError("InvalidParameterException", message);
}
