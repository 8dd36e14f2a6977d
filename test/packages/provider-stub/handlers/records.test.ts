import { create, read, remove, Unfinished, update } from "../../../../packages/provider-stub/operations.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";
import { rowOf } from "./checked.ts";
import { type Answers, fakeCloud, refusal } from "./fake-cloud.ts";

function on(type: string, answers: Answers, customSeconds?: number) {
  const { cloud, sent } = fakeCloud(answers, customSeconds);
  const site = { cloud, defaultTags: {} };
  const row = rowOf(type);
  return {
    sent,
    names: () => sent.map(([name]) => name),
    create: (inputs: Props) => create(row, "thing", inputs, site),
    read: (id: string, inputs: Props) => read(row, "thing", id, { state: inputs, inputs }, site),
    update: (id: string, olds: Props, news: Props) =>
      update(row, "thing", id, { state: olds, inputs: olds }, { ...olds, ...news }, site),
    remove: (id: string, state: Props = {}) => remove(row, "thing", id, state, site),
  };
}

describe("a DynamoDB table", () => {
  const inputs = {
    name: "releases",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attributes: ["pk", "sk"].map((name) => ({ name, type: "S" })),
    deletionProtectionEnabled: true,
    pointInTimeRecovery: { enabled: true },
  };
  function dynamoDb(statuses: string[], recovery: string[] = ["DISABLED", "ENABLED"]): Answers {
    let table: Props | undefined;
    const next = (list: string[]) => (list.length > 1 ? list.shift() : list[0]);
    return {
      CreateTable: (input) => void (table = input),
      DescribeTable() {
        if (!table) throw refusal("ResourceNotFoundException");
        const Table = { ...table, BillingModeSummary: { BillingMode: table.BillingMode }, TableArn: "arn" };
        return { Table: { ...Table, TableStatus: next(statuses) } };
      },
      UpdateContinuousBackups: () => undefined,
      DescribeContinuousBackups: () => ({
        ContinuousBackupsDescription: {
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: next(recovery) },
        },
      }),
      ListTagsOfResource: () => ({ Tags: [] }),
      UpdateTable: (input) => void (table = { ...table, ...input }),
      DeleteTable() {
        if (table?.DeletionProtectionEnabled) throw refusal("ValidationException", "is protected");
        table = undefined;
      },
    };
  }

  it("is waited for, then its recovery is switched on and waited for", async () => {
    const table = on("aws:dynamodb/table:Table", dynamoDb(["CREATING", "CREATING", "ACTIVE"]));
    const { state } = await table.create(inputs);
    expect(state).toMatchObject({ ...inputs, arn: "arn" });
    const wait = ["DescribeTable", "DescribeTable", "DescribeTable"];
    const recovery = ["UpdateContinuousBackups", "DescribeContinuousBackups", "DescribeContinuousBackups"];
    expect(table.names().slice(0, 7)).toEqual(["CreateTable", ...wait, ...recovery]);
    expect(table.sent[0][1]).toMatchObject({
      DeletionProtectionEnabled: true,
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    });
  });
  it("that never gets active stays in the state, with an error", async () => {
    const table = on("aws:dynamodb/table:Table", dynamoDb(["CREATING"]), 10);
    await expect(table.create(inputs)).rejects.toThrow(Unfinished);
    await expect(table.create(inputs)).rejects.toThrow(/waiting for table releases to be active .*status CREATING/);
  });
  it("is kept by its protection, and goes when that is lifted", async () => {
    const table = on("aws:dynamodb/table:Table", dynamoDb(["ACTIVE"]));
    const { id } = await table.create(inputs);
    await expect(table.remove(id)).rejects.toThrow(/ValidationException: is protected/);
    await table.update(id, inputs, { deletionProtectionEnabled: false });
    await table.remove(id);
    expect(await table.read(id, inputs)).toBeUndefined();
  });
});

describe("a log group", () => {
  const groups: Props[] = [];
  const answers: Answers = {
    CreateLogGroup: ({ logGroupName }) => void groups.push({ logGroupName }),
    PutRetentionPolicy: ({ retentionInDays }) => void Object.assign(groups[groups.length - 1], { retentionInDays }),
    DeleteRetentionPolicy: () => void delete groups[groups.length - 1].retentionInDays,
    DescribeLogGroups: ({ nextToken }) =>
      nextToken ? { logGroups: groups.slice(1) } : { logGroups: groups.slice(0, 1), nextToken: "more" },
    ListTagsForResource: () => ({ tags: {} }),
  };
  beforeEach(() => groups.splice(0, groups.length, { logGroupName: "/a/blue-2", retentionInDays: 1 }));
  it("is not taken for another whose name begins like it, nor missed on a later page", async () => {
    const { state } = await on("aws:cloudwatch/logGroup:LogGroup", answers).create({
      name: "/a/blue",
      retentionInDays: 30,
    });
    expect(state).toMatchObject({ name: "/a/blue", retentionInDays: 30 });
    expect(String(state.arn)).toMatch(/^arn:aws:logs:.*:log-group:\/a\/blue$/);
  });
  it("keeps its events for ever when the retention is taken away", async () => {
    const group = on("aws:cloudwatch/logGroup:LogGroup", answers);
    await group.create({ name: "/a/blue", retentionInDays: 30 });
    const state = await group.update(
      "/a/blue",
      { name: "/a/blue", retentionInDays: 30 },
      { retentionInDays: undefined },
    );
    expect(state.retentionInDays).toBe(0);
    expect(group.names()).toContain("DeleteRetentionPolicy");
  });
});

