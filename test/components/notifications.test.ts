import { Notifications, type NotificationsArgs } from "../../components/notifications.ts";
import { createRejectedConnectionsAlarm } from "../../components/rejected-connections-alarm.ts";
import { named, register } from "../program.ts";

const args: NotificationsArgs = {
  baseName: "bluegreen-dev",
  accountId: "222222222222",
  partition: "aws-cn",
  tags: { Project: "p" },
  notificationEmails: [],
};
const made = (more: Partial<NotificationsArgs> = {}) =>
  register(() => void new Notifications("n", { ...args, ...more }));
const topicArn = "arn:aws:sns:eu-central-1:111111111111:bluegreen-dev-1234567";
const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
const statementsOf = (policy: unknown) => (JSON.parse(policy as string) as { Statement: object[] }).Statement;

test("the topic is encrypted with a key that CloudWatch may use, and that the account can manage", async () => {
  const resources = await made();
  expect(named(resources, "bluegreen-dev").inputs).toEqual({ kmsMasterKeyId: "arn:n-key", tags: { Project: "p" } });
  const { policy, ...key } = named(resources, "n-key").inputs;
  expect(key).toMatchObject({ enableKeyRotation: true, tags: { Project: "p" } });
  expect(statementsOf(policy)).toMatchObject([
    { Effect: "Allow", Principal: { AWS: "arn:aws-cn:iam::222222222222:root" }, Action: "kms:*" },
    { Effect: "Allow", Principal: cloudWatch, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*" },
  ]);
});

test("CloudWatch may publish for this account's alarms, and nobody without TLS", async () => {
  const { arn, policy } = named(await made(), "n-policy").inputs;
  expect(arn).toBe(topicArn);
  expect(statementsOf(policy)).toEqual([
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: cloudWatch,
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { StringEquals: { "aws:SourceAccount": "222222222222" } },
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

test.each([[[]], [["ops@example.com", "team@example.com"]]])(
  "each address subscribes: %j",
  async (notificationEmails) => {
    const resources = await made({ notificationEmails });
    const subscriptions = resources.filter(({ type }) => type === "aws:sns/topicSubscription:TopicSubscription");
    expect(subscriptions.map(({ inputs }) => inputs)).toEqual(
      notificationEmails.map((endpoint) => ({ topic: topicArn, protocol: "email", endpoint })),
    );
  },
);

test("who is given the topic waits for its policy, and its name has nothing that SNS refuses", async () => {
  const resources = await register(() => {
    const { topicArn: given } = new Notifications("n", { ...args, baseName: "bluegreen-a.b_c" });
    createRejectedConnectionsAlarm("rejected", { loadBalancerArnSuffix: "app/alb/1", topicArn: given, tags: {} }, {});
  });
  expect(named(resources, "rejected").options.dependencies).toContain("n-policy");
  expect(named(resources, "bluegreen-a-b_c").type).toBe("aws:sns/topic:Topic");
});
