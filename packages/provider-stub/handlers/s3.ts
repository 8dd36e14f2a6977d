import * as s3 from "@aws-sdk/client-s3";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, type Props, shape, type Shape, tagList, tagMap, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";

const bucketArgs = shape("bucket forceDestroy:own tags:own");

/** S3 takes all of a bucket's tags or none. */
const bucketTagging: Tagging = {
  async tag(Bucket, tags, cloud) {
    const all = { ...(await bucketTags(Bucket, cloud)), ...tags };
    await cloud.s3.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(all) } }));
  },
  async untag(Bucket, keys, cloud) {
    const kept = Object.entries(await bucketTags(Bucket, cloud)).filter(([key]) => !keys.includes(key));
    if (kept.length === 0) await cloud.s3.send(new s3.DeleteBucketTaggingCommand({ Bucket }));
    else
      await cloud.s3.send(
        new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagList(Object.fromEntries(kept)) } }),
      );
  },
};

async function bucketTags(Bucket: string, cloud: Cloud): Promise<Record<string, string>> {
  return tagMap((await ifThere(cloud.s3.send(new s3.GetBucketTaggingCommand({ Bucket }))))?.TagSet);
}

/** Settings that have resources of their own: the official provider reads them back with the bucket, whoever made them. */
async function bucketParts(Bucket: string, cloud: Cloud): Promise<Props> {
  const read = async (name: string) => (await PARTS.get(name)?.read(Bucket, cloud, {})) ?? {};
  const encryption = await read(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  );
  const acl = await cloud.s3.send(new s3.GetBucketAclCommand({ Bucket }));
  return {
    policy: (await read("aws:s3/bucketPolicy:BucketPolicy")).policy,
    lifecycleRules: (await read("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")).rules ?? [],
    serverSideEncryptionConfiguration: encryption.rules && { rules: encryption.rules },
    grants: (acl.Grants ?? []).map(({ Grantee, Permission }) => ({
      id: Grantee?.ID,
      type: Grantee?.Type,
      uri: Grantee?.URI,
      permissions: [Permission],
    })),
  };
}

async function empty(Bucket: string, cloud: Cloud): Promise<void> {
  for (;;) {
    const page = await ifThere(cloud.s3.send(new s3.ListObjectVersionsCommand({ Bucket })));
    const found = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const Objects = found.map(({ Key, VersionId }) => ({ Key: Key ?? "", VersionId }));
    await cloud.s3.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
}

const bucket: Row = {
  type: "aws:s3/bucket:Bucket",
  args: bucketArgs,
  replace: "bucket",
  name: {
    arg: "bucket",
    max: 63,
    lower: true,
    pattern: {
      test: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
      says: "use small letters, digits, hyphens and dots, at least 3 of them",
    },
  },
  tagging: bucketTagging,
  async create(inputs, cloud) {
    const Bucket = String(inputs.bucket);
    const elsewhere = cloud.region === "us-east-1" ? undefined : (cloud.region as s3.BucketLocationConstraint);
    const CreateBucketConfiguration = elsewhere && { LocationConstraint: elsewhere };
    await cloud.s3.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    return Bucket;
  },
  async settle(Bucket, inputs, cloud) {
    const TagSet = tagList(inputs.tags);
    if (TagSet.length > 0) await cloud.s3.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  },
  async read(Bucket, cloud) {
    if (!(await ifThere(cloud.s3.send(new s3.HeadBucketCommand({ Bucket }))))) return undefined;
    const names = {
      arn: `arn:aws:s3:::${Bucket}`,
      bucketDomainName: `${Bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${Bucket}.s3.${cloud.region}.amazonaws.com`,
    };
    const [tags, parts] = [await bucketTags(Bucket, cloud), await bucketParts(Bucket, cloud)];
    return { bucket: Bucket, ...names, bucketRegion: cloud.region, tags, ...parts };
  },
  async remove(Bucket, state, cloud) {
    if (state.forceDestroy === true) await empty(Bucket, cloud);
    await ifThere(cloud.s3.send(new s3.DeleteBucketCommand({ Bucket })));
  },
};

/** A bucket's sub-resource: put whole, read whole, deleted; its id is the bucket's name. */
interface Part<T> {
  readonly type: string;
  readonly args: Shape;
  readonly put: (Bucket: string, setting: T, cloud: Cloud) => Promise<unknown>;
  readonly get: (Bucket: string, cloud: Cloud) => Promise<object>;
  readonly drop: (Bucket: string, cloud: Cloud) => Promise<unknown>;
}

function partRow<T>({ type, args, put, get, drop }: Part<T>): Row {
  // A bucket that was made a moment ago may not be seen yet, and S3 lets one change of its settings run at a time.
  const again = /^(NoSuchBucket|OperationAborted)/;
  return {
    type,
    args,
    replace: "bucket",
    async create(inputs, cloud) {
      const name = String(inputs.bucket);
      await retrying(again, 2, cloud, () => put(name, toAws<T>(args, inputs), cloud));
      return name;
    },
    async read(name, cloud) {
      const found = await ifThere(get(name, cloud));
      return found && { bucket: name, ...fromAws(args, found) };
    },
    async update({ id, news }, cloud) {
      await put(id, toAws<T>(args, news), cloud);
    },
    async remove(name, _state, cloud) {
      await ifThere(drop(name, cloud));
    },
  };
}

const accessBlock = partRow<s3.PublicAccessBlockConfiguration>({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  args: shape("bucket:own blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"),
  put: (Bucket, PublicAccessBlockConfiguration, cloud) =>
    cloud.s3.send(new s3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration })),
  async get(Bucket, cloud) {
    const found = await cloud.s3.send(new s3.GetPublicAccessBlockCommand({ Bucket }));
    return found.PublicAccessBlockConfiguration ?? {};
  },
  drop: (Bucket, cloud) => cloud.s3.send(new s3.DeletePublicAccessBlockCommand({ Bucket })),
});

