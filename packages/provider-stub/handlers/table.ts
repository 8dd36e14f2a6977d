import * as dynamodb from "@aws-sdk/client-dynamodb";
import { hasUnknown } from "../diff.ts";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, isBlock, type Props, shape, tagList, tagMap, text, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import { type Fault, faultsOf, oneOf } from "./rules.ts";

const args = shape(`name=TableName billingMode attributes=AttributeDefinitions{name=AttributeName type=AttributeType}
  hashKey:own rangeKey:own deletionProtectionEnabled pointInTimeRecovery:own{enabled}
  serverSideEncryption:own{enabled kmsKeyArn} tags:own`);

/** The official provider's time-outs, in minutes. */
const MINUTES = { create: 30, update: 60, backups: 20, remove: 10 };

async function arnOf(name: string, cloud: Cloud): Promise<string> {
  return `arn:aws:dynamodb:${cloud.region}:${(await cloud.identity()).account}:table/${name}`;
}

const tableTagging: Tagging = {
  async tag(name, tags, cloud) {
    const ResourceArn = await arnOf(name, cloud);
    await cloud.dynamodb.send(new dynamodb.TagResourceCommand({ ResourceArn, Tags: tagList(tags) }));
  },
  async untag(name, TagKeys, cloud) {
    const ResourceArn = await arnOf(name, cloud);
    await cloud.dynamodb.send(new dynamodb.UntagResourceCommand({ ResourceArn, TagKeys }));
  },
};

async function tableOf(TableName: string, cloud: Cloud): Promise<dynamodb.TableDescription | undefined> {
  return (await ifThere(cloud.dynamodb.send(new dynamodb.DescribeTableCommand({ TableName }))))?.Table;
}

async function waitActive(name: string, minutes: number, cloud: Cloud): Promise<void> {
  await until(`table ${name} to be active`, minutes, cloud, async () => {
    const status = (await tableOf(name, cloud))?.TableStatus;
    return status === "ACTIVE" ? { done: true } : { missing: `status ${status}` };
  });
}

function recovers({ pointInTimeRecovery }: Props): boolean {
  return isBlock(pointInTimeRecovery) && pointInTimeRecovery.enabled === true;
}

async function recoveryOf(TableName: string, cloud: Cloud): Promise<boolean> {
  const found = await cloud.dynamodb.send(new dynamodb.DescribeContinuousBackupsCommand({ TableName }));
  const recovery = found.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  return recovery?.PointInTimeRecoveryStatus === "ENABLED";
}

async function setRecovery(TableName: string, enabled: boolean, minutes: number, cloud: Cloud): Promise<void> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: enabled };
  const request = new dynamodb.UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
  const early = /^ContinuousBackupsUnavailable.*Backups are being enabled/;
  await retrying(early, MINUTES.backups, cloud, () => cloud.dynamodb.send(request));
  await until(`point-in-time recovery of table ${TableName}`, minutes, cloud, async () =>
    (await recoveryOf(TableName, cloud)) === enabled ? { done: true } : { missing: `not yet ${text(enabled)}` },
  );
}

/** Without the block DynamoDB encrypts with a key of its own. */
function encryption({ serverSideEncryption }: Props): dynamodb.SSESpecification {
  if (!isBlock(serverSideEncryption) || serverSideEncryption.enabled !== true) return { Enabled: false };
  const KMSMasterKeyId = serverSideEncryption.kmsKeyArn as string | undefined;
  return { Enabled: true, SSEType: "KMS", KMSMasterKeyId };
}

function keysOf({ hashKey, rangeKey }: Props): unknown[] {
  return [hashKey, rangeKey].filter((key) => key !== undefined && key !== null);
}

function keySchema(inputs: Props): dynamodb.KeySchemaElement[] {
  const kinds = ["HASH", "RANGE"] as const;
  return keysOf(inputs).map((key, index) => ({ AttributeName: String(key), KeyType: kinds[index] }));
}

