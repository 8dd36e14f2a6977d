import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Color } from "../../deployment/model.ts";
import type { Clients } from "../clients.ts";
import { CliError } from "../error.ts";
import { clock, type Clock } from "./clock.ts";
import { jobScript, type JobRequest } from "./command.ts";
import { launch, terminate, terminateLeftovers, type JobOwner } from "./instance.ts";
import { cancel, deliveryLimit, send, tellingLimit, untilEnded } from "./invocation.ts";
import { registrationLimit, untilManaged } from "./managed.ts";
import { isTruncated, logStream, Output, type OutputStream } from "./output.ts";
import { groupNamed, readLaunchSource } from "./launch-source.ts";

/** What running a job asks of AWS. */
export type JobClients = Pick<Clients, "autoScaling" | "ec2" | "ssm"> & { readonly logs: CloudWatchLogsClient };

/** The fleet whose release has the job. */
interface JobFleet {
  readonly color: Color;
  /** Name of its Auto Scaling group. */
  readonly groupName: string;
  /** Percent of the requests that it gets now. */
  readonly weight: number;
}

export interface RunJobArgs extends JobRequest, JobOwner {
  readonly fleet: JobFleet;
  /**
   * `fresh`: an instance of its own, of the fleet's image, which ends with the job. `standby`: one of the fleet's machines;
   * refused while the fleet gets requests.
   */
  readonly on: "fresh" | "standby";
  readonly logGroup: string;
  /** What a fresh instance runs with; undefined: with what the fleet's do. */
  readonly instanceProfileArn?: string;
  /** An abort ends the job, and its instance, too. */
  readonly signal: AbortSignal;
  /** Gets what happens, a sentence each. */
  readonly report: (message: string) => void;
  /** Gets each line that the job writes. */
  readonly line: (stream: OutputStream, text: string) => void;
}

/** How a job ended. */
export interface JobResult {
  readonly instanceId: string;
  readonly commandId: string;
  /** Systems Manager's word: Success, Failed, TimedOut or Cancelled. */
  readonly status: string;
  /** The job's own; -1 where it never began. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The job wrote more than Systems Manager keeps: the log has the whole, where there is one. */
  readonly truncated: boolean;
  /** Of a fresh instance alone. */
  readonly log?: { readonly group: string; readonly stream: string };
}

/**
 * Runs a one-off job of a release, never on a machine that gets requests. A fresh instance is terminated whatever happens,
 * and those that killed runs have left are terminated at the next run.
 * @throws CliError when the job can't begin or its end isn't known; a job that fails is a result
 */
export async function runJob(clients: JobClients, args: RunJobArgs, time: Clock = clock): Promise<JobResult> {
  const script = jobScript(args);
  const left = await terminateLeftovers(clients, args, time.now());
  if (left.length > 0) args.report(`terminated what an earlier run has left: ${left.join(", ")}`);
  return args.on === "fresh" ? onFresh(clients, args, script, time) : onStandby(clients, args, script, time);
}

async function onFresh(clients: JobClients, args: RunJobArgs, script: string[], time: Clock): Promise<JobResult> {
  const { project, environment, fleet, job, timeout, signal, report } = args;
  const source = await readLaunchSource(clients, fleet.groupName);
  const longest = registrationLimit + deliveryLimit + timeout + tellingLimit;
  const labels = { project, environment, color: fleet.color, job, ends: time.now() + (longest + spare) * 1000 };
  signal.throwIfAborted();
  const instanceId = await launch(clients, source, labels, args.instanceProfileArn);
  report(`${instanceId} starts, of the image that ${fleet.color} has`);
  try {
    await untilManaged(clients, instanceId, time, signal);
    return await execute(clients, args, instanceId, script, time);
  } finally {
    await terminate(clients, [instanceId]).then(
      () => report(`${instanceId} is terminated`),
      (error: Error) => report(`${instanceId} could not be terminated, the next run tries again: ${error.message}`),
    );
  }
}

/** Seconds beyond all limits before an instance counts as left behind: clocks differ. */
const spare = 300;

async function onStandby(clients: JobClients, args: RunJobArgs, script: string[], time: Clock): Promise<JobResult> {
  const { fleet, signal } = args;
  if (fleet.weight > 0) {
    throw new CliError(
      "refused",
      `${fleet.color} gets ${fleet.weight} % of the requests, and a job runs on no machine that serves: ` +
        "run it on a fresh instance.",
    );
  }
  const { Instances = [] } = await groupNamed(clients, fleet.groupName);
  const able = Instances.find(({ LifecycleState, HealthStatus }) => {
    return LifecycleState === "InService" && HealthStatus === "Healthy";
  });
  if (!able?.InstanceId) {
    throw new CliError(
      "refused",
      `${fleet.color} has no healthy instance: run the job on a fresh one, or stage an image.`,
    );
  }
  await untilManaged(clients, able.InstanceId, time, signal);
  return execute(clients, args, able.InstanceId, script, time);
}

async function execute(
  clients: JobClients,
  args: RunJobArgs,
  instanceId: string,
  script: string[],
  time: Clock,
): Promise<JobResult> {
  const { job, timeout, signal, report, line } = args;
  signal.throwIfAborted();
  // A fleet's machine may not write to the jobs' log, where it could put words into a job's mouth.
  const logGroup = args.on === "fresh" ? args.logGroup : undefined;
  const comment = `bluegreen run ${job}`;
  const commandId = await send(clients, { instanceId, script, timeout, comment, logGroup });
  report(`${job} runs on ${instanceId} (command ${commandId})`);
  const output = new Output({ logs: clients.logs, logGroup, commandId, instanceId, line });
  try {
    const ended = await untilEnded(clients, { commandId, instanceId, timeout }, time, signal, () => output.follow());
    const content = { stdout: ended.StandardOutputContent ?? "", stderr: ended.StandardErrorContent ?? "" };
    await output.finish(content);
    const { Status: status = "", ResponseCode: exitCode = -1 } = ended;
    const log = logGroup ? { group: logGroup, stream: logStream(commandId, instanceId, "stdout") } : undefined;
    return { instanceId, commandId, status, exitCode, ...content, truncated: isTruncated(content), log };
  } catch (error) {
    // A machine that lives on would go on with it.
    if (args.on === "standby") {
      await cancel(clients, commandId, instanceId).catch((fault: Error) =>
        report(`${commandId} could not be cancelled: ${fault.message}`),
      );
    }
    throw error;
  }
}