const encryption = partRow<s3.ServerSideEncryptionConfiguration>({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  args: shape(`bucket:own rules{bucketKeyEnabled
    applyServerSideEncryptionByDefault{sseAlgorithm=SSEAlgorithm kmsMasterKeyId=KMSMasterKeyID}}`),
  put: (Bucket, ServerSideEncryptionConfiguration, cloud) =>
    cloud.s3.send(new s3.PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration })),
  async get(Bucket, cloud) {
    const found = await cloud.s3.send(new s3.GetBucketEncryptionCommand({ Bucket }));
    return found.ServerSideEncryptionConfiguration ?? {};
  },
  drop: (Bucket, cloud) => cloud.s3.send(new s3.DeleteBucketEncryptionCommand({ Bucket })),
});

const lifecycle = partRow<s3.BucketLifecycleConfiguration>({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  args: shape(`bucket:own rules{id=ID status
    filter{prefix objectSizeGreaterThan objectSizeLessThan tag{key value}}
    expiration{date days expiredObjectDeleteMarker} transitions{date days storageClass}
    abortIncompleteMultipartUpload{daysAfterInitiation}
    noncurrentVersionExpiration{newerNoncurrentVersions noncurrentDays}
    noncurrentVersionTransitions{newerNoncurrentVersions noncurrentDays storageClass}}`),
  put: (Bucket, LifecycleConfiguration, cloud) =>
    cloud.s3.send(new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration })),
  get: (Bucket, cloud) => cloud.s3.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket })),
  drop: (Bucket, cloud) => cloud.s3.send(new s3.DeleteBucketLifecycleCommand({ Bucket })),
});

const ownership = partRow<s3.OwnershipControls>({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  args: shape("bucket:own rule=Rules:listed{objectOwnership}"),
  put: (Bucket, OwnershipControls, cloud) =>
    cloud.s3.send(new s3.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })),
  async get(Bucket, cloud) {
    const found = await cloud.s3.send(new s3.GetBucketOwnershipControlsCommand({ Bucket }));
    return found.OwnershipControls ?? {};
  },
  drop: (Bucket, cloud) => cloud.s3.send(new s3.DeleteBucketOwnershipControlsCommand({ Bucket })),
});

/** Versions can't be switched off again, only suspended (s3/bucket_versioning.go). */
const versioning = partRow<{ VersioningConfiguration: s3.VersioningConfiguration }>({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  args: shape("bucket:own versioningConfiguration{status}"),
  put: (Bucket, { VersioningConfiguration }, cloud) =>
    cloud.s3.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
  async get(Bucket, cloud) {
    const { Status } = await cloud.s3.send(new s3.GetBucketVersioningCommand({ Bucket }));
    return { VersioningConfiguration: { Status } };
  },
  drop: (Bucket, cloud) =>
    cloud.s3.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
});

const policy = partRow<{ Policy: string }>({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  args: shape("bucket:own policy"),
  put: (Bucket, { Policy }, cloud) => cloud.s3.send(new s3.PutBucketPolicyCommand({ Bucket, Policy })),
  get: (Bucket, cloud) => cloud.s3.send(new s3.GetBucketPolicyCommand({ Bucket })),
  drop: (Bucket, cloud) => cloud.s3.send(new s3.DeleteBucketPolicyCommand({ Bucket })),
});

const parts = [accessBlock, encryption, lifecycle, ownership, policy, versioning];
const PARTS: ReadonlyMap<string, Row> = new Map(parts.map((row) => [row.type, row]));

/** Buckets and their settings. */
export const s3Rows: Row[] = [bucket, ...parts];
