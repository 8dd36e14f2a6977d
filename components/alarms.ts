import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  alarmRule,
  counts,
  errorShare,
  loadBalancerNamespace as namespace,
  percentileOfMany,
  period,
  type TargetGroupDimensions,
} from "./metrics.ts";
import { runbookAt, type runbookSections } from "./runbook.ts";
import type { Color } from "../deployment/model.ts";

export interface AlarmsArgs {
  color: Color;
  /** Base of the alarms' names. */
  baseName: string;
  /** Physical name of the load balancer. */
  loadBalancerName: pulumi.Input<string>;
  dimensions: TargetGroupDimensions;
  /** Share of 5xx answers, in percent, that is still well. */
  alarmErrorPercent: number;
  /** Seconds within which 95 % of the answers come when all is well, and 99 %. */
  alarmP95Seconds: number;
  alarmP99Seconds: number;
  /** Where people find the run book; undefined: its path in the repository. */
  runbookUrl?: string;
  /** Topic that is told when the composite alarm sounds, and when it is over. */
  topicArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** Connections to targets that may fail in a minute: a machine that dies by force takes along what is on its way to it. */
const tolerableConnectionErrors = 10;

type Part = { description: string; section: keyof typeof runbookSections; measure: aws.cloudwatch.MetricAlarmArgs };

/**
 * What tells that a colour is not well, and one composite alarm over it: a release asks the composite, a person reads
 * its parts. About 1.30 USD a month: 0.10 for each metric that is watched, 0.50 for the composite.
 */
export class Alarms extends pulumi.ComponentResource {
  /** The composite alarm's name. */
  readonly composite: pulumi.Output<string>;
  /** Names of the alarms that it is made of. */
  readonly parts: pulumi.Output<string>[];
  /** ARNs of all of them, the composite alarm's first. */
  readonly arns: pulumi.Output<string>[];

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Alarms", name, {}, opts);
    const { color, topicArn } = args;
    const own = `${args.baseName}-${color}`;
    const tags = { ...args.tags, Color: color };
    const parts = Object.entries(partsOf(args)).map(
      ([part, { description, section, measure }]) =>
        new aws.cloudwatch.MetricAlarm(
          `${own}-${part}`,
          {
            ...alarmRule,
            ...measure,
            alarmDescription: `${color}: ${description}. ${runbookAt(args.runbookUrl, section)}`,
            tags,
          },
          { parent: this },
        ),
    );
    this.parts = parts.map((part) => part.name);
    const composite = new aws.cloudwatch.CompositeAlarm(
      `${own}-alarm`,
      {
        // Nobody generates this name. The load balancer's is, so a second stack of the same name takes nobody's alarm over.
        alarmName: pulumi.interpolate`${args.loadBalancerName}-${color}`,
        alarmDescription: `${color} is not well: its parts say what is wrong. ${runbookAt(args.runbookUrl, "errors")}`,
        alarmRule: pulumi.all(this.parts).apply((names) => names.map((part) => `ALARM("${part}")`).join(" OR ")),
        alarmActions: [topicArn],
        okActions: [topicArn],
        tags,
      },
      { parent: this },
    );
    this.composite = composite.alarmName;
    this.arns = [composite.arn, ...parts.map((part) => part.arn)];
    this.registerOutputs({ composite: this.composite });
  }
}

function partsOf({ dimensions, ...thresholds }: AlarmsArgs): Record<string, Part> {
  const metric = (metricName: string) => ({ namespace, metricName, dimensions });
  const sum = (id: string, name: string) => ({ id, metric: { ...metric(name), period, stat: "Sum" } });
  const slow = (percentile: number, seconds: number): Part => ({
    description: `over ${100 - percentile} % of the answers took longer than ${seconds} s`,
    section: "errors",
    measure: {
      metricQueries: [
        { id: "seconds", metric: { ...metric("TargetResponseTime"), period, stat: `p${percentile}` } },
        sum("requests", counts.requests),
        { id: "slow", expression: percentileOfMany, label: `p${percentile} seconds`, returnData: true },
      ],
      threshold: seconds,
    },
  });
  const sums = Object.entries(counts).map(([id, name]) => sum(id, name));
  return {
    errors: {
      description: `over ${thresholds.alarmErrorPercent} % of the answers were 5xx`,
      section: "errors",
      measure: {
        metricQueries: [...sums, { id: "share", expression: errorShare, label: "5xx percent", returnData: true }],
        threshold: thresholds.alarmErrorPercent,
      },
    },
    p95: slow(95, thresholds.alarmP95Seconds),
    p99: slow(99, thresholds.alarmP99Seconds),
    unhealthy: {
      description: "instances fail their health checks",
      section: "unclear",
      measure: { ...metric("UnHealthyHostCount"), period, statistic: "Maximum", threshold: 0 },
    },
    connections: {
      description: `over ${tolerableConnectionErrors} connections to instances failed in a minute`,
      section: "unclear",
      measure: {
        ...metric("TargetConnectionErrorCount"),
        period,
        statistic: "Sum",
        threshold: tolerableConnectionErrors,
      },
    },
  };
}
