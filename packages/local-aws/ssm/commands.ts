import { randomUUID } from "node:crypto";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Clock } from "../clock.ts";
import type { Instances } from "../ec2/instances.ts";
import { AwsError } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import type { Agents } from "./agents.ts";
import { follow, type Invocation, type Running } from "./invocation.ts";
import { LogWriter } from "./output.ts";
import { shellParameters, type Arguments, type ShellParameters } from "./schemas.ts";

/** The account that all of this cloud belongs to, as moto has it. */
const account = "123456789012";
const shellDocument = "AWS-RunShellScript";

/** What Run Command works with. */
export interface CommandsArgs {
  clock: Clock;
  agents: Agents;
  instances: Pick<Instances, "get">;
  logs: CloudWatchLogsClient;
  log: (line: string) => void;
}

/** Run Command: scripts that really run on the machines. */
export class Commands {
  private readonly invocations = new Map<string, Invocation>();
  private readonly running = new Map<string, Running>();
  private readonly timers = new Set<NodeJS.Timeout>();

  private readonly args: CommandsArgs;

  constructor(args: CommandsArgs) {
    this.args = args;
  }

  async send(args: Arguments<"SendCommand">): Promise<object> {
    const { DocumentName, InstanceIds, Parameters, Comment, TimeoutSeconds, CloudWatchOutputConfig } = args;
    if (DocumentName !== shellDocument) {
      if (!DocumentName.startsWith("AWS-")) {
        throw new AwsError("InvalidDocument", `Document with name ${DocumentName} does not exist.`);
      }
      throw notRehearsed(`the document ${DocumentName}`, "packages/local-aws/ssm/commands.ts");
    }
    const shell = shellParameters(Parameters);
    const nodes = await Promise.all(InstanceIds.map((id) => this.args.agents.get(id)));
    if (nodes.some((node) => node === undefined)) {
      const message = `Instances [[${InstanceIds.join(", ")}]] not in a valid state for account ${account}`;
      throw new AwsError("InvalidInstanceId", message);
    }
    const commandId = randomUUID();
    const requestedAt = new Date();
    const { CloudWatchOutputEnabled: logged, CloudWatchLogGroupName } = CloudWatchOutputConfig ?? {};
    const logGroup = logged ? (CloudWatchLogGroupName ?? `/aws/ssm/${shellDocument}`) : undefined;
    for (const instanceId of InstanceIds) {
      const invocation: Invocation = {
        commandId,
        instanceId,
        comment: Comment,
        logGroup,
        requestedAt,
        status: "Pending",
        statusDetails: "Pending",
        responseCode: -1,
        stdout: "",
        stderr: "",
      };
      // Unknown for a moment, as on AWS.
      setImmediate(() => this.deliver(invocation, shell, TimeoutSeconds));
    }
    return {
      Command: {
        CommandId: commandId,
        DocumentName,
        InstanceIds,
        Parameters,
        Comment,
        CloudWatchOutputConfig,
        RequestedDateTime: requestedAt,
        Status: "Pending",
        StatusDetails: "Pending",
        TimeoutSeconds,
        TargetCount: InstanceIds.length,
        CompletedCount: 0,
        ErrorCount: 0,
        DeliveryTimedOutCount: 0,
      },
    };
  }

  get({ CommandId, InstanceId }: Arguments<"GetCommandInvocation">): object {
    const found = this.invocations.get(`${CommandId} ${InstanceId}`);
    if (!found) throw new AwsError("InvocationDoesNotExist", "");
    const { startedAt, endedAt } = found;
    return {
      CommandId,
      InstanceId,
      Comment: found.comment,
      DocumentName: shellDocument,
      DocumentVersion: "$DEFAULT",
      PluginName: "aws:runShellScript",
      ResponseCode: found.responseCode,
      ExecutionStartDateTime: startedAt?.toISOString() ?? "",
      ExecutionElapsedTime: startedAt && endedAt ? `PT${(endedAt.getTime() - startedAt.getTime()) / 1000}S` : "",
      ExecutionEndDateTime: endedAt?.toISOString() ?? "",
      Status: found.status,
      StatusDetails: found.statusDetails,
      StandardOutputContent: found.stdout,
      StandardOutputUrl: "",
      StandardErrorContent: found.stderr,
      StandardErrorUrl: "",
      CloudWatchOutputConfig: {
        CloudWatchLogGroupName: found.logGroup ?? "",
        CloudWatchOutputEnabled: found.logGroup !== undefined,
      },
    };
  }

  /** A request: what has ended by itself by then stays as it is. */
  cancel({ CommandId, InstanceIds }: Arguments<"CancelCommand">): object {
    const all = [...this.invocations.values()].filter(({ commandId }) => commandId === CommandId);
    if (all.length === 0) throw new AwsError("InvalidCommandId", "");
    for (const { instanceId } of all) {
      if (InstanceIds?.includes(instanceId) ?? true) this.running.get(`${CommandId} ${instanceId}`)?.end("cancel");
    }
    return {};
  }

  /** Forgets what it still waits for: the cloud ends, and the machines with it. */
  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private deliver(invocation: Invocation, { script, timeout }: ShellParameters, deliveryTimeout: number): void {
    const { instances, logs, log } = this.args;
    const { instanceId, logGroup } = invocation;
    const key = `${invocation.commandId} ${instanceId}`;
    this.invocations.set(key, invocation);
    const instance = instances.get(instanceId);
    if (instance?.state !== "running" || instance.machine.dead) {
      const undelivered = { status: "TimedOut", statusDetails: "DeliveryTimedOut", endedAt: new Date() } as const;
      this.after(deliveryTimeout, () => Object.assign(invocation, undelivered));
      return;
    }
    log(`ssm: ${invocation.commandId} runs on ${instanceId}`);
    const writer = logGroup === undefined ? undefined : new LogWriter(logs, logGroup, log);
    const running = follow(invocation, instance.machine.execute(script), writer);
    this.running.set(key, running);
    const timer = this.after(timeout, () => running.end("timeout"));
    void running.ended.then(() => {
      clearTimeout(timer);
      this.timers.delete(timer);
      this.running.delete(key);
    });
  }

  private after(awsSeconds: number, what: () => void): NodeJS.Timeout {
    // setTimeout knows no longer spans.
    const milliseconds = Math.min(this.args.clock.milliseconds(awsSeconds), 2 ** 31 - 1);
    const timer = setTimeout(what, milliseconds);
    this.timers.add(timer);
    return timer;
  }
}
