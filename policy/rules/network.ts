import {
  list,
  text,
  texts,
  type Props,
  type Resource,
  type ResourceRule,
  type StackFault,
  type StackRule,
} from "../rule.ts";

/** SSH and Remote Desktop. */
const loginPorts = [22, 3389];

const world = ["0.0.0.0/0", "::/0"];

const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const olderRule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const defaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

interface Ingress {
  /** From, to; every port where the protocol is "all". */
  readonly ports: readonly [number, number];
  readonly cidrs: readonly string[];
}

const every = [0, 65_535] as const;

function ingress(rule: Props, protocol: unknown, cidrs: readonly string[]): Ingress {
  const all = protocol === "-1" || protocol === "all" || rule.fromPort === undefined || Number(rule.fromPort) === -1;
  return { ports: all ? every : [Number(rule.fromPort), Number(rule.toPort)], cidrs };
}

/** What a resource lets in, in each of the three ways in which the provider takes it. */
function ingresses({ type, props }: Resource): readonly Ingress[] {
  const blocks = (rule: Props) => [...texts(rule.cidrBlocks), ...texts(rule.ipv6CidrBlocks)];
  switch (type) {
    case ingressRule:
      return [
        ingress(
          props,
          props.ipProtocol,
          [props.cidrIpv4, props.cidrIpv6].flatMap((cidr) => (cidr ? [text(cidr)] : [])),
        ),
      ];
    case olderRule:
      return props.type === "ingress" ? [ingress(props, props.protocol, blocks(props))] : [];
    case securityGroup:
    case defaultSecurityGroup:
      return list(props.ingress).map((rule) => ingress(rule, rule.protocol, blocks(rule)));
    default:
      return [];
  }
}

export const networkRules: readonly ResourceRule[] = [
  {
    name: "no-remote-login",
    description: "No security group lets anybody in on port 22 or 3389: Session Manager needs no open port.",
    faults: (resource) =>
      ingresses(resource)
        .flatMap(({ ports: [from, to] }) => loginPorts.filter((port) => from <= port && port <= to))
        .map((port) => `port ${port} is open; take the rule away, or narrow its ports`),
  },
];

/** Security groups of the stack's load balancers. */
const ofLoadBalancers = (resources: readonly Resource[]): ReadonlySet<string> =>
  new Set(
    resources
      .filter(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer" || type === "aws:alb/loadBalancer:LoadBalancer")
      .flatMap(({ props }) => texts(props.securityGroups)),
  );

export const networkStackRules: readonly StackRule[] = [
  {
    name: "open-ingress-at-the-load-balancer-alone",
    description: "Only a load balancer's security group is open to the world.",
    stackFaults: (resources) => {
      const allowed = ofLoadBalancers(resources);
      return resources
        .filter((resource) => ingresses(resource).some(({ cidrs }) => cidrs.some((cidr) => world.includes(cidr))))
        .filter(({ props }) => !allowed.has(String(props.securityGroupId ?? props.id)))
        .map((resource): StackFault => ({
          resource,
          fault:
            "it lets the whole world in, and its group is no load balancer's; name the ranges or the security group that may come in",
        }));
    },
  },
  {
    name: "private-subnets",
    description: "Fleets run in other subnets than the public load balancer.",
    stackFaults: (resources) => {
      const isPublic = new Set(
        resources
          .filter(({ type, props }) => type === "aws:lb/loadBalancer:LoadBalancer" && props.internal !== true)
          .flatMap(({ props }) => texts(props.subnets)),
      );
      return resources
        .filter(({ type }) => type === "aws:autoscaling/group:Group")
        .flatMap((resource) =>
          texts(resource.props.vpcZoneIdentifiers)
            .filter((subnet) => isPublic.has(subnet))
            .map((subnet) => ({
              resource,
              fault: `${subnet} is a subnet of a public load balancer; use private subnets`,
            })),
        );
    },
  },
];
