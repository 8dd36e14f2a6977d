import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { shape } from "../shape.ts";
import { retrying } from "../wait.ts";
import { faultsOf, oneOf } from "./rules.ts";

const args = shape("name=LogGroupName kmsKeyId=KmsKeyId retentionInDays:own tags:own");

/** 0 keeps events for ever. */
const RETENTION = oneOf(
  ...[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400],
  ...[545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
);

async function arnOf(name: string, cloud: Cloud): Promise<string> {
  return `arn:aws:logs:${cloud.region}:${(await cloud.identity()).account}:log-group:${name}`;
}

const logTagging: Tagging = {
  async tag(name, tags, cloud) {
    await cloud.logs.send(new logs.TagResourceCommand({ resourceArn: await arnOf(name, cloud), tags }));
  },
  async untag(name, tagKeys, cloud) {
    await cloud.logs.send(new logs.UntagResourceCommand({ resourceArn: await arnOf(name, cloud), tagKeys }));
  },
};

async function groupOf(name: string, cloud: Cloud): Promise<logs.LogGroup | undefined> {
  for (let nextToken: string | undefined; ;) {
    const page = await cloud.logs.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: name, nextToken }));
    const found = page.logGroups?.find((one) => one.logGroupName === name);
    if (found || !page.nextToken) return found;
    nextToken = page.nextToken;
  }
}

async function setRetention(logGroupName: string, days: unknown, cloud: Cloud): Promise<void> {
  const retentionInDays = Number(days ?? 0);
  if (retentionInDays > 0) await cloud.logs.send(new logs.PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  else await cloud.logs.send(new logs.DeleteRetentionPolicyCommand({ logGroupName }));
}

/** Log groups. */
export const logGroup: Row = {
  type: "aws:cloudwatch/logGroup:LogGroup",
  args,
  replace: "name",
  name: {
    max: 512,
    pattern: { test: /^[0-9A-Za-z_./#-]+$/, says: "use letters, digits and . - _ / # only" },
  },
  tagging: logTagging,
  check: (inputs) => faultsOf({ retentionInDays: RETENTION }, inputs),
  async create(inputs, cloud) {
    const tags = inputs.tags as Record<string, string>;
    const kmsKeyId = inputs.kmsKeyId as string | undefined;
    await cloud.logs.send(new logs.CreateLogGroupCommand({ logGroupName: String(inputs.name), kmsKeyId, tags }));
    return String(inputs.name);
  },
  async settle(name, inputs, cloud) {
    if (Number(inputs.retentionInDays ?? 0) > 0) await setRetention(name, inputs.retentionInDays, cloud);
  },
  async read(name, cloud) {
    const found = await groupOf(name, cloud);
    if (!found) return undefined;
    const arn = await arnOf(name, cloud);
    const { tags } = await cloud.logs.send(new logs.ListTagsForResourceCommand({ resourceArn: arn }));
    const { retentionInDays = 0, kmsKeyId = null } = found;
    return { name, retentionInDays, kmsKeyId, tags: tags ?? {}, arn };
  },
  async update({ id, news, changed }, cloud) {
    if (changed("retentionInDays")) await setRetention(id, news.retentionInDays, cloud);
    if (!changed("kmsKeyId")) return;
    const [logGroupName, kmsKeyId] = [id, news.kmsKeyId as string | undefined];
    if (kmsKeyId) await cloud.logs.send(new logs.AssociateKmsKeyCommand({ logGroupName, kmsKeyId }));
    else await cloud.logs.send(new logs.DisassociateKmsKeyCommand({ logGroupName }));
  },
  async remove(logGroupName, _state, cloud) {
    const go = () => ifThere(cloud.logs.send(new logs.DeleteLogGroupCommand({ logGroupName })));
    await retrying(/^OperationAborted.*try again/, 1, cloud, go);
  },
};
