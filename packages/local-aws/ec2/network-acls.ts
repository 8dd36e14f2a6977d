import {
  DescribeNetworkAclsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type NetworkAcl,
  type NetworkAclEntry,
} from "@aws-sdk/client-ec2";
import { BlockList } from "node:net";

/** EC2's actions that change what ACLs let through. */
const changes = /^(Create|Delete|Replace)NetworkAcl/;
/** A port that a load balancer connects from; answers go there. */
const answerPort = 32768;

/**
 * What network ACLs let through, from the first change of one on: before that all subnets have their VPC's own, which is open, and
 * nobody needs to ask. They keep no connections in mind: answers need a rule of their own.
 */
export class NetworkAcls {
  private readonly ec2: EC2Client;
  private acls: NetworkAcl[] | undefined;
  private readonly cidrs = new Map<string, string>();

  constructor(ec2: EC2Client) {
    this.ec2 = ec2;
  }

  /** Follows a call of EC2's that went through. */
  async after(action: string): Promise<void> {
    if (!changes.test(action)) return;
    const [{ NetworkAcls = [] }, { Subnets = [] }] = await Promise.all([
      this.ec2.send(new DescribeNetworkAclsCommand({})),
      this.ec2.send(new DescribeSubnetsCommand({})),
    ]);
    this.acls = NetworkAcls;
    for (const { SubnetId = "", CidrBlock = "" } of Subnets) this.cidrs.set(SubnetId, CidrBlock);
  }

  /** Whether requests from one subnet reach a TCP port in another, and their answers come back. */
  letThrough(from: string, to: string, port: number): boolean {
    if (this.acls === undefined || from === to) return true;
    return (
      this.allows(from, to, true, port) &&
      this.allows(to, from, false, port) &&
      this.allows(to, from, true, answerPort) &&
      this.allows(from, to, false, answerPort)
    );
  }

  /** Whether a subnet's ACL lets packets out to a peer subnet (`egress`), or in from it. The first matching rule decides. */
  private allows(subnetId: string, peerId: string, egress: boolean, port: number): boolean {
    const acl = this.acls?.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === subnetId));
    const address = this.cidrs.get(peerId)?.split("/")[0];
    if (!acl || address === undefined) return true;
    const rules = (acl.Entries ?? []).filter(({ Egress }) => Egress === egress);
    rules.sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
    return rules.find((rule) => matches(rule, address, port))?.RuleAction === "allow";
  }
}

function matches({ Protocol, CidrBlock, PortRange }: NetworkAclEntry, address: string, port: number): boolean {
  if (CidrBlock === undefined || (Protocol !== "-1" && Protocol !== "6")) return false;
  const { From = 0, To = 65535 } = PortRange ?? {};
  const [network = "", prefix] = CidrBlock.split("/");
  const block = new BlockList();
  block.addSubnet(network, Number(prefix));
  return block.check(address) && port >= From && port <= To;
}
