import type { PassOn, Reply } from "../call.ts";
import { notRehearsed } from "../errors.ts";
import { jsonReply, type JsonCall } from "../json.ts";
import { describeAlarms, enableActions, tagsOf } from "./alarm-actions.ts";
import type { Alarms } from "./alarms.ts";
import { getMetricData } from "./metric-data.ts";
import type { MetricStore } from "./metric-store.ts";
import { readArguments, schemas, type ActionName, type Arguments } from "./schemas.ts";

/** What CloudWatch's actions work on. */
export interface CloudWatch {
  alarms: Alarms;
  store: MetricStore;
}

type Action<Name extends ActionName> = (args: Arguments<Name>, cloudWatch: CloudWatch) => object | void;

const actions: { [Name in ActionName]: Action<Name> } = {
  PutMetricAlarm: (args, { alarms }) => alarms.putMetric(args),
  PutCompositeAlarm: (args, { alarms }) => alarms.putComposite(args),
  DescribeAlarms: (args, { alarms }) => describeAlarms(alarms, args),
  DeleteAlarms: (args, { alarms }) => alarms.delete(args.AlarmNames),
  SetAlarmState(args, { alarms }) {
    const reason = { text: args.StateReason, data: args.StateReasonData };
    alarms.setState(alarms.require(args.AlarmName), args.StateValue, reason);
  },
  EnableAlarmActions: (args, { alarms }) => enableActions(alarms, args.AlarmNames, true),
  DisableAlarmActions: (args, { alarms }) => enableActions(alarms, args.AlarmNames, false),
  ListTagsForResource: (args, { alarms }) => ({
    Tags: [...tagsOf(alarms, args.ResourceARN)].map(([Key, Value]) => ({ Key, Value })),
  }),
  TagResource(args, { alarms }) {
    const tags = tagsOf(alarms, args.ResourceARN);
    args.Tags.forEach(({ Key, Value }) => tags.set(Key, Value));
  },
  UntagResource(args, { alarms }) {
    const tags = tagsOf(alarms, args.ResourceARN);
    args.TagKeys.forEach((key) => tags.delete(key));
  },
  GetMetricData: (args, { store }) => getMetricData(store, args),
};

/** moto keeps dashboards well. */
const motosActions = ["PutDashboard", "GetDashboard", "DeleteDashboards", "ListDashboards"];

function isKnown(action: string): action is ActionName {
  return Object.hasOwn(schemas, action);
}

function run<Name extends ActionName>(name: Name, input: unknown, cloudWatch: CloudWatch): object | void {
  const action: Action<Name> = actions[name];
  return action(readArguments(name, input), cloudWatch);
}

/** CloudWatch: this cloud's own but for dashboards, since moto evaluates no alarm and has no composite ones. */
export async function answerCloudWatch(call: JsonCall, passOn: PassOn, cloudWatch: CloudWatch): Promise<Reply> {
  if (motosActions.includes(call.action)) return passOn();
  if (!isKnown(call.action)) {
    throw notRehearsed(
      `the CloudWatch action ${call.action}`,
      "packages/local-aws/cloudwatch/schemas.ts and service.ts",
    );
  }
  return jsonReply(call, run(call.action, call.input, cloudWatch) ?? {});
}
