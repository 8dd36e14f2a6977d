import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface StackKeyArgs {
  /** Base of the key's description. */
  baseName: string;
  accountId: string;
  partition: string;
  region: string;
  /** The stack's path of settings, `/bluegreen/STACK`: its log groups' names begin with it. */
  settingsPath: string;
  /** Whether Pulumi refuses to delete it: all that it encrypted would be lost. */
  protect: boolean;
  tags: Record<string, string>;
}

/** Days until a deletion takes place; AWS's longest, since it takes along what the key encrypted. */
const deletionWindowInDays = 30;

/**
 * The stack's own key, for the fleets' volumes, the logs, the topic, the table and the settings in Parameter Store: who may use what
 * is kept can be read in one policy, and taken away in one place. 1 USD a month, and 0.03 for 10,000 requests.
 */
export class StackKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StackKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:StackKey", name, {}, opts);
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `All that ${args.baseName} keeps`,
        enableKeyRotation: true,
        deletionWindowInDays,
        policy: keyPolicy(args),
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const useKey = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

function keyPolicy({ accountId, partition, region, settingsPath }: StackKeyArgs): string {
  const allow = (Sid: string, Principal: object, Action: string | string[], Condition?: object) => ({
    Sid,
    Effect: "Allow",
    Principal,
    Action,
    Resource: "*",
    Condition,
  });
  const anybody = { AWS: "*" };
  // Named by a condition: KMS refuses a policy with a principal that is not there yet, and an account's first group makes this role.
  const autoScaling = `arn:${partition}:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  const ofAutoScaling = { StringEquals: { "aws:PrincipalArn": autoScaling } };
  const through = (...services: string[]) => services.map((service) => `${service}.${region}.amazonaws.com`);
  const inAccount = (services: string[]) => ({
    StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": services },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow("AccountDecides", { AWS: `arn:${partition}:iam::${accountId}:root` }, "kms:*"),
      // Without these two a launch ends with "Client.InternalError" (Auto Scaling: "Required AWS KMS key policy for use with encrypted volumes").
      allow("AutoScalingMayEncryptVolumes", anybody, useKey, ofAutoScaling),
      allow("AutoScalingMayAttachVolumes", anybody, "kms:CreateGrant", {
        ...ofAutoScaling,
        Bool: { "kms:GrantIsForAWSResource": "true" },
      }),
      // As AWS's own keys have it: whoever may use the table, a setting or the topic may use the key through it, and not beside it.
      allow("AccountThroughServices", anybody, useKey, inAccount(through("dynamodb", "ssm", "sns", "ec2"))),
      allow("AccountMayAttachVolumes", anybody, "kms:CreateGrant", {
        ...inAccount(through("ec2", "dynamodb")),
        Bool: { "kms:GrantIsForAWSResource": "true" },
      }),
      allow(
        "LogsOfThisStack",
        { Service: `logs.${region}.amazonaws.com` },
        ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
        {
          StringLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${accountId}:log-group:${settingsPath}/*`,
          },
        },
      ),
      // A description has no encryption context.
      allow("LogsMaySeeTheKey", { Service: `logs.${region}.amazonaws.com` }, "kms:DescribeKey"),
      // No condition, as AWS gives it: whose alarms may speak, the topic's policy says.
      allow("AlarmsMayPublish", { Service: "cloudwatch.amazonaws.com" }, ["kms:Decrypt", "kms:GenerateDataKey*"]),
    ],
  });
}
