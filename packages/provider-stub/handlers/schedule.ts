import * as autoscaling from "@aws-sdk/client-auto-scaling";
import type { Cloud, Row } from "../row.ts";
import { type Props, shape } from "../shape.ts";

const args = shape(`autoscalingGroupName:own scheduledActionName:own minSize:own maxSize:own desiredCapacity:own
  recurrence:own timeZone:own`);

/** -1 leaves a size as it is; the official provider sends a missing one as 0. */
const size = (value: unknown): number | undefined => (value === -1 ? undefined : Number(value ?? 0));
const text = (value: unknown): string | undefined => value as string | undefined;

async function put(inputs: Props, cloud: Cloud): Promise<void> {
  await cloud.autoscaling.send(
    new autoscaling.PutScheduledUpdateGroupActionCommand({
      AutoScalingGroupName: String(inputs.autoscalingGroupName),
      ScheduledActionName: String(inputs.scheduledActionName),
      MinSize: size(inputs.minSize),
      MaxSize: size(inputs.maxSize),
      DesiredCapacity: size(inputs.desiredCapacity),
      Recurrence: text(inputs.recurrence),
      TimeZone: text(inputs.timeZone),
    }),
  );
}

async function actionOf(name: string, group: unknown, cloud: Cloud) {
  const request = { AutoScalingGroupName: String(group), ScheduledActionNames: [name] };
  try {
    const answer = await cloud.autoscaling.send(new autoscaling.DescribeScheduledActionsCommand(request));
    return answer.ScheduledUpdateGroupActions?.[0];
  } catch (error) {
    if (/not found/.test(String(error))) return undefined;
    throw error;
  }
}

/** Scheduled actions of a group that recur. */
export const schedule: Row = {
  type: "aws:autoscaling/schedule:Schedule",
  args,
  replace: "autoscalingGroupName scheduledActionName",
  async create(inputs, cloud) {
    await put(inputs, cloud);
    return String(inputs.scheduledActionName);
  },
  async read(name, cloud, state) {
    const found = await actionOf(name, state.autoscalingGroupName, cloud);
    return (
      found && {
        autoscalingGroupName: found.AutoScalingGroupName,
        scheduledActionName: found.ScheduledActionName,
        minSize: found.MinSize ?? -1,
        maxSize: found.MaxSize ?? -1,
        desiredCapacity: found.DesiredCapacity ?? -1,
        recurrence: found.Recurrence,
        timeZone: found.TimeZone,
        arn: found.ScheduledActionARN,
      }
    );
  },
  async update({ news }, cloud) {
    await put(news, cloud);
  },
  async remove(name, state, cloud) {
    const group = state.autoscalingGroupName;
    if (!(await actionOf(name, group, cloud))) return;
    const request = { AutoScalingGroupName: String(group), ScheduledActionName: name };
    await cloud.autoscaling.send(new autoscaling.DeleteScheduledActionCommand(request));
  },
};
