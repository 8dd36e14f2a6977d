import { InstanceRole } from "../../components/instance-role.ts";
import type { LogSource } from "../../components/log-groups.ts";
import { named, register } from "../program.ts";

const args = {
  source: "green" as LogSource,
  accountId: "111111111111",
  partition: "aws-cn",
  region: "cn-north-1",
  settingsPath: "/bluegreen/dev",
  policyArns: ["arn:aws-cn:iam::111111111111:policy/team/Queue"],
  tags: {},
};

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  NotResource?: string[];
}

/** The role's own statements by name, as registered. */
async function statements(given: Partial<typeof args>): Promise<Record<string, Statement>> {
  const resources = await register(() => void new InstanceRole("i", { ...args, ...given }));
  const policy = JSON.parse(named(resources, "i-policy").inputs.policy as string) as { Statement: Statement[] };
  return Object.fromEntries(policy.Statement.map((statement) => [statement.Sid, statement]));
}

test("given a role, then it has these statements and no other", async () => {
  expect(Object.keys(await statements({}))).toEqual([
    "ReadOwnSettings",
    "ReadNoOthers",
    "AnswerOwnLaunchHook",
    "WriteOwnLogs",
    "FindLogGroups",
    "SendAgentMetrics",
    "ReadTags",
  ]);
});

test("EC2 alone may take it, Session Manager reaches it, and given policies are added", async () => {
  let role: InstanceRole | undefined;
  const resources = await register(() => (role = new InstanceRole("i", args)));
  const trust = JSON.parse(named(resources, "i-role").inputs.assumeRolePolicy as string) as { Statement: object[] };
  expect(trust.Statement).toEqual([
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  expect(named(resources, "i-session-manager").inputs).toEqual({
    role: "i-role",
    policyArn: "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore",
  });
  expect(named(resources, `i-${args.policyArns[0]}`).inputs.policyArn).toBe(args.policyArns[0]);
  expect(role?.policies).toHaveLength(3);
});

test("it reads and never writes, and only below its own path", async () => {
  const { ReadOwnSettings: allow, ReadNoOthers: deny } = await statements({ policyArns: [] });
  expect(allow.Action).toEqual(["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]);
  const parameter = "arn:aws-cn:ssm:cn-north-1:111111111111:parameter/bluegreen/dev";
  expect(allow).toMatchObject({ Effect: "Allow", Resource: [parameter, `${parameter}/*`] });
  // Session Manager's managed policy would let it read all of them.
  expect(deny).toEqual({
    Sid: "ReadNoOthers",
    Effect: "Deny",
    Action: allow.Action,
    NotResource: [parameter, `${parameter}/*`, "arn:aws-cn:ssm:cn-north-1::parameter/aws/*"],
  });
});

test("it answers launch hooks of its own colour's group and of no other", async () => {
  const tags = { Project: "bluegreen", Environment: "dev" };
  expect((await statements({ tags })).AnswerOwnLaunchHook).toEqual({
    Sid: "AnswerOwnLaunchHook",
    Effect: "Allow",
    Action: "autoscaling:CompleteLifecycleAction",
    Resource: "arn:aws-cn:autoscaling:cn-north-1:111111111111:autoScalingGroup:*:autoScalingGroupName/*",
    Condition: {
      StringEquals: {
        "autoscaling:ResourceTag/Project": "bluegreen",
        "autoscaling:ResourceTag/Environment": "dev",
        "autoscaling:ResourceTag/Color": "green",
      },
    },
  });
});

test("it sends logs to its own colour's group and the systems' alone, and metrics of the agent's namespace alone", async () => {
  const { WriteOwnLogs, FindLogGroups, SendAgentMetrics, ReadTags } = await statements({});
  const group = (end: string) => `arn:aws-cn:logs:cn-north-1:111111111111:log-group:${end}`;
  expect([WriteOwnLogs, FindLogGroups, SendAgentMetrics, ReadTags]).toEqual([
    {
      Sid: "WriteOwnLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [
        group("/bluegreen/dev/green"),
        group("/bluegreen/dev/green:*"),
        group("/bluegreen/dev/system"),
        group("/bluegreen/dev/system:*"),
      ],
    },
    { Sid: "FindLogGroups", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: group("*") },
    {
      Sid: "SendAgentMetrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "CWAgent" } },
    },
    { Sid: "ReadTags", Effect: "Allow", Action: "ec2:DescribeTags", Resource: "*" },
  ]);
});

test("given the role of one-off jobs, then it alone writes to the jobs' log group, and it answers no launch hook", async () => {
  const given = await statements({ source: "jobs" });
  const group = (name: string) => `arn:aws-cn:logs:cn-north-1:111111111111:log-group:/bluegreen/dev/${name}`;
  expect(given.WriteOwnLogs.Resource).toEqual([group("jobs"), group("jobs:*"), group("system"), group("system:*")]);
  expect(given).not.toHaveProperty("AnswerOwnLaunchHook");
  expect(given).toHaveProperty("ReadOwnSettings");
});
