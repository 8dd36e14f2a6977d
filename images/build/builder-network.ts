import { Address4 } from "ip-address";
import type { BuilderSettings } from "./builder-settings.ts";
import type { Layer } from "./layers.ts";

/** A subnet that a builder may start in, as far as its ways out go. */
export interface BuilderSubnet {
  readonly id: string;
  readonly cidr: string;
  /** What `0.0.0.0/0` leads to, such as `igw-…` or `nat-…`; undefined where there is no such route. */
  readonly defaultRoute?: { readonly target: string; readonly active: boolean };
  /** VPC endpoints that are there for it: those for a gateway only where its route table has them. */
  readonly endpoints: readonly BuilderEndpoint[];
}

export interface BuilderEndpoint {
  /** Name of the service without its region, such as `ssm`. */
  readonly service: string;
  readonly available: boolean;
  /** Whether the service's usual name leads to it; always so for a gateway. */
  readonly privateDns: boolean;
  /** IPv4 ranges that its security groups let in on port 443; undefined for a gateway, which has none. */
  readonly admits?: readonly string[];
}

/**
 * Services that Session Manager needs where there is no way to the internet (Systems Manager user guide, "Reference: ec2messages,
 * ssmmessages": from agent 3.3.40 on these two).
 */
const SESSION_SERVICES = ["ssm", "ssmmessages"];
/** Amazon Linux's package repositories are buckets (AL2023 user guide, "Deterministic upgrades"); app installs none. */
const PACKAGE_SERVICES: Readonly<Record<Layer, readonly string[]>> = { base: ["s3"], hardened: ["s3"], app: [] };

/** The settings that decide it. */
export type NetworkSettings = Pick<
  BuilderSettings,
  "ssh_interface" | "subnet_id" | "associate_public_ip_address" | "instance_profile"
>;

/** What to do about it, whatever the fault. */
const INSTEAD =
  "give a subnet behind a NAT gateway, one with endpoints for ssm, ssmmessages and S3, or one with an internet gateway and " +
  "--var associate_public_ip_address=true";

/**
 * Why no bake can come to its end in that network; undefined where one can.
 * @param subnets the one that `subnet_id` names; where it names none, those of the default VPC, of which Packer takes any
 */
export function networkFault(
  layer: Layer,
  settings: NetworkSettings,
  subnets: readonly BuilderSubnet[],
): string | undefined {
  const { subnet_id: subnetId, ssh_interface: way, associate_public_ip_address: publicAddress } = settings;
  if (way === "session_manager" && settings.instance_profile === "") {
    return "there is no instance_profile, without which the builder can't register with Systems Manager: give one that has AmazonSSMManagedInstanceCore";
  }
  if (subnetId === "" && !publicAddress) {
    return `there is no subnet_id, and a subnet of the default VPC leads nowhere without a public address: ${INSTEAD}`;
  }
  if (subnets.length === 0) {
    return subnetId === ""
      ? `there is no subnet_id, and the region has no default VPC with a subnet: ${INSTEAD}`
      : `subnet_id is ${subnetId}, which is not there, or not available, in this account and region: ${INSTEAD}`;
  }
  for (const subnet of subnets) {
    const fault = subnetFault(layer, { way, publicAddress }, subnet);
    if (fault !== undefined) return `${fault}: ${INSTEAD}`;
  }
  return undefined;
}

type Ways = { readonly way: BuilderSettings["ssh_interface"]; readonly publicAddress: boolean };

function subnetFault(layer: Layer, { way, publicAddress }: Ways, subnet: BuilderSubnet): string | undefined {
  const { id, defaultRoute: route } = subnet;
  const toInternet = route?.target.startsWith("igw-") === true;
  if (way === "public_ip" && !(toInternet && route.active && publicAddress)) {
    return `ssh_interface is public_ip, and a builder in ${id} has no public address behind an internet gateway`;
  }
  if (route?.active === true && (!toInternet || publicAddress)) return undefined;
  const needed = [...(way === "session_manager" ? SESSION_SERVICES : []), ...PACKAGE_SERVICES[layer]];
  const missing = needed.flatMap((service) => endpointFault(service, subnet) ?? []);
  if (missing.length === 0) return undefined;
  const why =
    route === undefined
      ? "has no route out"
      : route.active
        ? `leads out by ${route.target}, which serves public addresses alone, and the builder has none`
        : `leads out by ${route.target}, which is gone (blackhole)`;
  return `the builder's subnet ${id} ${why}, and ${missing.join(", ")}`;
}

/** Why the builder can't reach a service by an endpoint. */
function endpointFault(service: string, { cidr, endpoints }: BuilderSubnet): string | undefined {
  const found = endpoints.filter((endpoint) => endpoint.service === service);
  if (found.length === 0) return `there is no endpoint for ${service}`;
  if (!found.some(({ available }) => available)) return `the endpoint for ${service} is not available`;
  if (!found.some(({ available, privateDns }) => available && privateDns)) {
    return `the endpoint for ${service} has no private DNS`;
  }
  const admitted = found.some(
    ({ available, privateDns, admits }) =>
      available && privateDns && (admits === undefined || admits.some((range) => covers(range, cidr))),
  );
  return admitted ? undefined : `the endpoint for ${service} lets no HTTPS in from ${cidr}`;
}

function covers(range: string, cidr: string): boolean {
  return new Address4(cidr).isInSubnet(new Address4(range));
}
