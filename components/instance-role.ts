import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroupName, type LogSource, systemLogGroupName } from "./log-groups.ts";

export interface InstanceRoleArgs {
  /** Whose instances: a colour's, or those of one-off jobs, which belong to no group. */
  source: LogSource;
  accountId: string;
  partition: string;
  region: string;
  /** SSM parameter path below which the service's settings and secrets live, with the leading slash. */
  settingsPath: string;
  /** Policies that the service needs beside these. */
  policyArns: string[];
  /** Permissions boundary of the role; undefined: its policies alone decide. */
  boundaryArn?: string;
  /** Tags that the colour's group carries, too. */
  tags: Record<string, string>;
}

/**
 * What a fleet's or a job's instances may do: be reached by Session Manager instead of SSH, read their own settings, answer the
 * launch lifecycle hook of their own group, and send their own logs and their agent's metrics. Jobs have a role of their own,
 * so that no instance of a fleet can write what a job is taken to have printed.
 */
export class InstanceRole extends pulumi.ComponentResource {
  readonly instanceProfileArn: pulumi.Output<string>;
  /** Policies that must stand before an instance starts with the role. */
  readonly policies: pulumi.Resource[];

  constructor(name: string, args: InstanceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:InstanceRole", name, {}, opts);
    const { source, accountId, partition, region, settingsPath, tags } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        description: source === "jobs" ? "Instances of one-off jobs" : `Instances of the ${source} fleet`,
        permissionsBoundary: args.boundaryArn,
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
        tags,
      },
      parent,
    );
    const core = new aws.iam.RolePolicyAttachment(
      `${name}-session-manager`,
      { role: role.name, policyArn: `arn:${partition}:iam::aws:policy/AmazonSSMManagedInstanceCore` },
      parent,
    );
    const settings = ["", "/*"].map(
      (end) => `arn:${partition}:ssm:${region}:${accountId}:parameter${settingsPath}${end}`,
    );
    const logGroups = [logGroupName(settingsPath, source), systemLogGroupName(settingsPath)].map(
      (group) => `arn:${partition}:logs:${region}:${accountId}:log-group:${group}`,
    );
    // One policy for all of it: the engine asks the provider about each resource, twice in every update.
    const own = new aws.iam.RolePolicy(
      `${name}-policy`,
      {
        role: role.name,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "ReadOwnSettings",
              Effect: "Allow",
              Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
              Resource: settings,
            },
            {
              // Session Manager's managed policy lets an instance read every parameter of the account.
              Sid: "ReadNoOthers",
              Effect: "Deny",
              Action: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
              NotResource: [...settings, `arn:${partition}:ssm:${region}::parameter/aws/*`],
            },
            ...answerOwnLaunchHook(args),
            {
              Sid: "WriteOwnLogs",
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
              Resource: logGroups.flatMap((group) => [group, `${group}:*`]),
            },
            {
              // Systems Manager's agent looks for a log group among all of them before it writes a command's output.
              Sid: "FindLogGroups",
              Effect: "Allow",
              Action: "logs:DescribeLogGroups",
              Resource: `arn:${partition}:logs:${region}:${accountId}:log-group:*`,
            },
            {
              Sid: "SendAgentMetrics",
              Effect: "Allow",
              Action: "cloudwatch:PutMetricData",
              Resource: "*",
              Condition: { StringEquals: { "cloudwatch:namespace": "CWAgent" } },
            },
            {
              // The CloudWatch agent reads its group's name there, and sends nothing before it has; EC2 knows no narrower right.
              Sid: "ReadTags",
              Effect: "Allow",
              Action: "ec2:DescribeTags",
              Resource: "*",
            },
          ],
        }),
      },
      parent,
    );
    const given = args.policyArns.map(
      (policyArn) => new aws.iam.RolePolicyAttachment(`${name}-${policyArn}`, { role: role.name, policyArn }, parent),
    );
    this.policies = [core, own, ...given];
    this.instanceProfileArn = new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name, tags }, parent).arn;
    this.registerOutputs({ instanceProfileArn: this.instanceProfileArn });
  }
}

/** The right to answer the launch hook of the colour's group; a job's instance is in none. */
function answerOwnLaunchHook({ source, accountId, partition, region, tags }: InstanceRoleArgs): object[] {
  if (source === "jobs") return [];
  const ownGroup = Object.entries({ ...tags, Color: source }).map(([key, value]) => [
    `autoscaling:ResourceTag/${key}`,
    value,
  ]);
  return [
    {
      Sid: "AnswerOwnLaunchHook",
      Effect: "Allow",
      Action: "autoscaling:CompleteLifecycleAction",
      // Told apart by its tags: a group's name is made after the role.
      Resource: `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/*`,
      Condition: { StringEquals: Object.fromEntries(ownGroup) as Record<string, string> },
    },
  ];
}
