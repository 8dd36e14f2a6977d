import {
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type Action,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";

/** A load balancer as the data plane and the refusals need it. */
export interface LoadBalancer {
  arn: string;
  name: string;
  vpcId: string;
  /** Zones that it has a subnet in: it sends requests to no others. */
  zones: string[];
  subnetIds: string[];
  /** AWS's name for it; callers see its local address instead. */
  dnsName: string;
  attributes: Record<string, string>;
}

/** A listener with its rules, the default one left out. */
export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** Of an HTTPS listener. */
  certificateArn?: string;
  attributes: Record<string, string>;
  defaultActions: Action[];
  rules: Rule[];
}

/** A target group; all spans are AWS seconds. */
export interface TargetGroup {
  arn: string;
  name: string;
  vpcId: string;
  targetType: string;
  port: number;
  healthCheck: {
    enabled: boolean;
    path: string;
    /** A number, or `traffic-port`. */
    port: string;
    interval: number;
    timeout: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    /** HTTP codes that pass, e.g. `200`, `200-299`, `200,202`. */
    matcher: string;
  };
  attributes: Record<string, string>;
}

/** All of Elastic Load Balancing at one moment. */
export interface Topology {
  loadBalancers: LoadBalancer[];
  listeners: Listener[];
  targetGroups: TargetGroup[];
}

/** Nothing there. */
export const emptyTopology: Topology = { loadBalancers: [], listeners: [], targetGroups: [] };

/** The target groups that an action may send requests to, with their weights (1 where none is stated). */
export function forwardsOf(action: Action): { arn: string; weight: number }[] {
  if (action.Type !== "forward") {
    return [];
  }
  const groups = action.ForwardConfig?.TargetGroups;
  return groups?.length
    ? groups.map((group) => ({ arn: group.TargetGroupArn ?? "", weight: group.Weight ?? 1 }))
    : [{ arn: action.TargetGroupArn ?? "", weight: 1 }];
}

/** ARNs of the load balancers whose listeners or rules name a target group, by the group's ARN. */
export function usage(topology: Topology): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  for (const listener of topology.listeners) {
    const actions = [...listener.defaultActions, ...listener.rules.flatMap((rule) => rule.Actions ?? [])];
    for (const { arn } of actions.flatMap(forwardsOf)) {
      users.set(arn, (users.get(arn) ?? new Set()).add(listener.loadBalancerArn));
    }
  }
  return users;
}

function attributesOf(list: { Key?: string; Value?: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

async function readListeners(elb: ElasticLoadBalancingV2Client, LoadBalancerArn: string): Promise<Listener[]> {
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Promise.all(
    Listeners.map(async ({ ListenerArn = "", Port = 0, Protocol = "HTTP", Certificates, DefaultActions = [] }) => {
      const [{ Rules = [] }, { Attributes }] = await Promise.all([
        elb.send(new DescribeRulesCommand({ ListenerArn })),
        elb.send(new DescribeListenerAttributesCommand({ ListenerArn })),
      ]);
      return {
        arn: ListenerArn,
        loadBalancerArn: LoadBalancerArn,
        port: Port,
        protocol: Protocol,
        certificateArn: Certificates?.[0]?.CertificateArn,
        attributes: attributesOf(Attributes),
        defaultActions: DefaultActions,
        rules: Rules.filter((rule) => !rule.IsDefault),
      };
    }),
  );
}

async function readTargetGroups(elb: ElasticLoadBalancingV2Client): Promise<TargetGroup[]> {
  const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  return Promise.all(
    TargetGroups.map(async (group): Promise<TargetGroup> => {
      const TargetGroupArn = group.TargetGroupArn ?? "";
      const { Attributes } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
      return {
        arn: TargetGroupArn,
        name: group.TargetGroupName ?? "",
        vpcId: group.VpcId ?? "",
        targetType: group.TargetType ?? "instance",
        port: group.Port ?? 80,
        healthCheck: {
          enabled: group.HealthCheckEnabled ?? true,
          path: group.HealthCheckPath ?? "/",
          port: group.HealthCheckPort ?? "traffic-port",
          interval: group.HealthCheckIntervalSeconds ?? 30,
          timeout: group.HealthCheckTimeoutSeconds ?? 5,
          healthyThreshold: group.HealthyThresholdCount ?? 5,
          unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
          matcher: group.Matcher?.HttpCode ?? "200",
        },
        attributes: attributesOf(Attributes),
      };
    }),
  );
}

/** Reads everything from moto, which keeps load balancers, listeners, rules and target groups well. */
export async function readTopology(elb: ElasticLoadBalancingV2Client): Promise<Topology> {
  const [{ LoadBalancers = [] }, targetGroups] = await Promise.all([
    elb.send(new DescribeLoadBalancersCommand({})),
    readTargetGroups(elb),
  ]);
  const parts = await Promise.all(
    LoadBalancers.map(async (balancer) => {
      const LoadBalancerArn = balancer.LoadBalancerArn ?? "";
      const [listeners, { Attributes }] = await Promise.all([
        readListeners(elb, LoadBalancerArn),
        elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })),
      ]);
      const loadBalancer: LoadBalancer = {
        arn: LoadBalancerArn,
        name: balancer.LoadBalancerName ?? "",
        vpcId: balancer.VpcId ?? "",
        subnetIds: (balancer.AvailabilityZones ?? []).map(({ SubnetId = "" }) => SubnetId),
        zones: (balancer.AvailabilityZones ?? []).map(({ ZoneName = "" }) => ZoneName),
        dnsName: balancer.DNSName ?? "",
        attributes: attributesOf(Attributes),
      };
      return { loadBalancer, listeners };
    }),
  );
  return {
    loadBalancers: parts.map((part) => part.loadBalancer),
    listeners: parts.flatMap((part) => part.listeners),
    targetGroups,
  };
}
