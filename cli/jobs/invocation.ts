import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  InvocationDoesNotExist,
  SendCommandCommand,
  type GetCommandInvocationResult,
} from "@aws-sdk/client-ssm";
import type { Clients } from "../clients.ts";
import { CliError } from "../error.ts";
import { poll, type Clock } from "./clock.ts";
import { withPermissionHint } from "./rights.ts";

/** Seconds in which an instance must have got the command: the least that Systems Manager takes is 30. */
export const deliveryLimit = 60;

/** Seconds after both limits in which Systems Manager must have told an end. */
export const tellingLimit = 60;

/** AWS's words for a command that has ended. */
const ends = ["Success", "Failed", "TimedOut", "Cancelled"];

/** A script on its way to an instance. */
export interface CommandArgs {
  readonly instanceId: string;
  readonly script: string[];
  /** Seconds that it may run. */
  readonly timeout: number;
  /** At most 100 characters: who reads Run Command's history sees it. */
  readonly comment: string;
  /** Where the agent writes the output while it comes; undefined: nowhere. */
  readonly logGroup?: string;
}

/** Sends it and gives the command's id. */
export async function send({ ssm }: Pick<Clients, "ssm">, args: CommandArgs): Promise<string> {
  const sent = ssm.send(
    new SendCommandCommand({
      DocumentName: "AWS-RunShellScript",
      InstanceIds: [args.instanceId],
      Comment: args.comment.slice(0, 100),
      TimeoutSeconds: deliveryLimit,
      Parameters: { commands: args.script, executionTimeout: [String(args.timeout)] },
      CloudWatchOutputConfig: args.logGroup
        ? { CloudWatchOutputEnabled: true, CloudWatchLogGroupName: args.logGroup }
        : undefined,
    }),
  );
  const { Command } = await withPermissionHint("ssm:SendCommand", sent);
  if (Command?.CommandId) return Command.CommandId;
  throw new CliError("failed", "Systems Manager took the job and named no command: run it again.");
}

/** Waits for a command's end; `onLook` runs after each look at it. */
export async function untilEnded(
  { ssm }: Pick<Clients, "ssm">,
  { commandId, instanceId, timeout }: { commandId: string; instanceId: string; timeout: number },
  time: Clock,
  signal: AbortSignal,
  onLook: () => Promise<void>,
): Promise<GetCommandInvocationResult> {
  const limit = deliveryLimit + timeout + tellingLimit;
  const ended = await poll(time, signal, time.now() + limit * 1000, async () => {
    const invocation = await invocationOf(ssm, commandId, instanceId);
    if (invocation && ends.includes(invocation.Status ?? "")) return invocation;
    await onLook();
    return undefined;
  });
  if (ended) return ended;
  throw new CliError(
    "failed",
    `Systems Manager has told no end of the command ${commandId} on ${instanceId} within ${limit} s. ` +
      "Read what it has done in its log before you run it again.",
  );
}

/** Undefined while Systems Manager doesn't know it yet, which takes a moment. */
async function invocationOf(
  ssm: Clients["ssm"],
  CommandId: string,
  InstanceId: string,
): Promise<GetCommandInvocationResult | undefined> {
  try {
    const got = ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
    return await withPermissionHint("ssm:GetCommandInvocation", got);
  } catch (error) {
    if (error instanceof InvocationDoesNotExist) return undefined;
    throw error;
  }
}

/** Ends a command on an instance that lives on. */
export async function cancel({ ssm }: Pick<Clients, "ssm">, commandId: string, instanceId: string): Promise<void> {
  const cancelled = ssm.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: [instanceId] }));
  await withPermissionHint("ssm:CancelCommand", cancelled);
}
