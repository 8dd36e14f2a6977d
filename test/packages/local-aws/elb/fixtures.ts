import type { Listener, LoadBalancer, TargetGroup, Topology } from "../../../../packages/local-aws/elb/topology.ts";

const prefix = "arn:aws:elasticloadbalancing:eu-central-1:123456789012";

/** ARN of a target group of the fixtures. */
export function targetGroupArn(name: string): string {
  return `${prefix}:targetgroup/${name}/1`;
}

/** ARN of a load balancer of the fixtures. */
function loadBalancerArn(name: string): string {
  return `${prefix}:loadbalancer/app/${name}/1`;
}

/** A target group with quick checks in the VPC `vpc-1`. */
export function targetGroup(name: string, over: Partial<TargetGroup> = {}): TargetGroup {
  return {
    arn: targetGroupArn(name),
    name,
    vpcId: "vpc-1",
    targetType: "instance",
    port: 3000,
    healthCheck: {
      enabled: true,
      path: "/readyz",
      port: "traffic-port",
      interval: 5,
      timeout: 2,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
    },
    attributes: { "deregistration_delay.timeout_seconds": "10" },
    ...over,
  };
}

/** A load balancer in the zones `a` and `b` of the VPC `vpc-1`. */
export function loadBalancer(name: string, over: Partial<LoadBalancer> = {}): LoadBalancer {
  const known = { arn: loadBalancerArn(name), name, vpcId: "vpc-1", zones: ["a", "b"], subnetIds: ["s-a", "s-b"] };
  return { ...known, dnsName: `${name}.aws`, attributes: {}, ...over };
}

/** A listener of a load balancer that forwards to target groups by weight. */
export function listener(name: string, port: number, weights: Record<string, number>): Listener {
  return {
    arn: `${prefix}:listener/app/${name}/1/${port}`,
    loadBalancerArn: loadBalancerArn(name),
    port,
    protocol: "HTTP",
    attributes: {},
    defaultActions: [
      {
        Type: "forward",
        ForwardConfig: {
          TargetGroups: Object.entries(weights).map(([group, Weight]) => ({
            TargetGroupArn: targetGroupArn(group),
            Weight,
          })),
        },
      },
    ],
    rules: [],
  };
}

/** Everything together: the target groups `blue` and `green` behind the load balancer `main` on port 80. */
export function topology(over: Partial<Topology> = {}): Topology {
  return {
    loadBalancers: [loadBalancer("main")],
    listeners: [listener("main", 80, { blue: 100, green: 0 })],
    targetGroups: [targetGroup("blue"), targetGroup("green")],
    ...over,
  };
}
