import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface NotificationsArgs {
  /** Base of the topic's name, which those who subscribe see. */
  baseName: string;
  accountId: string;
  partition: string;
  /** E-mail addresses; each is asked to confirm before it is told anything. */
  notificationEmails: string[];
  /** Key that encrypts the topic, and that CloudWatch may use; undefined: one is made. */
  keyArn?: pulumi.Input<string>;
  tags: Record<string, string>;
}

/**
 * The topic that alarms and releases are told through, encrypted with a key of its own (1 USD a month): CloudWatch may
 * not use the key that AWS manages for SNS, and its alarms would be lost.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Notifications", name, {}, opts);
    const { baseName, tags } = args;
    const parent = { parent: this };
    const keyArn = args.keyArn ?? this.ownKey(name, args);
    // A topic's name takes letters, digits, hyphens and underscores; a stack's may hold dots.
    const topic = new aws.sns.Topic(baseName.replaceAll(".", "-"), { kmsMasterKeyId: keyArn, tags }, parent);
    const policy = new aws.sns.TopicPolicy(
      `${name}-policy`,
      { arn: topic.arn, policy: topic.arn.apply((arn) => topicPolicy(arn, args)) },
      parent,
    );
    for (const endpoint of args.notificationEmails) {
      new aws.sns.TopicSubscription(`${name}-${endpoint}`, { topic: topic.arn, protocol: "email", endpoint }, parent);
    }
    // Who is given the topic may publish to it: the policy stands by then.
    this.topicArn = pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ topicArn: this.topicArn });
  }

  private ownKey(name: string, args: NotificationsArgs): pulumi.Output<string> {
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `Notifications of ${args.baseName}`,
        enableKeyRotation: true,
        deletionWindowInDays: 7,
        policy: keyPolicy(args),
        tags: args.tags,
      },
      { parent: this },
    );
    return key.arn;
  }
}

const cloudWatch = { Service: "cloudwatch.amazonaws.com" };

/** CloudWatch's statement has no condition, as AWS gives it: whose alarms it may speak for, the topic's policy says. */
function keyPolicy({ accountId, partition }: NotificationsArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountDecides",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "AlarmsMayPublish",
        Effect: "Allow",
        Principal: cloudWatch,
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
      },
    ],
  });
}

function topicPolicy(topicArn: string, { accountId }: NotificationsArgs): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlarmsOfThisAccount",
        Effect: "Allow",
        Principal: cloudWatch,
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
