import { GetBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";
import { account } from "../autoscaling/groups.ts";
import { AwsError, type QueryStructure, structuresOf, textOf } from "@bluegreen/query-protocol";
import { policyAllows } from "../policy.ts";
import type { LoadBalancer } from "./topology.ts";

/** A bucket's policy; undefined: it has none, or there is no such bucket. */
export async function bucketPolicy(s3: S3Client, Bucket: string): Promise<string | undefined> {
  try {
    return (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
  } catch (error) {
    if (/^NoSuchBucket/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** Refuses access logs to a bucket that the log delivery may not write to: AWS tries it with a file at once. */
export async function checkAccessLogs(
  params: QueryStructure,
  known: LoadBalancer | undefined,
  policyOf: (bucket: string) => Promise<string | undefined>,
): Promise<void> {
  const now: Record<string, string> = { ...known?.attributes };
  for (const { Key, Value } of structuresOf(params.Attributes)) now[textOf(Key) ?? ""] = textOf(Value) ?? "";
  if (now["access_logs.s3.enabled"] !== "true") return;
  const bucket = now["access_logs.s3.bucket"] ?? "";
  const prefix = now["access_logs.s3.prefix"];
  const asked = {
    principal: "Service logdelivery.elasticloadbalancing.amazonaws.com",
    action: "s3:PutObject",
    resource: `arn:aws:s3:::${bucket}/${prefix ? `${prefix}/` : ""}AWSLogs/${account}/ELBAccessLogTestFile`,
    context: { "aws:securetransport": "true" },
  };
  if (!policyAllows(await policyOf(bucket), asked)) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      `Access Denied for bucket: ${bucket}. Please check S3bucket permission`,
    );
  }
}
