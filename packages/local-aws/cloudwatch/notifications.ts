import { account } from "../autoscaling/groups.ts";
import { messageOf } from "../errors.ts";
import type { Alarm } from "./alarms.ts";
import type { StateValue } from "./missing-data.ts";

/** Publishes to an SNS topic on an alarm's behalf. */
export type Publish = (topicArn: string, subject: string, message: string, alarmArn: string) => Promise<unknown>;

/** What notifications need from the rest of the cloud. */
export interface NotificationsArgs {
  region: string;
  publish: Publish;
  log: (line: string) => void;
}

/** The ARNs that an alarm acts on when it comes into a state. */
function actionsFor({ input }: Alarm, state: StateValue): string[] {
  if (!input.ActionsEnabled) return [];
  switch (state) {
    case "OK":
      return input.OKActions;
    case "ALARM":
      return input.AlarmActions;
    case "INSUFFICIENT_DATA":
      return input.InsufficientDataActions;
  }
}

/** The message that CloudWatch sends to a topic, as JSON. */
function notificationOf(alarm: Alarm, from: StateValue, region: string): string {
  const { input, state } = alarm;
  return JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: input.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: javaDate(alarm.configured),
    NewStateValue: state.value,
    NewStateReason: state.reason.text,
    StateChangeTime: javaDate(state.transitioned),
    Region: region,
    AlarmArn: alarm.arn,
    OldStateValue: from,
    OKActions: input.OKActions,
    AlarmActions: input.AlarmActions,
    InsufficientDataActions: input.InsufficientDataActions,
    ...(alarm.kind === "composite" ? { AlarmRule: alarm.input.AlarmRule } : { Trigger: triggerOf(alarm.input) }),
  });
}

function triggerOf(input: Extract<Alarm, { kind: "metric" }>["input"]): object {
  return {
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    Statistic: input.Statistic,
    ExtendedStatistic: input.ExtendedStatistic,
    Dimensions: input.Metrics ? undefined : input.Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value })),
    Period: input.Period,
    EvaluationPeriods: input.EvaluationPeriods,
    DatapointsToAlarm: input.DatapointsToAlarm,
    ComparisonOperator: input.ComparisonOperator,
    Threshold: input.Threshold,
    TreatMissingData: input.TreatMissingData ?? "missing",
    Metrics: input.Metrics,
  };
}

/** `2026-03-24T13:05:00.000+0000`: the messages have a form of their own. */
function javaDate(moment: Date): string {
  return moment.toISOString().replace("Z", "+0000");
}

/**
 * Tells an alarm's topics of its change. CloudWatch neither checks that they exist nor tells the caller when one fails,
 * so that a failure is a line in the log.
 */
export function notifier({ region, publish, log }: NotificationsArgs): (alarm: Alarm, from: StateValue) => void {
  return (alarm, from) => {
    log(`alarm ${alarm.name} is ${alarm.state.value}: ${alarm.state.reason.text}`);
    const subject = `${alarm.state.value}: "${alarm.name}" in ${region}`.slice(0, 100);
    for (const arn of actionsFor(alarm, alarm.state.value)) {
      publish(arn, subject, notificationOf(alarm, from, region), alarm.arn).catch((error: unknown) =>
        log(`alarm ${alarm.name} could not notify ${arn}: ${messageOf(error)}`),
      );
    }
  };
}
