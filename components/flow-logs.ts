import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface FlowLogsArgs {
  vpcId: pulumi.Input<string>;
  accountId: string;
  partition: string;
  region: string;
  /** The stack's path of settings, `/bluegreen/STACK`: the log group stands below it. */
  settingsPath: string;
  /** Days until a record is deleted. */
  retention: number;
  /** Key that encrypts the records; undefined: one of AWS's own. */
  keyArn?: pulumi.Input<string>;
  tags: Record<string, string>;
}

/**
 * Who talked to whom in the VPC, and what was refused, in a log group of its own: what an incident asks for when a machine was taken over.
 * 0.63 USD for each GB of records.
 */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:FlowLogs", name, {}, opts);
    const { vpcId, accountId, partition, region, tags } = args;
    const parent = { parent: this };
    const group = new aws.cloudwatch.LogGroup(
      `${name}-group`,
      {
        name: `${args.settingsPath}/flow-logs`,
        retentionInDays: args.retention,
        kmsKeyId: args.keyArn,
        tags,
      },
      parent,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: "VPC Flow Logs: writes the records of one VPC",
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "vpc-flow-logs.amazonaws.com" },
              Action: "sts:AssumeRole",
              // Or another account's flow logs could write here through the service (VPC's user guide, "IAM role for publishing flow logs").
              Condition: {
                StringEquals: { "aws:SourceAccount": accountId },
                ArnLike: { "aws:SourceArn": `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*` },
              },
            },
          ],
        }),
        tags,
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: group.arn.apply(writePolicy) },
      parent,
    );
    new aws.ec2.FlowLog(
      `${name}-vpc`,
      { vpcId, trafficType: "ALL", logDestination: group.arn, iamRoleArn: role.arn, tags },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}

const writePolicy = (groupArn: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteRecords",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: [groupArn, `${groupArn}:*`],
      },
    ],
  });
