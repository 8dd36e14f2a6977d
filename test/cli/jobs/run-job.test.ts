import { runJob, type RunJobArgs } from "../../../cli/jobs/run-job.ts";
import { awsError, fakeAws, fakeClock, type World } from "./fake-aws.ts";

const success = { Status: "Success", ResponseCode: 0, StandardOutputContent: "schema 1 -> 2\n" } as const;
const ordinary: World = {
  states: ["pending", "running"],
  invocations: [undefined, { Status: "InProgress" }, success],
};

function run(world: World, args: Partial<RunJobArgs> = {}) {
  const aws = fakeAws(world);
  const reported: string[] = [];
  const lines: string[] = [];
  const result = runJob(
    aws.clients,
    {
      job: "migrate",
      args: [],
      timeout: 600,
      project: "bluegreen",
      environment: "prod",
      logGroup: "/jobs",
      instanceProfileArn: "arn:jobs",
      fleet: { color: "blue", groupName: "group", weight: 100 },
      on: "fresh",
      signal: new AbortController().signal,
      report: (message) => void reported.push(message),
      line: (_, text) => void lines.push(text),
      ...args,
    },
    fakeClock(),
  );
  return { ...aws, result, reported, lines };
}

it("runs the job on a fresh instance of the fleet's image, and terminates it", async () => {
  const { result, inputs, lines } = run(ordinary);
  await expect(result).resolves.toEqual({
    instanceId: "i-job",
    commandId: "c-1",
    status: "Success",
    exitCode: 0,
    truncated: false,
    stdout: "schema 1 -> 2\n",
    stderr: "",
    log: { group: "/jobs", stream: "c-1/i-job/aws-runShellScript/stdout" },
  });
  expect(lines).toEqual(["schema 1 -> 2"]);
  const [launch] = inputs("RunInstances");
  expect(launch).toMatchObject({
    LaunchTemplate: { LaunchTemplateId: "lt-1", Version: "7" },
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: "subnet-a", Groups: ["sg-1"], AssociatePublicIpAddress: false }],
    InstanceInitiatedShutdownBehavior: "terminate",
    IamInstanceProfile: { Arn: "arn:jobs" },
  });
  expect(launch).not.toHaveProperty("SubnetId");
  expect(launch?.ClientToken).toEqual(expect.stringMatching(/^[\w-]{1,64}$/));
  const [{ Tags }] = launch?.TagSpecifications as [{ Tags: { Key: string; Value: string }[] }];
  expect(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
    Project: "bluegreen",
    Environment: "prod",
    Color: "blue",
    Job: "migrate",
  });
  expect(inputs("SendCommand")).toEqual([
    expect.objectContaining({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: ["i-job"],
      Parameters: { commands: expect.arrayContaining(["exec app migrate"]) as unknown, executionTimeout: ["600"] },
      CloudWatchOutputConfig: { CloudWatchOutputEnabled: true, CloudWatchLogGroupName: "/jobs" },
    }),
  ]);
  expect(inputs("TerminateInstances")).toEqual([{ InstanceIds: ["i-job"] }]);
});

it("gives a job's failure as a result", async () => {
  const failed = { Status: "Failed", ResponseCode: 3, StandardErrorContent: "no" } as const;
  const { result, inputs } = run({ invocations: [failed] });
  await expect(result).resolves.toMatchObject({ status: "Failed", exitCode: 3, stderr: "no" });
  expect(inputs("TerminateInstances")).toHaveLength(1);
});

const afterLaunch = ["DescribeInstanceInformation", "SendCommand", "GetCommandInvocation"];

it.each(afterLaunch)("terminates the instance when %s fails", async (name) => {
  const { result, inputs } = run({ ...ordinary, errors: { [name]: awsError("InternalServerError") } });
  await expect(result).rejects.toThrow("InternalServerError");
  expect(inputs("TerminateInstances")).toEqual([{ InstanceIds: ["i-job"] }]);
});

it.each(["RunInstances", ...afterLaunch])("terminates the instance when it is interrupted in %s", async (name) => {
  const interruption = new AbortController();
  const onCall = (called: string): void => void (called === name && interruption.abort(new Error("interrupted")));
  const { result, inputs } = run(
    { ...ordinary, invocations: [{ Status: "InProgress" }], onCall },
    { signal: interruption.signal },
  );
  await expect(result).rejects.toThrow("interrupted");
  expect(inputs("TerminateInstances")).toEqual([{ InstanceIds: ["i-job"] }]);
});

it.each<[World, RegExp]>([
  [{ managed: false }, /i-job has not registered with Systems Manager within 300 s.*endpoints ssm.*AmazonSSMManaged/],
  [{ states: ["pending", "terminated"] }, /i-job is terminated before the job began: no luck/],
  [{ invocations: [{ Status: "InProgress" }] }, /told no end of the command c-1 on i-job within 720 s/],
])("gives up, and says why: case %#", async (world, message) => {
  const { result, inputs } = run(world);
  await expect(result).rejects.toThrow(message);
  expect(inputs("TerminateInstances")).toHaveLength(1);
});

