/** What CloudWatch is asked about a colour: the alarms judge by it, and the dashboard shows it. */
import type * as pulumi from "@pulumi/pulumi";

/** Namespace of the load balancer's metrics. */
export const loadBalancerNamespace = "AWS/ApplicationELB";

/** Seconds: the load balancer tells its metrics every minute. */
export const period = 60;

/** What a colour's metrics are told apart by: the ends of the two ARNs. */
export type TargetGroupDimensions<T = pulumi.Input<string>> = {
  /** `app/NAME/ID`. */
  LoadBalancer: T;
  /** `targetgroup/NAME/ID`. */
  TargetGroup: T;
};

/** The metrics that `errorShare` reads, by the ids that it reads them by; each a sum over the period. */
export const counts = { errors: "HTTPCode_Target_5XX_Count", requests: "RequestCount" };

/**
 * The metrics that `gatewayErrorShare` reads: what the load balancer answers itself when an instance resets a connection or
 * hangs, and all requests for which it chose an instance (AWS: "CloudWatch metrics for your Application Load Balancer").
 */
export const gatewayCounts = {
  bad: "HTTPCode_ELB_502_Count",
  late: "HTTPCode_ELB_504_Count",
  requests: "RequestCount",
};

/** Requests in a minute below which a share of errors says nothing: one in nineteen would be 5 %. */
const fewestRequests = 20;

/**
 * Share of 5xx answers, in percent. The load balancer leaves out what it has not seen, so missing errors are none;
 * missing requests leave the minute without a share, which no alarm takes for bad.
 */
export const errorShare = `IF(requests >= ${fewestRequests}, 100 * FILL(errors, 0) / requests, 0)`;

/**
 * 1 in a minute in which a colour's share of the requests changed by five points or more, else 0: what a flip, a canary's step or a
 * rollback leaves, whoever made it. Of `share`, a percentage.
 */
export const trafficMoved = "IF(ABS(DIFF(share)) >= 5, 1, 0)";

/** Share of all requests that the load balancer answered in its instances' place, in percent. */
export const gatewayErrorShare = `IF(requests >= ${fewestRequests}, 100 * (FILL(bad, 0) + FILL(late, 0)) / requests, 0)`;

/**
 * A percentile, where there are enough requests to have one: of few, p95 and p99 are the slowest. CloudWatch's own measure, which
 * asks for 10 / (1 - p) samples, would leave a canary of few requests unwatched, and an alarm on where requests become few.
 */
export const percentileOfMany = `IF(requests >= ${fewestRequests}, seconds, 0)`;

/**
 * When an alarm sounds: above its threshold in two of the last three minutes. One bad minute may be chance, and a canary
 * of some minutes must still be stopped. The last minute's numbers can come late, which three minutes bear. Without
 * traffic there are no metrics, and nothing is wrong.
 */
export const alarmRule = {
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: "notBreaching",
} as const;
