import { alarmPublisher, type AlarmPublisherArgs } from "../../../../packages/local-aws/sns/alarm-publisher.ts";
import { defaultPolicy } from "../../../../packages/provider-stub/handlers/sns.ts";

const arn = "arn:aws:sns:eu-central-1:123456789012:releases";
const alarm = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:blue";
const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const owner = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
const use = {
  Effect: "Allow",
  Principal: cloudWatch,
  Resource: "*",
  Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
};
const publish = { Effect: "Allow", Principal: cloudWatch, Action: "sns:Publish", Resource: arn };

/** A topic with its key, each by its policy; what was published. */
function world(topicPolicy: string, key?: { id?: string; policy?: string; state?: string }) {
  const published: unknown[] = [];
  const answers: Record<string, object> = {
    GetTopicAttributesCommand: { Attributes: { Policy: topicPolicy, ...(key && { KmsMasterKeyId: key.id ?? "1" }) } },
    DescribeKeyCommand: { KeyMetadata: { KeyId: "1", Arn: "arn:key/1", KeyState: key?.state ?? "Enabled" } },
    GetKeyPolicyCommand: { Policy: key?.policy },
  };
  const send = (command: { input: object }) => {
    const { name } = command.constructor as { name: string };
    if (name === "PublishCommand") published.push(command.input);
    else if (!answers[name]) throw new Error(`nobody expected ${name}`);
    return Promise.resolve(answers[name] ?? {});
  };
  const client: unknown = { send };
  const args = { sns: client, kms: client } as AlarmPublisherArgs;
  return { published, publish: () => alarmPublisher(args)(arn, "ALARM", "it is bad", alarm) };
}

const open = document(owner, use);
it.each<[string, ReturnType<typeof world>]>([
  ["that is as it was made", world(defaultPolicy(arn, "123456789012"))],
  ["that lets CloudWatch", world(document(publish))],
  ["and a key that let CloudWatch", world(document(publish), { policy: open })],
])("an alarm publishes to a topic %s", async (_what, { publish: go, published }) => {
  await go();
  expect(published).toEqual([{ TopicArn: arn, Subject: "ALARM", Message: "it is bad" }]);
});

const topicSays = `Resource: ${alarm} is not authorized to perform: SNS:Publish on resource: ${arn}`;
const keySays = "CloudWatch Alarms is not authorized to access the SNS topic encryption key.";
const viaSns = { StringEquals: { "kms:ViaService": "sns.eu-central-1.amazonaws.com" } };
it.each<[string, string, ReturnType<typeof world>]>([
  ["a policy for others", topicSays, world(document({ ...publish, Principal: { Service: "s3.amazonaws.com" } }))],
  ["a key for the account alone", keySays, world(document(publish), { policy: document(owner) })],
  [
    "a key that may decrypt alone",
    keySays,
    world(document(publish), { policy: document({ ...use, Action: "kms:Decrypt" }) }),
  ],
  ["a key by way of SNS", keySays, world(document(publish), { policy: document({ ...use, Condition: viaSns }) })],
  ["a key that is about to go", keySays, world(document(publish), { policy: open, state: "PendingDeletion" })],
  ["the key that AWS manages", keySays, world(document(publish), { id: "alias/aws/sns", policy: open })],
])("no alarm publishes to a topic with %s", async (_what, words, { publish: go, published }) => {
  await expect(go()).rejects.toThrow(words);
  expect(published).toEqual([]);
});
