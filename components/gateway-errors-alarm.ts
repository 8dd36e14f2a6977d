import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { alarmRule, gatewayCounts, gatewayErrorShare, loadBalancerNamespace as namespace, period } from "./metrics.ts";
import { runbookAt } from "./runbook.ts";

export interface GatewayErrorsAlarmArgs {
  /** `app/NAME/ID` of the load balancer. */
  loadBalancerArnSuffix: pulumi.Input<string>;
  /** Share of all requests, in percent, that is still well. */
  alarmErrorPercent: number;
  /** Where people find the run book; undefined: its path in the repository. */
  runbookUrl?: string;
  /** Topic that is told when the alarm sounds, and when it is over. */
  topicArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/**
 * Tells that the load balancer answers in its instances' place: 502 where one resets a connection or answers nonsense, 504 where
 * one hangs. It counts these for itself alone, and for no target group, so this alarm stands over both colours: it takes no
 * release back, and no more traffic moves while it is on. About 0.30 USD a month.
 */
export function createGatewayErrorsAlarm(
  name: string,
  { loadBalancerArnSuffix, alarmErrorPercent, runbookUrl, topicArn, tags }: GatewayErrorsAlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const dimensions = { LoadBalancer: loadBalancerArnSuffix };
  const sums = Object.entries(gatewayCounts).map(([id, metricName]) => ({
    id,
    metric: { namespace, metricName, dimensions, period, stat: "Sum" },
  }));
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      ...alarmRule,
      alarmDescription: `The load balancer answered over ${alarmErrorPercent} % of all requests with 502 or 504 itself. ${runbookAt(runbookUrl, "errors")}`,
      metricQueries: [
        ...sums,
        { id: "share", expression: gatewayErrorShare, label: "502 and 504 percent", returnData: true },
      ],
      threshold: alarmErrorPercent,
      alarmActions: [topicArn],
      okActions: [topicArn],
      tags,
    },
    opts,
  );
}
