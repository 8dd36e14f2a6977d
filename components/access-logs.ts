import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AccessLogsArgs {
  accountId: string;
  /** Days until a log is deleted. */
  retention: number;
  /**
   * Whether the bucket stays in AWS, as it is, when the stack gives it up (accessLogs: false, or a destroy): the logs of a
   * protected stack are not lost with a setting. Otherwise it is deleted with its logs.
   */
  retain: boolean;
  tags: Record<string, string>;
}

/** Key prefix of the load balancer's logs in the bucket. */
const prefix = "alb";

/** Days for which a log that was overwritten, deleted or expired can be brought back. */
const recoverable = 30;

/**
 * A bucket for the load balancer's access logs: encrypted, versioned, closed to the public, with a life cycle. SSE-S3, because
 * the load balancer can't write under a KMS key (AWS: "Access logs for your Application Load Balancer").
 */
export class AccessLogs extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly prefix = prefix;
  /** Resources that must stand before a load balancer may name the bucket: it checks that it can write at once. */
  readonly writable: pulumi.Resource[];

  constructor(name: string, args: AccessLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:AccessLogs", name, {}, opts);
    // Pulumi goes by what the last update said of a resource, also when the program names it no more.
    const parent = { parent: this, retainOnDelete: args.retain };
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { forceDestroy: !args.retain, tags: args.tags }, parent);
    this.bucketName = bucket.bucket;
    const ownership = new aws.s3.BucketOwnershipControls(
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
    const encrypted = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encrypted`,
      { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      parent,
    );
    const versioned = new aws.s3.BucketVersioning(
      `${name}-versioned`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      parent,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-life-cycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "expire",
            status: "Enabled",
            filter: { prefix: `${prefix}/` },
            expiration: { days: args.retention },
            noncurrentVersionExpiration: { noncurrentDays: recoverable },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
          // What is left of a log when its last version is gone; S3 takes no days beside it.
          {
            id: "markers",
            status: "Enabled",
            filter: { prefix: `${prefix}/` },
            expiration: { expiredObjectDeleteMarker: true },
          },
        ],
      },
      // S3 takes rules on earlier versions where there can be some.
      { parent: this, dependsOn: [versioned], retainOnDelete: args.retain },
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.bucket, policy: bucket.arn.apply((arn) => logDeliveryPolicy(arn, args)) },
      // The two calls that change a bucket's public access settings conflict when they run at once.
      { parent: this, dependsOn: [closed], retainOnDelete: args.retain },
    );
    this.writable = [policy, encrypted, ownership];
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** The path alone keeps others out: the service writes below the account of the load balancer that logs. */
function logDeliveryPolicy(bucketArn: string, { accountId }: AccessLogsArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "LoadBalancerMayWrite",
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `${bucketArn}/${prefix}/AWSLogs/${accountId}/*`,
      },
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
