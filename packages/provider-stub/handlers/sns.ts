import * as sns from "@aws-sdk/client-sns";
import { codeOf, ifThere, messageOf } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { shape, tagList, tagMap, text } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import { faultsOf, JSON_OBJECT } from "./rules.ts";

async function attributesOf(TopicArn: string, cloud: Cloud): Promise<Record<string, string> | undefined> {
  return (await ifThere(cloud.sns.send(new sns.GetTopicAttributesCommand({ TopicArn }))))?.Attributes;
}

/** The official provider tries again for two minutes: a principal that was made a moment ago isn't seen at once. */
async function setAttribute(TopicArn: string, AttributeName: string, AttributeValue: string, cloud: Cloud) {
  const request = new sns.SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue });
  await retrying(/^InvalidParameter/, 2, cloud, () => cloud.sns.send(request));
}

const topicTagging: Tagging = {
  tag: (ResourceArn, tags, cloud) => cloud.sns.send(new sns.TagResourceCommand({ ResourceArn, Tags: tagList(tags) })),
  untag: (ResourceArn, TagKeys, cloud) => cloud.sns.send(new sns.UntagResourceCommand({ ResourceArn, TagKeys })),
};

const topic: Row = {
  type: "aws:sns/topic:Topic",
  args: shape("name kmsMasterKeyId:own tags:own"),
  replace: "name",
  name: { max: 256, pattern: { test: /^[0-9A-Za-z_-]+$/, says: "use letters, digits, hyphens and underscores only" } },
  tagging: topicTagging,
  async create(inputs, cloud) {
    const request = { Name: String(inputs.name), Tags: tagList(inputs.tags) };
    return (await cloud.sns.send(new sns.CreateTopicCommand(request))).TopicArn ?? "";
  },
  async settle(arn, { kmsMasterKeyId }, cloud) {
    if (kmsMasterKeyId) await setAttribute(arn, "KmsMasterKeyId", text(kmsMasterKeyId), cloud);
  },
  async read(arn, cloud) {
    const found = await attributesOf(arn, cloud);
    if (!found) return undefined;
    const { Tags } = await cloud.sns.send(new sns.ListTagsForResourceCommand({ ResourceArn: arn }));
    return {
      name: arn.split(":").pop(),
      kmsMasterKeyId: found.KmsMasterKeyId || null,
      policy: found.Policy,
      owner: found.Owner,
      tags: tagMap(Tags),
      arn,
    };
  },
  async update({ id, news, changed }, cloud) {
    if (changed("kmsMasterKeyId")) await setAttribute(id, "KmsMasterKeyId", text(news.kmsMasterKeyId ?? ""), cloud);
  },
  async remove(TopicArn, _state, cloud) {
    await ifThere(cloud.sns.send(new sns.DeleteTopicCommand({ TopicArn })));
  },
};

const OWNER_ACTIONS = ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic"];
const USER_ACTIONS = ["Subscribe", "ListSubscriptionsByTopic", "Publish", "Receive"];

/** What a topic has from its creation on; a topic is never without a policy. */
export function defaultPolicy(arn: string, account: string): string {
  const Statement = {
    Sid: "__default_statement_ID",
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: [...OWNER_ACTIONS, ...USER_ACTIONS].map((action) => `SNS:${action}`),
    Resource: arn,
    Condition: { StringEquals: { "AWS:SourceOwner": account } },
  };
  return JSON.stringify({ Version: "2008-10-17", Id: "__default_policy_ID", Statement: [Statement] });
}

const topicPolicy: Row = {
  type: "aws:sns/topicPolicy:TopicPolicy",
  args: shape("arn policy"),
  replace: "arn",
  check: (inputs) => faultsOf({ policy: JSON_OBJECT }, inputs),
  async create(inputs, cloud) {
    const arn = String(inputs.arn);
    await setAttribute(arn, "Policy", String(inputs.policy), cloud);
    return arn;
  },
  async read(arn, cloud) {
    const found = await attributesOf(arn, cloud);
    return found?.Policy ? { arn, policy: found.Policy, owner: found.Owner } : undefined;
  },
  async update({ id, news }, cloud) {
    await setAttribute(id, "Policy", String(news.policy), cloud);
  },
  async remove(arn, state, cloud) {
    await ifThere(setAttribute(arn, "Policy", defaultPolicy(arn, String(state.owner)), cloud));
  },
};

const subscriptionArgs = shape("topic=TopicArn protocol endpoint");

async function subscriptionOf(SubscriptionArn: string, cloud: Cloud): Promise<Record<string, string> | undefined> {
  return (await ifThere(cloud.sns.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn }))))?.Attributes;
}

const topicSubscription: Row = {
  type: "aws:sns/topicSubscription:TopicSubscription",
  args: subscriptionArgs,
  replace: "topic protocol endpoint",
  check: ({ protocol }) =>
    protocol === "email" ? [] : [{ property: "protocol", reason: `"${text(protocol)}": the stand-in only does email` }],
  async create({ topic: arn, protocol, endpoint }, cloud) {
    const request = { TopicArn: String(arn), Protocol: String(protocol), Endpoint: String(endpoint) };
    const made = await cloud.sns.send(new sns.SubscribeCommand({ ...request, ReturnSubscriptionArn: true }));
    return made.SubscriptionArn ?? "";
  },
  async read(arn, cloud) {
    const found = await subscriptionOf(arn, cloud);
    return (
      found && {
        topic: found.TopicArn,
        protocol: found.Protocol,
        endpoint: found.Endpoint,
        ownerId: found.Owner,
        pendingConfirmation: found.PendingConfirmation === "true",
        confirmationWasAuthenticated: found.ConfirmationWasAuthenticated === "true",
        arn,
      }
    );
  },
  async remove(arn, _state, cloud) {
    try {
      await cloud.sns.send(new sns.UnsubscribeCommand({ SubscriptionArn: arn }));
    } catch (error) {
      // AWS forgets a subscription that nobody has confirmed by itself, after some days.
      if (/^InvalidParameter/.test(codeOf(error)) && /pending confirmation/.test(messageOf(error))) return;
      throw error;
    }
    await until(`subscription ${arn} to be deleted`, 2, cloud, async () =>
      (await subscriptionOf(arn, cloud)) ? { missing: "it is still there" } : { done: true },
    );
  },
};

/** Topics with their policies and subscriptions. */
export const snsRows: Row[] = [topic, topicPolicy, topicSubscription];
