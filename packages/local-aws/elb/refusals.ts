import {
  AwsError,
  numberOf,
  type QueryStructure,
  structureOf,
  structuresOf,
  textOf,
  textsOf,
  validationError,
} from "@bluegreen/query-protocol";
import { notRehearsed } from "../errors.ts";
import type { Subnet } from "../ec2/directory.ts";
import { usage, type Listener, type LoadBalancer, type TargetGroup, type Topology } from "./topology.ts";

/** Where AWS's limits of Elastic Load Balancing stand: the API reference and the quotas of an Application Load Balancer. */
const limits = { nameLength: 32, forwardGroups: 5, weight: 999, freeAddresses: 8 };

/** The subnets that a CreateLoadBalancer or SetSubnets call names. */
export function subnetIdsOf(params: QueryStructure): string[] {
  const mapped = structuresOf(params.SubnetMappings).map((mapping) => textOf(mapping.SubnetId) ?? "");
  return [...textsOf(params.Subnets), ...mapped];
}

/** Refuses what AWS refuses about a load balancer's subnets. */
export function checkSubnets(ids: string[], found: Subnet[]): void {
  const known = new Set(found.map((subnet) => subnet.id));
  const missing = ids.find((id) => !known.has(id));
  if (missing) {
    throw new AwsError("SubnetNotFound", `The subnet ID '${missing}' does not exist`);
  }
  if (new Set(found.map((subnet) => subnet.vpcId)).size > 1) {
    throw new AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  }
  const zones = new Set(found.map((subnet) => subnet.zone));
  if (found.length < 2 || zones.size < 2) {
    throw validationError("At least two subnets in two different Availability Zones must be specified");
  }
  if (zones.size < found.length) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
}

/** What CreateLoadBalancer is checked against. */
export interface LoadBalancerSurroundings {
  topology: Topology;
  subnets: Subnet[];
  /** VPC of each existing security group. */
  securityGroups: Map<string, string>;
  hasInternetGateway: boolean;
}

/** Refuses what AWS refuses when a load balancer is created. */
export function checkCreateLoadBalancer(params: QueryStructure, around: LoadBalancerSurroundings): void {
  const name = textOf(params.Name) ?? "";
  const type = textOf(params.Type) ?? "application";
  if (type !== "application") {
    throw notRehearsed(`load balancers of type '${type}'`, "packages/local-aws/elb/");
  }
  if (name.length > limits.nameLength) {
    throw validationError(`The load balancer name '${name}' cannot be longer than '${limits.nameLength}' characters`);
  }
  if (!/^[A-Za-z0-9-]+$/.test(name) || /^(-|internal-)|-$/.test(name)) {
    throw validationError(
      `The load balancer name '${name}' can only contain characters that are alphanumeric characters and hyphens(-), ` +
        "and cannot begin or end with '-' or begin with 'internal-'",
    );
  }
  if (around.topology.loadBalancers.some((balancer) => balancer.name === name)) {
    throw new AwsError(
      "DuplicateLoadBalancerName",
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  checkSubnets(subnetIdsOf(params), around.subnets);
  const narrow = around.subnets.find(({ freeAddresses }) => freeAddresses < limits.freeAddresses);
  if (narrow) {
    throw new AwsError(
      "InvalidSubnet",
      `Not enough IP space available in ${narrow.id}. ` +
        `ELB requires at least ${limits.freeAddresses} free IP addresses in each subnet.`,
    );
  }
  const vpcId = around.subnets[0]?.vpcId ?? "";
  for (const id of textsOf(params.SecurityGroups)) {
    if (around.securityGroups.get(id) !== vpcId) {
      throw new AwsError("InvalidSecurityGroup", `The security group '${id}' does not exist in VPC '${vpcId}'`);
    }
  }
  if (textOf(params.Scheme) !== "internal" && !around.hasInternetGateway) {
    throw new AwsError("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
  }
}

/** Refuses the deletion of a protected load balancer. */
export function checkDeleteLoadBalancer(balancer: LoadBalancer | undefined): void {
  if (balancer?.attributes["deletion_protection.enabled"] === "true") {
    throw new AwsError(
      "OperationNotPermitted",
      `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
}

/** Refuses health checks that AWS refuses; `known` is the target group before a change. */
export function checkTargetGroup(params: QueryStructure, known?: TargetGroup): void {
  const interval = numberOf(params.HealthCheckIntervalSeconds) ?? known?.healthCheck.interval ?? 30;
  const timeout = numberOf(params.HealthCheckTimeoutSeconds) ?? known?.healthCheck.timeout ?? 5;
  const ranges: [string, number, number, number][] = [
    ["Health check interval", interval, 5, 300],
    ["Health check timeout", timeout, 2, 120],
    ["Healthy threshold count", numberOf(params.HealthyThresholdCount) ?? 5, 2, 10],
    ["Unhealthy threshold count", numberOf(params.UnhealthyThresholdCount) ?? 2, 2, 10],
  ];
  for (const [what, value, least, most] of ranges) {
    if (!(value >= least && value <= most)) {
      throw validationError(`${what} '${value}' must be between '${least}' and '${most}' inclusive`);
    }
  }
  if (timeout >= interval) {
    throw validationError(`Health check timeout '${timeout}' must be smaller than the interval '${interval}'`);
  }
  const type = textOf(params.TargetType) ?? "instance";
  const protocol = textOf(params.Protocol) ?? "HTTP";
  if (!known && (type !== "instance" || protocol !== "HTTP" || textOf(params.ProtocolVersion) === "GRPC")) {
    throw notRehearsed(`target groups of type '${type}' and protocol '${protocol}'`, "packages/local-aws/elb/");
  }
}

/** Refuses target-group attributes that this data plane doesn't follow. */
export function checkTargetGroupAttributes(params: QueryStructure): void {
  for (const attribute of structuresOf(params.Attributes)) {
    const text = `${textOf(attribute.Key)}=${textOf(attribute.Value)}`;
    if (text === "stickiness.enabled=true" || /^slow_start\.duration_seconds=(?!0$)/.test(text)) {
      throw notRehearsed(`the target group attribute ${text}`, "packages/local-aws/elb/balancer.ts");
    }
  }
}

/** Refuses actions of a listener or rule that AWS refuses. `where` is the parameter's name in AWS's messages. */
export function checkActions(actions: QueryStructure[], where: string, balancer: LoadBalancer, world: Topology): void {
  const users = usage(world);
  for (const [index, action] of actions.entries()) {
    const forward = structureOf(action.ForwardConfig);
    const groups = structuresOf(forward.TargetGroups);
    const single = textOf(action.TargetGroupArn);
    if (groups.length > limits.forwardGroups) {
      throw new AwsError(
        "TooManyTargetGroups",
        `A forward action can have at most '${limits.forwardGroups}' target groups`,
      );
    }
    if (single && groups.length > 0 && (groups.length > 1 || textOf(groups[0]?.TargetGroupArn) !== single)) {
      throw validationError("You can specify either a target group ARN or a forward configuration, not both");
    }
    const stickiness = structureOf(forward.TargetGroupStickinessConfig);
    if (textOf(stickiness.Enabled) === "true") {
      throw notRehearsed("stickiness between target groups", "packages/local-aws/elb/balancer.ts");
    }
    for (const [position, group] of groups.entries()) {
      const weight = numberOf(group.Weight) ?? 1;
      if (!(Number.isInteger(weight) && weight >= 0 && weight <= limits.weight)) {
        const bound = weight < 0 ? "greater than or equal to 0" : `less than or equal to ${limits.weight}`;
        throw validationError(
          `1 validation error detected: Value '${weight}' at '${where}.${index + 1}.member.forwardConfig.targetGroups.` +
            `${position + 1}.member.weight' failed to satisfy constraint: Member must have value ${bound}`,
        );
      }
    }
    const arns = groups.length > 0 ? groups.map((group) => textOf(group.TargetGroupArn) ?? "") : single ? [single] : [];
    arns.forEach((arn) => checkTarget(arn, balancer, world, users));
  }
}

function checkTarget(arn: string, balancer: LoadBalancer, world: Topology, users: Map<string, Set<string>>): void {
  const group = world.targetGroups.find((candidate) => candidate.arn === arn);
  if (!group) {
    throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
  }
  if (group.vpcId !== balancer.vpcId) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      `The target group '${arn}' is in VPC '${group.vpcId}', the load balancer in VPC '${balancer.vpcId}'`,
    );
  }
  if ([...(users.get(arn) ?? [])].some((user) => user !== balancer.arn)) {
    throw new AwsError(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    );
  }
}

