import { AwsError, validationError } from "@bluegreen/query-protocol";
import { nameOf, type Alarm, type Alarms, type CompositeAlarm, type MetricAlarm } from "./alarms.ts";
import type { Arguments } from "./schemas.ts";

/** DescribeAlarms: metric alarms, and composite ones where they are asked for. */
export function describeAlarms(alarms: Alarms, args: Arguments<"DescribeAlarms">): object {
  if (args.AlarmNames && args.AlarmNamePrefix !== undefined) {
    throw validationError("AlarmNames and AlarmNamePrefix cannot be given together");
  }
  const wanted = alarms
    .list()
    .filter(
      (alarm) =>
        args.AlarmTypes.includes(alarm.kind === "metric" ? "MetricAlarm" : "CompositeAlarm") &&
        (!args.AlarmNames?.length || args.AlarmNames.includes(alarm.name)) &&
        alarm.name.startsWith(args.AlarmNamePrefix ?? "") &&
        (args.StateValue === undefined || alarm.state.value === args.StateValue) &&
        (args.ActionPrefix === undefined || actsOn(alarm, args.ActionPrefix)),
    );
  // The token is the last name of the page before.
  const rest = wanted.filter(({ name }) => args.NextToken === undefined || name > args.NextToken);
  const page = rest.slice(0, args.MaxRecords);
  return {
    MetricAlarms: page.flatMap((alarm) => (alarm.kind === "metric" ? [describeMetric(alarm)] : [])),
    CompositeAlarms: page.flatMap((alarm) => (alarm.kind === "composite" ? [describe(alarm)] : [])),
    NextToken: rest.length > page.length ? page.at(-1)?.name : undefined,
  };
}

function actsOn({ input }: Alarm, prefix: string): boolean {
  return [...input.OKActions, ...input.AlarmActions, ...input.InsufficientDataActions].some((arn) =>
    arn.startsWith(prefix),
  );
}

function describe(alarm: MetricAlarm | CompositeAlarm): object {
  const { input, state } = alarm;
  return {
    ...input,
    Tags: undefined,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: alarm.configured,
    StateValue: state.value,
    StateReason: state.reason.text,
    StateReasonData: state.reason.data,
    StateUpdatedTimestamp: state.updated,
    StateTransitionedTimestamp: state.transitioned,
  };
}

/** CloudWatch says Dimensions only of a single metric, and Metrics only of an expression. */
function describeMetric(alarm: MetricAlarm): object {
  return { ...describe(alarm), Dimensions: alarm.input.Metrics ? [] : alarm.input.Dimensions };
}

/** EnableAlarmActions and DisableAlarmActions: names that don't exist are passed over, as on AWS. */
export function enableActions(alarms: Alarms, names: readonly string[], enabled: boolean): void {
  for (const { name, input } of alarms.list()) {
    if (names.includes(name)) input.ActionsEnabled = enabled;
  }
}

/** The tags of the alarm that an ARN names; they may be changed. */
export function tagsOf(alarms: Alarms, arn: string): Map<string, string> {
  const alarm = alarms.list().find((candidate) => candidate.arn === arn);
  if (!alarm) {
    throw new AwsError("ResourceNotFoundException", `The alarm ${nameOf(arn)} does not exist`, 404);
  }
  return alarm.tags;
}
