import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { SendCommandCommand, SSMClient, type SendCommandCommandInput } from "@aws-sdk/client-ssm";
import { runJob, type JobClients, type RunJobArgs } from "../../../cli/jobs/run-job.ts";
import { type Cloud, runCloud } from "../../../packages/local-aws/cloud.ts";
import { registerImages, type ImageName } from "../../../rehearsal/images/catalog.ts";
import { findMoto } from "../../../tools/moto.ts";

// Jobs as they really run: the local cloud, with processes for machines.
const region = "eu-central-1";
let cloud: Cloud;
let clients: JobClients;
let images: Record<ImageName, string>;
let subnet: string;
let otherSubnet: string;
let securityGroup: string;
let jobsProfileArn: string | undefined;
const templates: Partial<Record<ImageName, string>> = {};

beforeAll(async () => {
  cloud = await runCloud({ timeScale: 100, motoPython: await findMoto(() => undefined), region }, () => undefined);
  const config = cloud.client;
  clients = {
    autoScaling: new AutoScalingClient(config),
    ec2: new EC2Client(config),
    logs: new CloudWatchLogsClient(config),
    ssm: new SSMClient(config),
  };
  const { ec2 } = clients;
  const iam = new IAMClient(config);
  images = await registerImages(config);
  const network = async () => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.77.0.0/16" }));
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.77.0.0/24" }));
    return { vpc: Vpc?.VpcId, subnet: Subnet?.SubnetId ?? "" };
  };
  const own = await network();
  subnet = own.subnet;
  otherSubnet = (await network()).subnet;
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "fleet", Description: "fleet", VpcId: own.vpc }),
  );
  securityGroup = group.GroupId ?? "";
  const [RoleName, InstanceProfileName] = ["fleet", "fleet"];
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  await iam.send(new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName }));
  const jobs = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "jobs" }));
  await iam.send(new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName: "jobs" }));
  jobsProfileArn = jobs.InstanceProfile?.Arn;
  for (const name of ["good-v1", "brings-schema-2"] as const) await makeFleet(name);
}, 120_000);

afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.stop();
});

async function makeFleet(name: ImageName): Promise<void> {
  const { LaunchTemplate } = await clients.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: images[name],
        InstanceType: "t3.small",
        IamInstanceProfile: { Name: "fleet" },
        NetworkInterfaces: [{ DeviceIndex: 0, Groups: [securityGroup], AssociatePublicIpAddress: false }],
        UserData: Buffer.from("BLUEGREEN_COLOR=green\n").toString("base64"),
      },
    }),
  );
  const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId;
  templates[name] = LaunchTemplateId;
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 1,
      VPCZoneIdentifier: subnet,
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId, Version: "1" } },
      },
    }),
  );
}

function job(fleet: ImageName, args: Partial<RunJobArgs> = {}) {
  const lines: string[] = [];
  const started: string[] = [];
  const result = runJob(clients, {
    job: "migrate",
    args: [],
    timeout: 600,
    project: "bluegreen",
    environment: "dev",
    logGroup: "/jobs",
    fleet: { color: "green", groupName: fleet, weight: 100 },
    on: "fresh",
    signal: new AbortController().signal,
    report: (message) => void started.push(...(/^i-\w+/.exec(message) ?? [])),
    line: (stream, text) => void lines.push(`${stream} ${text}`),
    ...args,
  });
  return { result, lines, started };
}

async function stateOf(id: string | undefined): Promise<string | undefined> {
  const { Reservations } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id ?? ""] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
}

async function profileOf(id: string): Promise<string | undefined> {
  const { Reservations } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.IamInstanceProfile?.Arn;
}

const ended = /^(shutting-down|terminated)$/;

it("runs a job on an instance outside of the group, which ends with it", async () => {
  let profile: Promise<string | undefined> | undefined;
  const { result, lines } = job("brings-schema-2", {
    instanceProfileArn: jobsProfileArn,
    report: (message) => {
      const [, id] = /runs on (i-\w+)/.exec(message) ?? [];
      if (id) profile = profileOf(id);
    },
  });
  const { instanceId, log, ...how } = await result;
  expect(how).toMatchObject({ status: "Success", exitCode: 0, stdout: "schema 1 -> 2\n", truncated: false });
  expect(lines).toEqual(["stdout schema 1 -> 2"]);
  expect(await stateOf(instanceId)).toMatch(ended);
  expect(await profile).toBe(jobsProfileArn);
  const events = await clients.logs.send(
    new GetLogEventsCommand({ logGroupName: log?.group, logStreamName: log?.stream ?? "" }),
  );
  expect(events.events?.map(({ message }) => message)).toEqual(["schema 1 -> 2"]);
  const { AutoScalingGroups } = await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  expect(AutoScalingGroups?.flatMap(({ Instances = [] }) => Instances)).toEqual([]);
});