function faults(inputs: Props): Fault[] {
  const found: Fault[] = [];
  const { billingMode, hashKey, attributes } = inputs;
  if (billingMode !== "PAY_PER_REQUEST" && !hasUnknown(billingMode)) {
    const reason = `"${text(billingMode ?? "PROVISIONED")}": the stand-in only does PAY_PER_REQUEST`;
    found.push({ property: "billingMode", reason });
  }
  if (hashKey === undefined) found.push({ property: "hashKey", reason: "a table needs one" });
  if (hasUnknown([attributes, ...keysOf(inputs)])) return found;
  const blocks = Array.isArray(attributes) ? attributes.filter(isBlock) : [];
  const [keys, names] = [keysOf(inputs), blocks.map((block) => block.name)];
  const [unused, missing] = [names.filter((name) => !keys.includes(name)), keys.filter((key) => !names.includes(key))];
  if (unused.length > 0) {
    const reason = `all attributes must be indexed; unused: ${unused.join(", ")}`;
    found.push({ property: "attributes", reason });
  }
  if (missing.length > 0) {
    const reason = `all keys must match a defined attribute; missing: ${missing.join(", ")}`;
    found.push({ property: "attributes", reason });
  }
  const types = blocks.flatMap((block, index) =>
    faultsOf({ type: oneOf("S", "N", "B") }, block, `attributes[${index}].`),
  );
  return [...found, ...types];
}

/** DynamoDB tables that are paid for by request, without secondary indexes. */
export const table: Row = {
  type: "aws:dynamodb/table:Table",
  args,
  replace: "name hashKey rangeKey",
  name: {
    max: 255,
    pattern: { test: /^[A-Za-z0-9_.-]{3,}$/, says: "use at least 3 letters, digits, dots, hyphens and underscores" },
  },
  tagging: tableTagging,
  check: faults,
  async create(inputs, cloud) {
    const request = {
      ...toAws<dynamodb.CreateTableCommandInput>(args, inputs),
      KeySchema: keySchema(inputs),
      ...(inputs.serverSideEncryption ? { SSESpecification: encryption(inputs) } : {}),
      Tags: tagList(inputs.tags),
    };
    const busy = /^(Throttling|LimitExceeded.*simultaneously)/;
    await retrying(busy, MINUTES.create, cloud, () => cloud.dynamodb.send(new dynamodb.CreateTableCommand(request)));
    return String(inputs.name);
  },
  async settle(name, inputs, cloud) {
    await waitActive(name, MINUTES.create, cloud);
    if (recovers(inputs)) await setRecovery(name, true, MINUTES.create, cloud);
  },
  async read(name, cloud) {
    const found = await tableOf(name, cloud);
    if (!found) return undefined;
    const ResourceArn = found.TableArn;
    const [tags, enabled] = await Promise.all([
      cloud.dynamodb.send(new dynamodb.ListTagsOfResourceCommand({ ResourceArn })),
      recoveryOf(name, cloud),
    ]);
    const key = (kind: string) => found.KeySchema?.find((one) => one.KeyType === kind)?.AttributeName ?? null;
    return {
      ...fromAws(args, found),
      billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
      hashKey: key("HASH"),
      rangeKey: key("RANGE"),
      pointInTimeRecovery: { enabled },
      serverSideEncryption: found.SSEDescription?.KMSMasterKeyArn
        ? { enabled: true, kmsKeyArn: found.SSEDescription.KMSMasterKeyArn }
        : null,
      tags: tagMap(tags.Tags),
      arn: found.TableArn,
    };
  },
  async update({ id, news, changed }, cloud) {
    if (changed("deletionProtectionEnabled")) {
      const DeletionProtectionEnabled = news.deletionProtectionEnabled === true;
      await cloud.dynamodb.send(new dynamodb.UpdateTableCommand({ TableName: id, DeletionProtectionEnabled }));
      await waitActive(id, MINUTES.update, cloud);
    }
    if (changed("serverSideEncryption")) {
      await cloud.dynamodb.send(new dynamodb.UpdateTableCommand({ TableName: id, SSESpecification: encryption(news) }));
      await waitActive(id, MINUTES.update, cloud);
    }
    if (changed("pointInTimeRecovery")) await setRecovery(id, recovers(news), MINUTES.update, cloud);
  },
  async remove(TableName, _state, cloud) {
    const go = () => ifThere(cloud.dynamodb.send(new dynamodb.DeleteTableCommand({ TableName })));
    await retrying(/^(ResourceInUse|LimitExceeded.*simultaneously)/, MINUTES.remove, cloud, go);
    await until(`table ${TableName} to be deleted`, MINUTES.remove, cloud, async () => {
      const left = await tableOf(TableName, cloud);
      return left ? { missing: `status ${left.TableStatus}` } : { done: true };
    });
  },
};
