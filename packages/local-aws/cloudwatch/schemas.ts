import { z } from "zod";
import { validationError } from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import { missingDataTreatments } from "./missing-data.ts";
import { basicStatistics } from "./statistics.ts";

// Lengths and ranges are those of the API's model, CloudWatch 2010-08-01.
const text = z.string().min(1);
const alarmName = text.max(255).regex(/^[^\x00-\x1f\x7f]+$/);
const action = text.max(1024).regex(/^arn:/, "must be an ARN");
const actions = z.array(action).max(5).default([]);
const tag = z.strictObject({ Key: text.max(128), Value: z.string().max(256) });
const tags = z.array(tag).max(50).default([]);
const whole = z.number().int();
/** Seconds since 1970. */
const moment = z.number();
const stateValue = z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]);
const alarmNames = z.array(alarmName).max(100);
const namespace = text.max(255).regex(/^[^:]/);
const dimensions = z
  .array(z.strictObject({ Name: text.max(255), Value: text.max(1024) }))
  .max(30)
  .default([]);

const alarmPeriod = whole.refine((period) => [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0), {
  message: "must be 10, 20, 30 or a multiple of 60",
});
const dataPeriod = whole.refine((period) => [1, 5, 10, 20, 30].includes(period) || (period > 0 && period % 60 === 0), {
  message: "must be 1, 5, 10, 20, 30 or a multiple of 60",
});

const metricStat = z.strictObject({
  Metric: z.strictObject({ Namespace: namespace, MetricName: text.max(255), Dimensions: dimensions }),
  Period: dataPeriod,
  Stat: text,
});

const metricDataQuery = z.strictObject({
  Id: text.max(255).regex(/^[a-z][a-zA-Z0-9_]*$/),
  MetricStat: metricStat.optional(),
  Expression: text.max(2048).optional(),
  Label: z.string().optional(),
  ReturnData: z.boolean().optional(),
});

const common = {
  AlarmName: alarmName,
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: z.boolean().default(true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Tags: tags,
};

/** Arguments of each action of CloudWatch that this cloud knows; an argument that is not here is refused. */
export const schemas = {
  PutMetricAlarm: z.strictObject({
    ...common,
    MetricName: text.max(255).optional(),
    Namespace: namespace.optional(),
    Statistic: z.enum(basicStatistics).optional(),
    ExtendedStatistic: text.optional(),
    Dimensions: dimensions,
    Period: alarmPeriod.optional(),
    EvaluationPeriods: whole.min(1),
    DatapointsToAlarm: whole.min(1).optional(),
    Threshold: z.number(),
    ComparisonOperator: z.enum([
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
      "LessThanThreshold",
      "LessThanOrEqualToThreshold",
    ]),
    TreatMissingData: z.enum(missingDataTreatments).optional(),
    EvaluateLowSampleCountPercentile: z.enum(["evaluate", "ignore"]).optional(),
    Metrics: z.array(metricDataQuery).max(20).optional(),
  }),
  PutCompositeAlarm: z.strictObject({ ...common, AlarmRule: text.max(10_240) }),
  DescribeAlarms: z.strictObject({
    AlarmNames: alarmNames.optional(),
    AlarmNamePrefix: text.max(255).optional(),
    AlarmTypes: z.array(z.enum(["CompositeAlarm", "MetricAlarm"])).default(["MetricAlarm"]),
    StateValue: stateValue.optional(),
    ActionPrefix: text.max(1024).optional(),
    MaxRecords: whole.min(1).max(100).default(100),
    NextToken: z.string().optional(),
  }),
  DeleteAlarms: z.strictObject({ AlarmNames: alarmNames }),
  SetAlarmState: z.strictObject({
    AlarmName: alarmName,
    StateValue: stateValue,
    StateReason: z.string().max(1023),
    StateReasonData: z.string().max(4000).optional(),
  }),
  EnableAlarmActions: z.strictObject({ AlarmNames: alarmNames }),
  DisableAlarmActions: z.strictObject({ AlarmNames: alarmNames }),
  ListTagsForResource: z.strictObject({ ResourceARN: text.max(1024) }),
  TagResource: z.strictObject({ ResourceARN: text.max(1024), Tags: z.array(tag).max(50) }),
  UntagResource: z.strictObject({ ResourceARN: text.max(1024), TagKeys: z.array(text.max(128)) }),
  GetMetricData: z.strictObject({
    MetricDataQueries: z.array(metricDataQuery).max(500),
    StartTime: moment,
    EndTime: moment,
    ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
  }),
};

/** Name of an action that this cloud knows. */
export type ActionName = keyof typeof schemas;

/** The arguments of an action, read and checked. */
export type Arguments<Name extends ActionName> = z.infer<(typeof schemas)[Name]>;

/** A metric with a statistic. */
export type MetricStat = z.infer<typeof metricStat>;

/** A metric with a statistic, or an expression over others. */
export type MetricDataQuery = z.infer<typeof metricDataQuery>;

/** Reads an action's arguments; what is missing, malformed or unknown is refused in one message. */
export function readArguments<Name extends ActionName>(name: Name, input: unknown): Arguments<Name> {
  const result = schemas[name].safeParse(input);
  if (result.success) return result.data as Arguments<Name>;
  const unknown = result.error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  if (unknown.length > 0) {
    throw notRehearsed(`${unknown.join(", ")} of ${name}`, "packages/local-aws/cloudwatch/schemas.ts");
  }
  const faults = result.error.issues.map((issue) => `${issue.path.join(".") || name}: ${issue.message}`);
  throw validationError(`${faults.length} validation error(s) detected: ${faults.join("; ")}`);
}
