import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, shape, tagList, toAws } from "../shape.ts";
import { alarmTagging, alarmTagsOf } from "./alarms.ts";
import { atMost, characters, faultsOf } from "./rules.ts";

const args = shape(`alarmName alarmRule alarmDescription actionsEnabled alarmActions okActions=OKActions tags:own`);

const RULES = {
  alarmName: characters(1, 255),
  alarmRule: characters(1, 10_240),
  alarmDescription: characters(0, 1024),
  alarmActions: atMost(5),
  okActions: atMost(5),
};

function request(inputs: Props): cloudwatch.PutCompositeAlarmCommandInput {
  return toAws<cloudwatch.PutCompositeAlarmCommandInput>(args, inputs);
}

async function alarmOf(name: string, cloud: Cloud): Promise<cloudwatch.CompositeAlarm | undefined> {
  const asked = new cloudwatch.DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["CompositeAlarm"] });
  return (await cloud.cloudwatch.send(asked)).CompositeAlarms?.[0];
}

/**
 * Composite alarms. The official provider generates no name for them, and so it replaces one under its own name by
 * putting the new one over it and then deleting that.
 */
export const compositeAlarm: Row = {
  type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  args,
  replace: "alarmName actionsEnabled",
  tagging: alarmTagging,
  defaults: (inputs) => ({ actionsEnabled: true, ...inputs }),
  check: (inputs) => faultsOf(RULES, inputs),
  async create(inputs, cloud) {
    const Tags = tagList(inputs.tags);
    await cloud.cloudwatch.send(new cloudwatch.PutCompositeAlarmCommand({ ...request(inputs), Tags }));
    return String(inputs.alarmName);
  },
  async read(name, cloud) {
    const found = await alarmOf(name, cloud);
    return (
      found && {
        alarmDescription: null,
        ...fromAws(args, found),
        tags: await alarmTagsOf(found.AlarmArn, cloud),
        arn: found.AlarmArn,
      }
    );
  },
  async update({ news, changed }, cloud) {
    const others = [...args.keys()].filter((arg) => arg !== "tags");
    if (changed(...others)) await cloud.cloudwatch.send(new cloudwatch.PutCompositeAlarmCommand(request(news)));
  },
  async remove(name, _state, cloud) {
    await ifThere(cloud.cloudwatch.send(new cloudwatch.DeleteAlarmsCommand({ AlarmNames: [name] })));
  },
};
