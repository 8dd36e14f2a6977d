import { DescribeNetworkAclsCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { clientOptions } from "../../aws/clients.ts";
import { networkReader } from "../../aws/network.ts";

const read = networkReader(clientOptions({ region: "eu-central-1", accessKey: "k", secretKey: "s" }));
const answers = { subnets: {} as object, acls: {} as object | Error };
const asked: object[] = [];
beforeEach(() => {
  asked.length = 0;
  jest.spyOn(EC2Client.prototype, "send").mockImplementation((command: unknown) => {
    asked.push((command as { input: object }).input);
    if (command instanceof DescribeSubnetsCommand) return Promise.resolve(answers.subnets) as never;
    if (!(command instanceof DescribeNetworkAclsCommand)) throw new Error("nobody expected this call");
    return (answers.acls instanceof Error ? Promise.reject(answers.acls) : Promise.resolve(answers.acls)) as never;
  });
});

test("reads subnets and the rules for IPv4 of the ACLs over them", async () => {
  answers.subnets = {
    Subnets: [
      { SubnetId: "s1", VpcId: "v", AvailabilityZone: "a", CidrBlock: "10.0.0.0/24", AvailableIpAddressCount: 9 },
    ],
  };
  answers.acls = {
    NetworkAcls: [
      {
        NetworkAclId: "acl-1",
        Associations: [{ SubnetId: "s1" }, { SubnetId: "s9" }],
        Entries: [
          {
            RuleNumber: 1,
            Egress: true,
            RuleAction: "allow",
            Protocol: "6",
            CidrBlock: "0.0.0.0/0",
            PortRange: { From: 1, To: 2 },
          },
          { RuleNumber: 2, Egress: false, RuleAction: "deny", Protocol: "-1", CidrBlock: "10.0.0.0/8" },
          { RuleNumber: 3, Egress: false, RuleAction: "allow", Protocol: "-1", Ipv6CidrBlock: "::/0" },
        ],
      },
    ],
  };
  expect(await read(["s1", "s2"])).toEqual({
    subnets: [{ id: "s1", vpcId: "v", zone: "a", cidr: "10.0.0.0/24", freeAddresses: 9 }],
    acls: [
      {
        id: "acl-1",
        subnetIds: ["s1", "s9"],
        rules: [
          { number: 1, egress: true, allow: true, protocol: "6", cidr: "0.0.0.0/0", ports: { from: 1, to: 2 } },
          { number: 2, egress: false, allow: false, protocol: "-1", cidr: "10.0.0.0/8", ports: undefined },
        ],
      },
    ],
  });
  expect(asked).toEqual([
    { Filters: [{ Name: "subnet-id", Values: ["s1", "s2"] }] },
    { Filters: [{ Name: "association.subnet-id", Values: ["s1", "s2"] }] },
  ]);
});

test("given no right to ask for ACLs, then they are unknown; other faults pass through", async () => {
  answers.subnets = {};
  answers.acls = Object.assign(new Error("You are not authorized"), { name: "UnauthorizedOperation" });
  expect(await read(["s1"])).toEqual({ subnets: [], acls: undefined });
  answers.acls = Object.assign(new Error("Rate exceeded"), { name: "RequestLimitExceeded" });
  await expect(read(["s1"])).rejects.toThrow("Rate exceeded");
});
