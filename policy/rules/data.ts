import { isOn, type Props, type Resource, type ResourceRule, type StackRule } from "../rule.ts";

const bucket = "aws:s3/bucket:Bucket";

/** Types that keep data in the clear unless told otherwise, and what tells them. */
const encrypted: Readonly<Record<string, { readonly is: (props: Props) => boolean; readonly how: string }>> = {
  "aws:sns/topic:Topic": { is: (props) => Boolean(props.kmsMasterKeyId), how: "kmsMasterKeyId" },
  "aws:sqs/queue:Queue": {
    is: (props) => Boolean(props.kmsMasterKeyId) || isOn(props.sqsManagedSseEnabled),
    how: "kmsMasterKeyId or sqsManagedSseEnabled",
  },
  "aws:ebs/volume:Volume": { is: (props) => isOn(props.encrypted), how: "encrypted" },
  "aws:efs/fileSystem:FileSystem": { is: (props) => isOn(props.encrypted), how: "encrypted" },
  "aws:rds/instance:Instance": { is: (props) => isOn(props.storageEncrypted), how: "storageEncrypted" },
  "aws:rds/cluster:Cluster": { is: (props) => isOn(props.storageEncrypted), how: "storageEncrypted" },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    is: (props) => isOn(props.atRestEncryptionEnabled) && isOn(props.transitEncryptionEnabled),
    how: "atRestEncryptionEnabled and transitEncryptionEnabled",
  },
  "aws:ssm/parameter:Parameter": {
    is: (props) => props.type === "SecureString" || !/secret|password|token|key/i.test(String(props.name)),
    how: "type: SecureString",
  },
};

export const dataRules: readonly ResourceRule[] = [
  {
    name: "encrypted-at-rest",
    description: "What keeps data is encrypted.",
    faults: ({ type, props }) => {
      const rule = encrypted[type];
      return rule === undefined || rule.is(props) ? [] : [`it is not encrypted; set ${rule.how}`];
    },
  },
];

/** Buckets that no resource of a type names. */
function without(resources: readonly Resource[], type: string): readonly Resource[] {
  const named = new Set(
    resources.filter((resource) => resource.type === type).map(({ props }) => String(props.bucket)),
  );
  return resources.filter(
    ({ type: of, props }) => of === bucket && !named.has(String(props.bucket)) && !named.has(String(props.id)),
  );
}

export const dataStackRules: readonly StackRule[] = [
  {
    name: "closed-buckets",
    description: "Every bucket has its encryption stated and its public access blocked.",
    stackFaults: (resources) => [
      ...without(
        resources,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      ).map((resource) => ({
        resource,
        fault: "its encryption is not stated; add a BucketServerSideEncryptionConfiguration",
      })),
      ...without(
        resources.filter(
          ({ type, props }) =>
            type === bucket ||
            [props.blockPublicAcls, props.blockPublicPolicy, props.ignorePublicAcls, props.restrictPublicBuckets].every(
              isOn,
            ),
        ),
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      ).map((resource) => ({
        resource,
        fault: "it may be made public; add a BucketPublicAccessBlock with all four on",
      })),
    ],
  },
];
