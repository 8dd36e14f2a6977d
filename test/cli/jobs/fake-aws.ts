import { ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";
import { InvocationDoesNotExist, type GetCommandInvocationResult } from "@aws-sdk/client-ssm";
import type { Clock } from "../../../cli/jobs/clock.ts";
import type { JobClients } from "../../../cli/jobs/run-job.ts";

/** What AWS does with one job. */
export interface World {
  /** Group's members, `id LifecycleState HealthStatus`. */
  members?: string[];
  /** Instances that are there before, each with the value of its tag JobEnds. */
  leftovers?: Record<string, string>;
  /** State of the launched instance, look by look; the last one stays. */
  states?: string[];
  /** Whether the instance registers with Systems Manager. */
  managed?: boolean;
  /** Answers of GetCommandInvocation, look by look; the last one stays; undefined: it isn't known yet. */
  invocations?: (GetCommandInvocationResult | undefined)[];
  /** Log events by stream (stdout, stderr), as pages that come one a look. */
  events?: Record<string, string[][]>;
  /** Errors by the command's name, thrown once each. */
  errors?: Record<string, Error>;
  /** Runs before each call. */
  onCall?: (name: string) => void;
}

type Input = Record<string, unknown>;

/** An AWS error of that name. */
export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** Clients that play a world, and what was asked of them. */
export function fakeAws(world: World) {
  const calls: { name: string; input: Input }[] = [];
  const errors = { ...world.errors };
  const next = <T>(list: T[]): T => (list.length > 1 ? (list.shift() as T) : list[0]);
  const states = [...(world.states ?? ["running"])];
  const invocations = [...(world.invocations ?? [])];
  const events = structuredClone(world.events ?? {});
  const answers: Record<string, (input: Input) => object> = {
    DescribeAutoScalingGroups: () => ({
      AutoScalingGroups: [
        {
          VPCZoneIdentifier: "subnet-a,subnet-b",
          MixedInstancesPolicy: {
            LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: "lt-1", Version: "7" } },
          },
          Instances: (world.members ?? []).map((member) => {
            const [InstanceId, LifecycleState, HealthStatus] = member.split(" ");
            return { InstanceId, LifecycleState, HealthStatus };
          }),
        },
      ],
    }),
    DescribeLaunchTemplateVersions: () => ({
      LaunchTemplateVersions: [{ LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0, Groups: ["sg-1"] }] } }],
    }),
    RunInstances: () => ({ Instances: [{ InstanceId: "i-job" }] }),
    TerminateInstances: () => ({}),
    DescribeInstances: ({ Filters }) =>
      (Filters as { Name: string }[]).some(({ Name }) => Name === "instance-id")
        ? { Reservations: [{ Instances: [{ State: { Name: next(states) }, StateReason: { Message: "no luck" } }] }] }
        : {
            Reservations: Object.entries(world.leftovers ?? {}).map(([InstanceId, Value]) => ({
              Instances: [{ InstanceId, Tags: [{ Key: "JobEnds", Value }] }],
            })),
          },
    DescribeInstanceInformation: () => ({
      InstanceInformationList: world.managed === false ? [] : [{ PingStatus: "Online" }],
    }),
    SendCommand: () => ({ Command: { CommandId: "c-1" } }),
    CancelCommand: () => ({}),
    GetCommandInvocation: () => {
      const invocation = next(invocations);
      if (invocation === undefined) throw new InvocationDoesNotExist({ message: "", $metadata: {} });
      return invocation;
    },
    GetLogEvents: (input) => {
      const pages = events[String(input.logStreamName).split("/").at(-1) ?? ""];
      if (pages === undefined) throw new ResourceNotFoundException({ message: "", $metadata: {} });
      const at = Number(input.nextToken ?? 0);
      const page = pages[at];
      return { events: (page ?? []).map((message) => ({ message })), nextForwardToken: String(page ? at + 1 : at) };
    },
  };
  const client = {
    send: (command: object & { input: Input }) => {
      const name = command.constructor.name.replace(/Command$/, "");
      calls.push({ name, input: command.input });
      return Promise.resolve().then(() => {
        world.onCall?.(name);
        const error = errors[name];
        delete errors[name];
        if (error) throw error;
        if (!answers[name]) throw new Error(`nobody expected ${name}`);
        return answers[name](command.input);
      });
    },
  };
  return {
    clients: { autoScaling: client, ec2: client, ssm: client, logs: client } as unknown as JobClients,
    calls,
    inputs: (name: string) => calls.filter((call) => call.name === name).map(({ input }) => input),
  };
}

/** A clock that only pauses move. */
export function fakeClock(start = Date.parse("2026-01-01T00:00:00Z")): Clock {
  let now = start;
  return {
    now: () => now,
    pause: (milliseconds, signal) => {
      signal.throwIfAborted();
      now += milliseconds;
      return Promise.resolve();
    },
  };
}
