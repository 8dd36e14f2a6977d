import type { NetworkAclEntry, NetworkAcl, Subnet } from "@aws-sdk/client-ec2";
import type { AclFacts, AclRule, NetworkFacts, SubnetFacts } from "../deployment/network-fit.ts";
import type { ClientOptions } from "./clients.ts";

/** What there is of subnets in a VPC that exists. Those that can't be seen are left out. */
export type ReadNetwork = (subnetIds: readonly string[]) => Promise<NetworkFacts>;

/** EC2's word for a missing right. */
const denied = "UnauthorizedOperation";

/**
 * Reads subnets and the network ACLs over them. EC2's client is loaded with the first question: it is the largest of all, and a VPC
 * of the stack's own asks none. AWS's errors pass through, but for a missing right to ask for ACLs.
 */
export function networkReader(options: ClientOptions): ReadNetwork {
  return async (subnetIds) => {
    const { DescribeNetworkAclsCommand, DescribeSubnetsCommand, EC2Client } = await import("@aws-sdk/client-ec2");
    const client = new EC2Client(options.of("ec2"));
    // By filter: an id that is not there would fail the whole call.
    const among = (name: string) => [{ Name: name, Values: [...subnetIds] }];
    try {
      const [{ Subnets = [] }, acls] = await Promise.all([
        client.send(new DescribeSubnetsCommand({ Filters: among("subnet-id") })),
        client.send(new DescribeNetworkAclsCommand({ Filters: among("association.subnet-id") })).then(
          ({ NetworkAcls = [] }) => NetworkAcls.map(aclFacts),
          (error: Error) => {
            if (error.name !== denied) throw error;
            return undefined;
          },
        ),
      ]);
      return { subnets: Subnets.map(subnetFacts), acls };
    } finally {
      client.destroy();
    }
  };
}

const subnetFacts = ({
  SubnetId: id = "",
  VpcId: vpcId = "",
  AvailabilityZone: zone = "",
  CidrBlock: cidr = "",
  AvailableIpAddressCount: freeAddresses = 0,
}: Subnet): SubnetFacts => ({ id, vpcId, zone, cidr, freeAddresses });

const aclFacts = ({ NetworkAclId: id = "", Associations = [], Entries = [] }: NetworkAcl): AclFacts => ({
  id,
  subnetIds: Associations.map(({ SubnetId = "" }) => SubnetId),
  rules: Entries.flatMap(aclRule),
});

/** None for a rule about IPv6, which the load balancer does not use towards its targets. */
function aclRule({ RuleNumber, Egress, RuleAction, Protocol, CidrBlock, PortRange }: NetworkAclEntry): AclRule[] {
  if (CidrBlock === undefined) return [];
  const { From: from, To: to } = PortRange ?? {};
  return [
    {
      number: RuleNumber ?? 0,
      egress: Egress ?? false,
      allow: RuleAction === "allow",
      protocol: Protocol ?? "-1",
      cidr: CidrBlock,
      ports: from === undefined || to === undefined ? undefined : { from, to },
    },
  ];
}
