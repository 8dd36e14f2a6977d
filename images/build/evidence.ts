import { readFile } from "node:fs/promises";
import { GetObjectLockConfigurationCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ClientOptions } from "./aws.ts";
import { errorMessage } from "./faults.ts";

/**
 * Why a bucket can't keep the proof of images; undefined where it can. What is put there must be locked by the bucket itself: a lock that
 * each upload asks for is as good as the uploader.
 */
export async function bucketFault(options: ClientOptions, bucket: string): Promise<string | undefined> {
  const s3 = clientOf(options);
  try {
    const { ObjectLockConfiguration: lock } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }));
    if (lock?.Rule?.DefaultRetention !== undefined) return undefined;
    return `evidence_bucket is ${bucket}, whose objects are locked by no default retention: set one (aws s3api put-object-lock-configuration)`;
  } catch (error) {
    const none = error instanceof Error && error.name === "ObjectLockConfigurationNotFoundError";
    return none
      ? `evidence_bucket is ${bucket}, which has no Object Lock: switch it on, with a default retention`
      : `evidence_bucket is ${bucket}, which can't be looked at: ${errorMessage(error)}`;
  } finally {
    s3.destroy();
  }
}

/**
 * Puts files into the bucket as `images/<image>/<name>`: what is there is of this bake alone. AWS's errors pass through.
 */
export async function keepEvidence(
  options: ClientOptions,
  bucket: string,
  image: string,
  files: readonly { readonly file: string; readonly name: string }[],
): Promise<void> {
  const s3 = clientOf(options);
  try {
    for (const { file, name } of files) {
      const Key = `images/${image}/${name}`;
      // A checksum of its own is what Object Lock asks of each upload.
      const Body = await readFile(file);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumAlgorithm: "SHA256" }));
    }
  } finally {
    s3.destroy();
  }
}

/** Another AWS has no names of buckets in its own. */
function clientOf(options: ClientOptions): S3Client {
  return new S3Client({ ...options, forcePathStyle: options.endpoint !== undefined });
}
