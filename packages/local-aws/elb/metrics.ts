import type { Dimension, MetricStore, Series } from "../cloudwatch/metric-store.ts";
import type { Pool } from "./target-health.ts";
import { usage, type LoadBalancer, type Topology } from "./topology.ts";

const namespace = "AWS/ApplicationELB";

type HostPool = Pick<Pool, "group" | "targets">;

type Feed = (value: number) => void;

/** What a load balancer reports of the requests that it sends to one target group. */
export interface TargetMetrics {
  /** A target was chosen for a request. */
  chosen(): void;
  /** A target answered. @param seconds From the request until the answer's headers. */
  answered(status: number, seconds: number): void;
  /** No connection to a target came about. */
  notConnected(): void;
  /** The load balancer answered in the target's place, with 502 or 504: that is the load balancer's count alone. */
  failed(status: number): void;
}

/** What a load balancer reports by itself. */
export interface LoadBalancerMetrics {
  /** The load balancer answered in a target's place, with 502, 503 or 504. */
  failed(status: number): void;
  to(targetGroupArn: string): TargetMetrics;
}

/**
 * The metrics of load balancers, under CloudWatch's names. As on AWS a count appears when there is something to count,
 * requests count when a target was chosen, and what the load balancer answers by itself belongs to no target group.
 */
export class ElbMetrics {
  private readonly store: MetricStore;

  constructor(store: MetricStore) {
    this.store = store;
  }

  /** The metrics of one load balancer, to be kept: finding them takes longer than counting. */
  of(loadBalancer: Pick<LoadBalancer, "arn">): LoadBalancerMetrics {
    const own = [dimensionOf("LoadBalancer", loadBalancer.arn)];
    const all = this.feed("HTTPCode_ELB_5XX_Count", own);
    const byStatus = new Map([502, 503, 504].map((status) => [status, this.feed(`HTTPCode_ELB_${status}_Count`, own)]));
    const failed = (status: number): void => {
      all(1);
      byStatus.get(status)?.(1);
    };
    const groups = new Map<string, TargetMetrics>();
    return {
      failed,
      to: (arn) => {
        let group = groups.get(arn);
        if (!group) {
          group = { ...this.target(own, [dimensionOf("TargetGroup", arn), ...own]), failed };
          groups.set(arn, group);
        }
        return group;
      },
    };
  }

  /** Measures how many targets are healthy, in each group that has targets, for each load balancer that uses it. */
  countHosts(topology: Topology, targets: { pool(arn: string): HostPool | undefined }): void {
    for (const [arn, loadBalancers] of usage(topology)) {
      const pool = targets.pool(arn);
      if (pool) this.hosts(pool, loadBalancers);
    }
  }

  private hosts(pool: HostPool, loadBalancerArns: Iterable<string>): void {
    const present = [...pool.targets.values()].filter(({ draining }) => !draining);
    if (present.length === 0) return;
    const healthy = present.filter(({ health }) => health.state === "healthy").length;
    const unhealthy = present.filter(({ health }) => health.state === "unhealthy").length;
    for (const arn of loadBalancerArns) {
      const dimensions = [dimensionOf("TargetGroup", pool.group.arn), dimensionOf("LoadBalancer", arn)];
      this.feed("HealthyHostCount", dimensions)(healthy);
      this.feed("UnHealthyHostCount", dimensions)(unhealthy);
    }
  }

  private target(loadBalancer: Dimension[], both: Dimension[]): Omit<TargetMetrics, "failed"> {
    const feed = (name: string): Feed => this.feed(name, loadBalancer, both);
    const requests = feed("RequestCount");
    const seconds = feed("TargetResponseTime");
    const classes = [2, 3, 4, 5].map((digit) => feed(`HTTPCode_Target_${digit}XX_Count`));
    const unconnected = feed("TargetConnectionErrorCount");
    return {
      chosen: () => requests(1),
      answered(status, took) {
        classes[Math.floor(status / 100) - 2]?.(1);
        seconds(took);
      },
      notConnected: () => unconnected(1),
    };
  }

  /** Feeds the same metric under several sets of dimensions; a metric comes into being with its first value. */
  private feed(name: string, ...sets: Dimension[][]): Feed {
    let series: Series[] | undefined;
    return (value) => {
      series ??= sets.map((dimensions) =>
        this.store.of({ Namespace: namespace, MetricName: name, Dimensions: dimensions }),
      );
      for (const one of series) one.add(value);
    };
  }
}

/** A dimension's value is the end of the ARN: `app/NAME/ID` and `targetgroup/NAME/ID`. */
function dimensionOf(Name: "LoadBalancer" | "TargetGroup", arn: string): Dimension {
  const resource = arn.split(":").slice(5).join(":");
  return { Name, Value: resource.replace(/^loadbalancer\//, "") };
}