describe("a key", () => {
  const policy = '{"Statement": [{"Action": ["kms:*"]}], "Version": "2012-10-17"}';
  function keys(refused = 0): Answers {
    const key = { KeyId: "1", Arn: "arn:key/1", Enabled: true, Description: "", KeyState: "Enabled" };
    let rotating = false;
    return {
      CreateKey({ Description }) {
        if (refused-- > 0) throw refusal("MalformedPolicyDocumentException", "no such principal");
        return { KeyMetadata: Object.assign(key, { Description }) };
      },
      DescribeKey: () => ({ KeyMetadata: key }),
      // KMS lays a policy out in its own way.
      GetKeyPolicy: () => ({ Policy: JSON.stringify(JSON.parse(policy), undefined, 1) }),
      EnableKeyRotation: () => void (rotating = true),
      GetKeyRotationStatus: () => ({ KeyRotationEnabled: rotating }),
      ListResourceTags: () => ({ Tags: [{ TagKey: "team", TagValue: "web" }] }),
      ScheduleKeyDeletion() {
        if (key.KeyState !== "Enabled") throw refusal("KMSInvalidStateException", "arn:key/1 is pending deletion.");
        key.KeyState = "PendingDeletion";
      },
    };
  }
  const inputs = {
    description: "topic",
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    policy,
    tags: { team: "web" },
  };

  it("rotates, and shows no drift for a policy that is laid out anew", async () => {
    const key = on("aws:kms/key:Key", keys());
    const { id, state } = await key.create(inputs);
    expect(state).toMatchObject({ ...inputs, arn: "arn:key/1", keyId: "1" });
    expect((await key.read(id, inputs))?.inputs).toEqual(inputs);
  });
  it("is tried again while KMS doesn't see a principal of its policy", async () => {
    const key = on("aws:kms/key:Key", keys(1));
    const cloud = on("aws:kms/key:Key", keys(1e9));
    await expect(key.create(inputs)).resolves.toMatchObject({ id: "1" });
    await expect(cloud.create(inputs)).rejects.toThrow(/MalformedPolicyDocumentException: no such principal/);
  });
  it("counts as gone while its deletion is pending, and may be deleted twice", async () => {
    const key = on("aws:kms/key:Key", keys());
    const { id } = await key.create(inputs);
    await key.remove(id, inputs);
    expect(key.sent.find(([name]) => name === "ScheduleKeyDeletion")?.[1]).toEqual({
      KeyId: "1",
      PendingWindowInDays: 7,
    });
    expect(await key.read(id, inputs)).toBeUndefined();
    await expect(key.remove(id, inputs)).resolves.toBeUndefined();
  });
});

describe("a topic's", () => {
  const arn = "arn:aws:sns:eu-central-1:123456789012:releases";
  it("policy becomes the default one when it is removed, for a topic is never without", async () => {
    const policy = on("aws:sns/topicPolicy:TopicPolicy", { SetTopicAttributes: () => undefined });
    await policy.remove(arn, { owner: "123456789012" });
    expect(policy.sent).toEqual([
      [
        "SetTopicAttributes",
        {
          TopicArn: arn,
          AttributeName: "Policy",
          AttributeValue: expect.stringContaining("__default_policy_ID") as string,
        },
      ],
    ]);
  });
  it("key is taken away with an empty text", async () => {
    const attributes: Props = { KmsMasterKeyId: "key", Owner: "123456789012" };
    const topic = on("aws:sns/topic:Topic", {
      SetTopicAttributes: ({ AttributeName, AttributeValue }) =>
        void (attributes[String(AttributeName)] = AttributeValue),
      GetTopicAttributes: () => ({ Attributes: attributes }),
      ListTagsForResource: () => ({ Tags: [] }),
    });
    const state = await topic.update(arn, { name: "releases", kmsMasterKeyId: "key" }, { kmsMasterKeyId: undefined });
    expect(attributes.KmsMasterKeyId).toBe("");
    expect(state).not.toHaveProperty("kmsMasterKeyId");
  });
  it.each<[string, Error | undefined, RegExp | undefined]>([
    [
      "that nobody has confirmed is left to SNS",
      refusal("InvalidParameterException", "it is pending confirmation"),
      undefined,
    ],
    ["that SNS refuses to end is an error", refusal("InvalidParameterException", "no ARN"), /no ARN/],
    ["that doesn't end is an error", undefined, /still there/],
  ])("subscription %s", async (_what, answer, message) => {
    const subscription = on("aws:sns/topicSubscription:TopicSubscription", {
      Unsubscribe() {
        if (answer) throw answer;
      },
      GetSubscriptionAttributes: () => ({ Attributes: { PendingConfirmation: "false" } }),
    });
    const removed = subscription.remove(`${arn}:1`);
    await (message ? expect(removed).rejects.toThrow(message) : expect(removed).resolves.toBeUndefined());
  });
});
