import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { alarmRule, loadBalancerNamespace, period } from "./metrics.ts";
import { runbookAt } from "./runbook.ts";

export interface RejectedConnectionsAlarmArgs {
  /** `app/NAME/ID` of the load balancer. */
  loadBalancerArnSuffix: pulumi.Input<string>;
  /** Where people find the run book; undefined: its path in the repository. */
  runbookUrl?: string;
  /** Topic that is told when the alarm sounds, and when it is over. */
  topicArn: pulumi.Input<string>;
  tags: Record<string, string>;
}

/** Tells that the load balancer itself turns users away. It does so before it chooses a colour, so no colour is to blame. */
export function createRejectedConnectionsAlarm(
  name: string,
  { loadBalancerArnSuffix, runbookUrl, topicArn, tags }: RejectedConnectionsAlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      ...alarmRule,
      alarmDescription: `The load balancer rejects connections: it has reached its greatest number of them. ${runbookAt(runbookUrl, "unclear")}`,
      namespace: loadBalancerNamespace,
      metricName: "RejectedConnectionCount",
      dimensions: { LoadBalancer: loadBalancerArnSuffix },
      period,
      statistic: "Sum",
      threshold: 0,
      alarmActions: [topicArn],
      okActions: [topicArn],
      tags,
    },
    opts,
  );
}
