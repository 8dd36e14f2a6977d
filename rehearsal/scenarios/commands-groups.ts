import { ResumeProcessesCommand, SuspendProcessesCommand } from "@aws-sdk/client-auto-scaling";
import type { Color } from "../../deployment/model.ts";
import { autoScaling } from "./aws.ts";
import type { Scene } from "./commands-step.ts";

/** A colour's group as it is now. */
export async function groupNow({ context, stack }: Scene, color: Color) {
  const arn = stack.targetGroupArns[color];
  const group = (await context.session.state()).groups.find(({ targetGroups }) => targetGroups.includes(arn));
  if (group === undefined) throw new Error(`no group has the target group ${arn}`);
  return group;
}

/** Runs something with a process of a group suspended. */
export async function suspended<T>(
  { context }: Scene,
  groupName: string,
  process: string,
  run: () => Promise<T>,
): Promise<T> {
  const processes = { AutoScalingGroupName: groupName, ScalingProcesses: [process] };
  await autoScaling(context).send(new SuspendProcessesCommand(processes));
  try {
    return await run();
  } finally {
    await autoScaling(context).send(new ResumeProcessesCommand(processes));
  }
}
