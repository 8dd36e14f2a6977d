/** Whether an existing VPC can carry the stack: what AWS would refuse, or accept and then never send a request to. */
import { Address4 } from "ip-address";

export interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidr: string;
  /** IPv4 addresses that nobody has. */
  readonly freeAddresses: number;
}

/** A rule of a network ACL for IPv4. Rules count in the order of their numbers: the first that matches decides. */
export interface AclRule {
  readonly number: number;
  readonly egress: boolean;
  readonly allow: boolean;
  /** An IP protocol's number; -1: all. */
  readonly protocol: string;
  readonly cidr: string;
  /** Undefined: all ports. */
  readonly ports?: { readonly from: number; readonly to: number };
}

export interface AclFacts {
  readonly id: string;
  readonly subnetIds: readonly string[];
  readonly rules: readonly AclRule[];
}

export interface NetworkFacts {
  readonly subnets: readonly SubnetFacts[];
  /** Undefined where the right to ask for them is missing. */
  readonly acls?: readonly AclFacts[];
}

export interface NetworkQuestion {
  readonly vpcId: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly appPort: number;
  /** Subnets that the stack uses already: its own load balancer has taken addresses there. */
  readonly used: readonly string[];
}

/** Addresses that must be free in each subnet of a new load balancer, else AWS answers InvalidSubnet ("Subnets for your load balancer", ELB user guide). */
const leastFree = 8;
/** Ports that a load balancer connects from (ELB user guide, "Recommended rules" for network ACLs). */
const ephemeral = { from: 1024, to: 65535 };

/** Faults, each a sentence with what came and one with what to do. Empty: the network will do. */
export function networkFaults(question: NetworkQuestion, { subnets, acls }: NetworkFacts): string[] {
  const unknown = unknownSubnets(question, subnets);
  if (unknown.length > 0) return unknown;
  const of = (ids: readonly string[]) => subnets.filter(({ id }) => ids.includes(id));
  const [front, back] = [of(question.publicSubnetIds), of(question.privateSubnetIds)];
  const faults = [...zoneFaults(front, back), ...addressFaults(front, question.used)];
  return [...faults, ...(acls ? aclFaults(front, back, acls, question.appPort) : [])];
}

function unknownSubnets(
  { vpcId, publicSubnetIds, privateSubnetIds }: NetworkQuestion,
  subnets: readonly SubnetFacts[],
) {
  const list = `Name subnets of it: aws ec2 describe-subnets --filters Name=vpc-id,Values=${vpcId}`;
  const named: [string, readonly string[]][] = [
    ["publicSubnetIds", publicSubnetIds],
    ["privateSubnetIds", privateSubnetIds],
  ];
  return named.flatMap(([name, ids]) =>
    ids.flatMap((id) => {
      const subnet = subnets.find((candidate) => candidate.id === id);
      if (!subnet) return [`${name} has ${id}, which can't be seen in this account and region. ${list}`];
      return subnet.vpcId === vpcId ? [] : [`${name} has ${id}, which is in ${subnet.vpcId}, not in ${vpcId}. ${list}`];
    }),
  );
}

const namesOf = (subnets: readonly SubnetFacts[]): string => subnets.map(({ id }) => id).join(", ");

function zoneFaults(front: readonly SubnetFacts[], back: readonly SubnetFacts[]): string[] {
  const enabled = [...new Set(front.map(({ zone }) => zone))].sort();
  const crowded = enabled
    .map((zone) => front.filter((subnet) => subnet.zone === zone))
    .filter((subnets) => subnets.length > 1);
  const stranded = back.filter(({ zone }) => !enabled.includes(zone));
  return [
    ...crowded.map(
      (subnets) =>
        `publicSubnetIds has ${namesOf(subnets)}, all in ${subnets[0].zone}; a load balancer takes one subnet a zone. Keep one of them.`,
    ),
    ...(enabled.length === 1
      ? [
          `publicSubnetIds has subnets in ${enabled[0]} alone; a load balancer needs two zones. Add a public subnet of another zone.`,
        ]
      : []),
    ...stranded.map(
      ({ id, zone }) =>
        `privateSubnetIds has ${id} in ${zone}, where the load balancer has no subnet: it would send no requests there. ` +
        `Add a public subnet of ${zone} to publicSubnetIds, or use private subnets of ${enabled.join(", ")}.`,
    ),
  ];
}

const addressFaults = (front: readonly SubnetFacts[], used: readonly string[]): string[] =>
  front
    .filter(({ id, freeAddresses }) => !used.includes(id) && freeAddresses < leastFree)
    .map(
      ({ id, cidr, freeAddresses }) =>
        `publicSubnetIds has ${id} (${cidr}) with ${freeAddresses} free addresses; AWS makes a load balancer where ${leastFree} are ` +
        `free, and advises a /27 at least. Free some, or name another subnet.`,
    );

/** A flow of packets that an ACL must let through. */
interface Flow {
  readonly subnet: SubnetFacts;
  readonly peer: SubnetFacts;
  readonly egress: boolean;
  readonly ports: { readonly from: number; readonly to: number };
}

/** An ACL keeps no connections in mind: requests and their answers must each be let out of one subnet and into the other. */
function aclFaults(
  front: readonly SubnetFacts[],
  back: readonly SubnetFacts[],
  acls: readonly AclFacts[],
  appPort: number,
): string[] {
  const app = { from: appPort, to: appPort };
  const flows = back.flatMap((fleet) =>
    front
      .filter(({ id }) => id !== fleet.id)
      .flatMap((balancer): Flow[] => [
        { subnet: balancer, peer: fleet, egress: true, ports: app },
        { subnet: fleet, peer: balancer, egress: false, ports: app },
        { subnet: fleet, peer: balancer, egress: true, ports: ephemeral },
        { subnet: balancer, peer: fleet, egress: false, ports: ephemeral },
      ]),
  );
  return flows.flatMap(({ subnet, peer, egress, ports }) => {
    const acl = acls.find(({ subnetIds }) => subnetIds.includes(subnet.id));
    if (!acl || !isBlocked(acl.rules, { subnet, peer, egress, ports })) return [];
    const range =
      ports.from === ports.to ? `port ${ports.from} (appPort)` : `ports ${ports.from}-${ports.to} (answers)`;
    const way = egress ? `out to ${peer.cidr}` : `in from ${peer.cidr}`;
    return [
      `the network ACL ${acl.id} of ${subnet.id} lets no TCP ${way} (${peer.id}) on ${range}: the load balancer could not reach the fleets. ` +
        `Add a rule to it that allows this.`,
    ];
  });
}

/** Whether nothing of a flow gets through for certain: what a rule lets through in part counts as through. */
function isBlocked(rules: readonly AclRule[], { peer, egress, ports }: Flow): boolean {
  const range = new Address4(peer.cidr);
  const matching = rules
    .filter((rule) => rule.egress === egress && ["-1", "6"].includes(rule.protocol))
    .sort((a, b) => a.number - b.number);
  for (const { cidr, allow, ports: own = { from: 0, to: 65535 } } of matching) {
    const other = new Address4(cidr);
    const covers = range.isInSubnet(other) && own.from <= ports.from && own.to >= ports.to;
    const touches =
      (covers || other.isInSubnet(range) || range.isInSubnet(other)) && own.from <= ports.to && own.to >= ports.from;
    if (allow ? touches : covers) return !allow;
  }
  return true;
}
