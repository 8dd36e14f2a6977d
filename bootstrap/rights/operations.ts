/** IAM's prefix of a service where it is not botocore's name. */
const prefixes: Readonly<Record<string, string>> = { elbv2: "elasticloadbalancing" };

/**
 * Operations whose right has another name, or that need more than one (Amazon S3's user guide, "Required permissions for
 * Amazon S3 API operations"; DynamoDB's developer guide, "Using IAM with transactions").
 */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  "s3:CopyObject": ["s3:GetObject", "s3:PutObject"],
  "s3:DeleteBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteBucketOwnershipControls": ["s3:PutBucketOwnershipControls"],
  "s3:DeleteBucketTagging": ["s3:PutBucketTagging"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:DeletePublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:HeadObject": ["s3:GetObject"],
  "s3:ListBuckets": ["s3:ListAllMyBuckets"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  // Nobody needs a right for it (AWS STS API reference).
  "sts:GetCallerIdentity": [],
  "dynamodb:TransactWriteItems": ["dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
};

/** The rights that an operation needs by itself. @param operation by botocore's names: `elbv2:ModifyListener` */
export function actionsOf(operation: string): readonly string[] {
  const [service = "", name = ""] = operation.split(":");
  return otherwise[operation] ?? [`${prefixes[service] ?? service}:${name}`];
}
