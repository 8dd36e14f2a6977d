import { InstanceRole } from "../../components/instance-role.ts";
import { named, register } from "../program.ts";

const args = {
  color: "green" as const,
  accountId: "111111111111",
  partition: "aws-cn",
  region: "cn-north-1",
  settingsPath: "/bluegreen/dev",
  policyArns: ["arn:aws-cn:iam::111111111111:policy/team/Queue"],
  tags: {},
};

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
  expect(role?.policies).toHaveLength(5);
});

test("it reads and never writes, and only below its own path", async () => {
  const resources = await register(() => void new InstanceRole("i", { ...args, policyArns: [] }));
  const { Statement } = JSON.parse(named(resources, "i-settings").inputs.policy as string) as {
    Statement: { Effect: string; Action: string[]; Resource?: string[]; NotResource?: string[] }[];
  };
  const [allow, deny, ...others] = Statement;
  expect(others).toEqual([]);
  expect(allow.Action.filter((action) => !action.startsWith("ssm:Get"))).toEqual([]);
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
  const resources = await register(() => void new InstanceRole("i", { ...args, tags }));
  const policy = JSON.parse(named(resources, "i-boot-gate").inputs.policy as string) as { Statement: object[] };
  expect(policy.Statement).toEqual([
    {
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
    },
  ]);
});

test("it sends logs to its own colour's group and to the jobs', and metrics of the agent's namespace alone", async () => {
  const resources = await register(() => void new InstanceRole("i", args));
  const { Statement } = JSON.parse(named(resources, "i-telemetry").inputs.policy as string) as { Statement: object[] };
  const group = (end: string) => `arn:aws-cn:logs:cn-north-1:111111111111:log-group:${end}`;
  expect(Statement).toEqual([
    {
      Sid: "WriteOwnLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [
        group("/bluegreen/dev/green"),
        group("/bluegreen/dev/green:*"),
        group("/bluegreen/dev/jobs"),
        group("/bluegreen/dev/jobs:*"),
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
