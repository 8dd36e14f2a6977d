/** What may pass through the VPC endpoints of a stack that has no other way out. */

/** Where the endpoints are, and whose they are. */
export interface EndpointScope {
  accountId: string;
  partition: string;
  region: string;
  /** Other accounts whose buckets the fleets may use. */
  trustedAccounts: string[];
}

const document = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", ...one })) });

/**
 * Of an interface endpoint: requests that are signed with the account's own keys. Not `aws:ResourceAccount`, since AWS owns some of
 * what is asked for: Systems Manager's documents and public parameters (aws-samples/data-perimeter-policy-examples). Which
 * resources of the account an instance may use, its role says.
 */
export const interfaceEndpointPolicy = ({ accountId }: Pick<EndpointScope, "accountId">): string =>
  document({
    Sid: "OwnKeys",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
  });

/**
 * Of S3's gateway endpoint: the account's own keys, to its own buckets and those of accounts that it trusts; and what AWS gives
 * everybody to read, without a signature: Amazon Linux's packages, and what Systems Manager's agent fetches.
 */
export function s3EndpointPolicy({ accountId, partition, region, trustedAccounts }: EndpointScope): string {
  return document(
    {
      Sid: "OwnKeysToOwnBuckets",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: {
        StringEquals: {
          "aws:PrincipalAccount": accountId,
          "aws:ResourceAccount": [accountId, ...trustedAccounts],
        },
      },
    },
    {
      Sid: "ReadWhatAwsPublishes",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: publishedBuckets(region).map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
    },
  );
}

/**
 * Buckets of AWS: the repositories of Amazon Linux 2023 (its user guide, "Kernel Live Patching", and dnf's own mirror lists), and those
 * of Systems Manager's agent on Linux (its user guide, "SSM Agent communications with AWS managed S3 buckets").
 */
const publishedBuckets = (region: string): string[] => [
  `al2023-repos-${region}-de612dc2`,
  `aws-ssm-${region}`,
  `amazon-ssm-${region}`,
  `amazon-ssm-packages-${region}`,
  `${region}-birdwatcher-prod`,
  `aws-ssm-distributor-file-${region}`,
  `aws-ssm-document-attachments-${region}`,
  `patch-baseline-snapshot-${region}`,
];