it.each([
  ["RunInstances", "UnauthorizedOperation", "ec2:RunInstances and iam:PassRole"],
  ["SendCommand", "AccessDeniedException", "ssm:SendCommand"],
  ["DescribeAutoScalingGroups", "AccessDenied", "autoscaling:DescribeAutoScalingGroups"],
])("names the right that %s lacks", async (name, error, right) => {
  const { result } = run({ ...ordinary, errors: { [name]: awsError(error, "not authorized") } });
  await expect(result).rejects.toThrow(`AWS denies ${right} to these credentials`);
});

it("tries the next subnet where one has no capacity, and no other one for any other reason", async () => {
  const short = run({ ...ordinary, errors: { RunInstances: awsError("InsufficientInstanceCapacity") } });
  await short.result;
  const subnets = short.inputs("RunInstances").map((input) => (input.NetworkInterfaces as [{ SubnetId: string }])[0]);
  expect(subnets.map(({ SubnetId }) => SubnetId)).toEqual(["subnet-a", "subnet-b"]);
  const wrong = run({ ...ordinary, errors: { RunInstances: awsError("InvalidParameterValue") } });
  await expect(wrong.result).rejects.toThrow("InvalidParameterValue");
  expect(wrong.inputs("RunInstances")).toHaveLength(1);
});

it("terminates what killed runs have left, and nothing of a run that goes on", async () => {
  const leftovers = { "i-old": "2025-12-31T23:59:59.000Z", "i-running": "2026-01-01T00:10:00.000Z", "i-odd": "soon" };
  const { result, inputs, reported } = run({ ...ordinary, leftovers });
  await result;
  expect(inputs("TerminateInstances")).toEqual([{ InstanceIds: ["i-old"] }, { InstanceIds: ["i-job"] }]);
  expect(reported[0]).toContain("i-old");
  expect(inputs("DescribeInstances")[0]?.Filters).toEqual(
    expect.arrayContaining([
      { Name: "tag:Project", Values: ["bluegreen"] },
      { Name: "tag:Environment", Values: ["prod"] },
    ]),
  );
});

it("keeps the job's result when its instance can't be terminated, and says so", async () => {
  const { result, reported } = run({ ...ordinary, errors: { TerminateInstances: awsError("RequestLimitExceeded") } });
  await expect(result).resolves.toMatchObject({ status: "Success" });
  expect(reported.at(-1)).toMatch(/i-job could not be terminated.*RequestLimitExceeded/);
});

describe("on the standby", () => {
  const on = (weight: number) => ({ on: "standby", fleet: { color: "green", groupName: "group", weight } }) as const;
  const members = ["i-1 Pending Healthy", "i-2 InService Unhealthy", "i-3 InService Healthy"];

  it("takes a healthy machine that is in service, and leaves it alive", async () => {
    const { result, calls } = run({ ...ordinary, members }, on(0));
    await expect(result).resolves.toMatchObject({ instanceId: "i-3", status: "Success" });
    expect(calls.map(({ name }) => name)).not.toContain("RunInstances");
    expect(calls.map(({ name }) => name)).not.toContain("TerminateInstances");
  });

  it("refuses a fleet that gets requests, and one without a healthy machine", async () => {
    await expect(run({ ...ordinary, members }, on(1)).result).rejects.toThrow("green gets 1 % of the requests");
    await expect(run({ ...ordinary, members: members.slice(0, 2) }, on(0)).result).rejects.toThrow(
      "green has no healthy instance",
    );
  });

  it("cancels the command when it is interrupted", async () => {
    const interruption = new AbortController();
    const onCall = (name: string): void => void (name === "GetCommandInvocation" && interruption.abort());
    const world = { members, invocations: [{ Status: "InProgress" } as const], onCall };
    const { result, inputs } = run(world, { ...on(0), signal: interruption.signal });
    await expect(result).rejects.toThrow();
    expect(inputs("CancelCommand")).toEqual([{ CommandId: "c-1", InstanceIds: ["i-3"] }]);
  });
});

it("given a stack that has no role for jobs yet, launches with the template's", async () => {
  const { result, inputs } = run(ordinary, { instanceProfileArn: undefined });
  await result;
  expect(inputs("RunInstances")[0]?.IamInstanceProfile).toBeUndefined();
});

it("takes the output of a fleet's machine from Run Command alone: its log is open to whoever has the machine", async () => {
  const events = { stdout: [["forged"]] };
  const world = { ...ordinary, members: ["i-1 InService Healthy"], events };
  const fleet = { color: "green" as const, groupName: "group", weight: 0 };
  const { result, inputs, lines } = run(world, { on: "standby", fleet });
  await expect(result).resolves.toMatchObject({ instanceId: "i-1", log: undefined, stdout: "schema 1 -> 2\n" });
  expect(lines).toEqual(["schema 1 -> 2"]);
  expect(inputs("SendCommand")[0]?.CloudWatchOutputConfig).toBeUndefined();
  expect(inputs("GetLogEvents")).toEqual([]);
});
