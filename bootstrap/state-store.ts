import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface StateStoreArgs {
  readonly accountId: string;
  readonly partition: string;
  readonly tags: Record<string, string>;
}

/** Days that a state which was overwritten or deleted can be brought back. */
const keptDays = 90;

/**
 * The bucket of Pulumi's state: versioned, under a key of its own (1 USD a month), closed, by TLS alone. Pulumi's locks are
 * files in it. It stays when this program is destroyed: without it nobody knows what stands in AWS.
 */
export class StateStore extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: StateStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:bootstrap:StateStore", name, {}, opts);
    const { tags } = args;
    const parent = { parent: this };
    const kept = { parent: this, protect: true };
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: "State of Pulumi's stacks",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: accountDecides(args),
        tags,
      },
      kept,
    );
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { tags }, kept);
    new aws.s3.BucketVersioning(
      `${name}-versions`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      parent,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encrypted`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
            // One question to KMS for many objects.
            bucketKeyEnabled: true,
          },
        ],
      },
      parent,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      parent,
    );
    const closed = new aws.s3.BucketPublicAccessBlock(
      `${name}-closed`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-life-cycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "older-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: keptDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      parent,
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.bucket, policy: bucket.arn.apply(tlsOnly) },
      // The two calls that change a bucket's public access settings conflict when they run at once.
      { parent: this, dependsOn: [closed] },
    );
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    this.keyArn = key.arn;
    this.registerOutputs({ bucketName: this.bucketName, keyArn: this.keyArn });
  }
}

/** A key's policy that leaves to IAM who uses it. */
export function accountDecides({ accountId, partition }: Pick<StateStoreArgs, "accountId" | "partition">): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountDecides",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
}

function tlsOnly(bucketArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
