import type { EC2Client, NetworkAclEntry } from "@aws-sdk/client-ec2";
import { NetworkAcls } from "../../../../packages/local-aws/ec2/network-acls.ts";

const entry = (RuleNumber: number, change: NetworkAclEntry = {}): NetworkAclEntry => ({
  RuleNumber,
  Egress: false,
  Protocol: "-1",
  RuleAction: "allow",
  CidrBlock: "0.0.0.0/0",
  ...change,
});
const last = [entry(32767, { RuleAction: "deny" }), entry(32767, { RuleAction: "deny", Egress: true })];

/** Whether requests get from the subnet `front` to port 3000 in `back`, with these rules over `back`. */
async function through(own: NetworkAclEntry[]): Promise<boolean> {
  const answers: Record<string, object> = {
    DescribeNetworkAclsCommand: {
      NetworkAcls: [
        { Associations: [{ SubnetId: "back" }], Entries: [...own, ...last] },
        { Associations: [{ SubnetId: "front" }], Entries: [entry(100), entry(100, { Egress: true }), ...last] },
      ],
    },
    DescribeSubnetsCommand: {
      Subnets: [
        { SubnetId: "front", CidrBlock: "10.0.0.0/24" },
        { SubnetId: "back", CidrBlock: "10.0.1.0/24" },
      ],
    },
  };
  const send = ({ constructor: { name } }: { constructor: { name: string } }) => Promise.resolve(answers[name]);
  const acls = new NetworkAcls({ send } as unknown as EC2Client);
  await acls.after("ReplaceNetworkAclAssociation");
  return acls.letThrough("front", "back", 3000);
}

test("before any ACL was changed everything gets through, and nobody is asked", async () => {
  const send = () => {
    throw new Error("nobody expected a question");
  };
  const acls = new NetworkAcls({ send } as unknown as EC2Client);
  await acls.after("CreateSubnet");
  expect(acls.letThrough("front", "back", 3000)).toBe(true);
});

test.each<[string, NetworkAclEntry[], boolean]>([
  ["rules for requests and answers", [entry(1, { Protocol: "6" }), entry(1, { Egress: true })], true],
  ["none", [], false],
  ["no rule for answers", [entry(1)], false],
  ["another port", [entry(1, { PortRange: { From: 80, To: 443 } }), entry(1, { Egress: true })], false],
  ["another range", [entry(1, { CidrBlock: "10.9.0.0/16" }), entry(1, { Egress: true })], false],
  ["UDP alone", [entry(1, { Protocol: "17" }), entry(1, { Egress: true })], false],
  ["a denial first", [entry(2), entry(1, { RuleAction: "deny" }), entry(1, { Egress: true })], false],
])("requests get through where the rules allow it: %s", async (_, own, expected) =>
  expect(await through(own)).toBe(expected),
);