it("gives the job's own failure: one that the release refuses, and one that it doesn't know", async () => {
  const refused = job("good-v1");
  const message = "the store's schema is 2, and v1.0.0 works with 1 to 1\n";
  await expect(refused.result).resolves.toMatchObject({ status: "Failed", exitCode: 1, stderr: message });
  const unknown = job("good-v1", { job: "dance", args: ["it's"] });
  await expect(unknown.result).resolves.toMatchObject({ status: "Failed", exitCode: 2 });
  expect(unknown.lines).toEqual(["stderr no such command: dance"]);
});

it("ends the instance when it is interrupted", async () => {
  const interruption = new AbortController();
  const started: string[] = [];
  const report = (message: string): void => {
    started.push(...(/^i-\w+/.exec(message) ?? []));
    interruption.abort(new Error("interrupted"));
  };
  const { result } = job("good-v1", { signal: interruption.signal, report });
  await expect(result).rejects.toThrow("interrupted");
  expect(await stateOf(started[0])).toMatch(ended);
});

describe("the local cloud is as strict as AWS", () => {
  const launch = (input: Partial<RunInstancesCommandInput>) =>
    clients.ec2.send(
      new RunInstancesCommand({
        LaunchTemplate: { LaunchTemplateId: templates["good-v1"] },
        MinCount: 1,
        MaxCount: 1,
        ...input,
      }),
    );
  const into = (SubnetId: string) => [{ DeviceIndex: 0, SubnetId, Groups: [securityGroup] }];

  it.each<[string, () => Partial<RunInstancesCommandInput>, RegExp]>([
    ["a subnet beside the template's interface", () => ({ SubnetId: subnet }), /instance-level subnet ID may not be/],
    [
      "a subnet beside an interface of its own",
      () => ({ NetworkInterfaces: into(subnet), SubnetId: subnet }),
      /instance-level subnet ID may not be/,
    ],
    [
      "security groups beside an interface",
      () => ({ NetworkInterfaces: into(subnet), SecurityGroupIds: [securityGroup] }),
      /instance-level security groups may not be/,
    ],
    ["another VPC's subnet", () => ({ NetworkInterfaces: into(otherSubnet) }), /belong to different networks/],
    ["no such subnet", () => ({ NetworkInterfaces: into("subnet-0") }), /'subnet-0' does not exist/],
    [
      "a tag of AWS's own",
      () => ({
        NetworkInterfaces: into(subnet),
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "aws:x", Value: "" }] }],
      }),
      /reserved for internal use/,
    ],
    ["what it does not know", () => ({ NetworkInterfaces: into(subnet), EbsOptimized: true }), /does not know/],
  ])("refuses %s", async (_, input, message) => {
    await expect(launch(input())).rejects.toThrow(message);
  });

  it("launches once for a client token", async () => {
    const input = { NetworkInterfaces: into(subnet), ClientToken: "once" };
    const [first, second] = await Promise.all([launch(input), launch(input)]);
    expect(first.Instances?.[0]?.InstanceId).toMatch(/^i-/);
    expect(second.Instances?.[0]?.InstanceId).toBe(first.Instances?.[0]?.InstanceId);
    await expect(launch({ ...input, InstanceInitiatedShutdownBehavior: "stop" })).rejects.toThrow("inconsistent");
  });

  const send = (input: Partial<SendCommandCommandInput>) =>
    clients.ssm.send(
      new SendCommandCommand({
        DocumentName: "AWS-RunShellScript",
        InstanceIds: ["i-00000000000000000"],
        Parameters: { commands: ["true"] },
        ...input,
      }),
    );

  it.each<[Partial<SendCommandCommandInput>, string]>([
    [{}, "InvalidInstanceId"],
    [{ DocumentName: "mine" }, "InvalidDocument"],
    [{ Parameters: {} }, "InvalidParameters"],
    [{ Parameters: { commands: ["true"], executionTimeout: ["soon"] } }, "InvalidParameters"],
    [{ TimeoutSeconds: 29 }, "ValidationException"],
    [{ Comment: "x".repeat(101) }, "ValidationException"],
  ])("refuses SendCommand with %j", async (input, name) => {
    await expect(send(input)).rejects.toMatchObject({ name });
  });
});