/** Refuses a listener's port or protocol; `self` is the listener that is being modified. */
export function checkListener(params: QueryStructure, balancer: LoadBalancer, world: Topology, self?: Listener): void {
  const port = numberOf(params.Port) ?? self?.port;
  const protocol = textOf(params.Protocol) ?? self?.protocol;
  if (port === undefined || !(port >= 1 && port <= 65535)) {
    throw validationError(`The listener port '${textOf(params.Port) ?? ""}' must be between '1' and '65535'`);
  }
  const twin = world.listeners.find((other) => other.loadBalancerArn === balancer.arn && other.port === port);
  if (twin && twin.arn !== self?.arn) {
    throw new AwsError(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${balancer.arn}'`,
    );
  }
  const becomesSecure = protocol === "HTTPS" && self?.protocol !== "HTTPS";
  if (becomesSecure && structuresOf(params.Certificates).length === 0) {
    throw validationError("A certificate must be specified for HTTPS listeners");
  }
}

/** Refuses a certificate that a listener can't have; `status` is ACM's, undefined where it knows none. */
export function checkCertificate(arn: string, status: string | undefined): void {
  if (!arn.includes(":acm:")) {
    throw notRehearsed(`certificates that are not ACM's, such as '${arn}'`, "packages/local-aws/elb/certificates.ts");
  }
  if (status === undefined) {
    throw new AwsError("CertificateNotFound", `Certificate '${arn}' not found`);
  }
  if (status !== "ISSUED") {
    throw new AwsError(
      "UnsupportedCertificate",
      `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    );
  }
}

/** Refuses a rule's priority that is out of range or taken. */
export function checkPriority(params: QueryStructure, listener: Listener): void {
  const priority = numberOf(params.Priority);
  if (priority === undefined || !(priority >= 1 && priority <= 50_000)) {
    throw validationError(`Rule priority '${textOf(params.Priority) ?? ""}' must be between '1' and '50000' inclusive`);
  }
  if (listener.rules.some((rule) => Number(rule.Priority) === priority)) {
    throw new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);
  }
}
