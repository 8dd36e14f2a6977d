import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarmRule, period } from "./metrics.ts";
import { byColor, colors, type ByColor } from "../deployment/model.ts";

export interface DegradedAlarmArgs {
  /** Base of the alarm's name. */
  baseName: string;
  /** The stack's path of settings: `/bluegreen/STACK`. */
  settingsPath: string;
  /** Log groups of the colours' instances. */
  logGroups: ByColor<pulumi.Input<string>>;
  /** Topic that is told when the alarm sounds, and when it is over. */
  topicArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** What the service writes for each check of a backing service that fails once it has been ready (packages/app/src/readiness.ts). */
export const degradedPattern = '{ $.msg = "degraded" }';

/**
 * Tells that a backing service is away and the fleets serve without it: they say 200 on their health check, so nothing else would.
 * All instances share such a service, so one alarm stands over both colours: it takes no release back, and no more traffic moves while
 * it is on. The metrics exist in the hours with such a line alone; about 0.20 USD a month.
 */
export class DegradedAlarm extends pulumi.ComponentResource {
  readonly alarmName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: DegradedAlarmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:DegradedAlarm", name, {}, opts);
    // Of the stack's own: another stack's fleets are none of its business. A custom namespace has no slash in front.
    const namespace = args.settingsPath.slice(1);
    const metricNames = byColor((color) => `${color}-degraded`);
    const filters = colors.map(
      (color) =>
        new aws.cloudwatch.LogMetricFilter(
          `${name}-${color}`,
          {
            name: metricNames[color],
            logGroupName: args.logGroups[color],
            pattern: degradedPattern,
            // No default of 0: CloudWatch bills a metric by the hours in which it has values.
            metricTransformation: { namespace, name: metricNames[color], value: "1", unit: "Count" },
          },
          { parent: this },
        ),
    );
    const alarm = new aws.cloudwatch.MetricAlarm(
      `${args.baseName}-degraded`,
      {
        ...alarmRule,
        alarmDescription: "A backing service such as Redis is away: the instances serve what needs none, and stay",
        metricQueries: [
          ...colors.map((color) => ({
            id: color,
            metric: { namespace, metricName: metricNames[color], period, stat: "Sum" },
          })),
          {
            id: "checks",
            expression: "FILL(blue, 0) + FILL(green, 0)",
            label: "failed checks of a backing service",
            returnData: true,
          },
        ],
        threshold: 0,
        alarmActions: [args.topicArn],
        okActions: [args.topicArn],
        tags: args.tags,
      },
      { parent: this, dependsOn: filters },
    );
    this.alarmName = alarm.name;
    this.arn = alarm.arn;
    this.registerOutputs({ alarmName: this.alarmName });
  }
}
