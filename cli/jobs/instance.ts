import { randomUUID } from "node:crypto";
import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../clients.ts";
import { CliError } from "../error.ts";
import type { LaunchSource } from "./launch-source.ts";
import { withPermissionHint } from "./rights.ts";

/** Tag that says when a job's run has to be over, in ISO 8601: an instance that is older is a killed run's. */
const endsTag = "JobEnds";

/** The stack that a job belongs to, by the tags of all that it has. */
export interface JobOwner {
  /** Tag `Project`. */
  readonly project: string;
  /** Tag `Environment`: the stack's name. */
  readonly environment: string;
}

/** What an instance of a job is called. */
export interface JobLabels extends JobOwner {
  readonly color: string;
  readonly job: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/**
 * The launch of a job's instance. The template has a network interface of its own, and EC2 takes a subnet beside it only
 * within one; that one stands for the template's, so it has to say all that the template's says.
 */
function launchInput(
  source: LaunchSource,
  subnetId: string,
  labels: JobLabels,
  instanceProfileArn: string | undefined,
): RunInstancesCommandInput {
  const { project, environment, color, job, ends } = labels;
  const tags = {
    Name: `${environment}-${color}-${job}`,
    Project: project,
    Environment: environment,
    Color: color,
    Job: job,
    [endsTag]: new Date(ends).toISOString(),
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ClientToken: randomUUID(),
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: { LaunchTemplateId: source.launchTemplateId, Version: source.version },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnetId,
        Groups: [...source.securityGroupIds],
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    IamInstanceProfile: instanceProfileArn ? { Arn: instanceProfileArn } : undefined,
    InstanceInitiatedShutdownBehavior: "terminate",
    TagSpecifications: (["instance", "volume", "network-interface"] as const).map((ResourceType) => ({
      ResourceType,
      Tags,
    })),
  };
}

/**
 * Launches the instance, in the next subnet where one has no capacity; gives its id.
 * @param instanceProfileArn what it runs with in place of the template's; undefined: the template's
 */
export async function launch(
  { ec2 }: Pick<Clients, "ec2">,
  source: LaunchSource,
  labels: JobLabels,
  instanceProfileArn: string | undefined,
): Promise<string> {
  let shortage = "the group names no subnet";
  for (const subnetId of source.subnetIds) {
    try {
      // Not abortable: an instance whose id nobody has heard could not be terminated.
      const launched = ec2.send(new RunInstancesCommand(launchInput(source, subnetId, labels, instanceProfileArn)));
      const { Instances: [instance] = [] } = await withPermissionHint("ec2:RunInstances and iam:PassRole", launched);
      if (instance?.InstanceId) return instance.InstanceId;
      shortage = `${subnetId}: RunInstances named no instance`;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "InsufficientInstanceCapacity") throw error;
      shortage = error.message;
    }
  }
  throw new CliError("failed", `No instance could be had for the job: ${shortage}. Try again later.`);
}

/** EC2's state of an instance, with its reason where it has one; undefined while EC2 doesn't know it yet. */
export async function stateOf(
  { ec2 }: Pick<Clients, "ec2">,
  id: string,
): Promise<{ name: string; reason?: string } | undefined> {
  // By filter: asked by its id, EC2 refuses a new instance for some seconds.
  const filter = { Name: "instance-id", Values: [id] };
  const described = ec2.send(new DescribeInstancesCommand({ Filters: [filter] }));
  const { Reservations = [] } = await withPermissionHint("ec2:DescribeInstances", described);
  const instance = Reservations[0]?.Instances?.[0];
  return instance?.State?.Name && { name: instance.State.Name, reason: instance.StateReason?.Message };
}

export async function terminate({ ec2 }: Pick<Clients, "ec2">, ids: string[]): Promise<void> {
  await withPermissionHint("ec2:TerminateInstances", ec2.send(new TerminateInstancesCommand({ InstanceIds: ids })));
}

/** Terminates what killed runs of the stack's jobs have left, and gives the ids. */
export async function terminateLeftovers(
  clients: Pick<Clients, "ec2">,
  { project, environment }: JobOwner,
  now: number,
): Promise<string[]> {
  const Filters = [
    { Name: "tag:Project", Values: [project] },
    { Name: "tag:Environment", Values: [environment] },
    { Name: "tag-key", Values: [endsTag] },
    { Name: "instance-state-name", Values: ["pending", "running", "stopping", "stopped"] },
  ];
  const { Reservations = [] } = await withPermissionHint(
    "ec2:DescribeInstances",
    clients.ec2.send(new DescribeInstancesCommand({ Filters })),
  );
  const left = Reservations.flatMap(({ Instances = [] }) => Instances).filter(({ Tags = [] }) => {
    const ends = Date.parse(Tags.find(({ Key }) => Key === endsTag)?.Value ?? "");
    return ends < now;
  });
  const ids = left.flatMap(({ InstanceId }) => InstanceId ?? []);
  if (ids.length > 0) await terminate(clients, ids);
  return ids;
}
