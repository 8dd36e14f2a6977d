import { rowOf } from "./checked.ts";
import { type Answers, fakeCloud, refusal } from "./fake-cloud.ts";

const read = (type: string, id: string, answers: Answers) => rowOf(type).read(id, fakeCloud(answers).cloud, {});

test("a security group has every rule, one block for each protocol, ports and description", async () => {
  const IpPermissions = [
    {
      IpProtocol: "tcp",
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: "1.2.3.4/32", Description: "mine" }, { CidrIp: "5.6.7.8/32" }],
      Ipv6Ranges: [{ CidrIpv6: "::/0" }],
      UserIdGroupPairs: [
        { GroupId: "sg-1", UserId: "1" },
        { GroupId: "sg-2", UserId: "2" },
      ],
    },
  ];
  const IpPermissionsEgress = [{ IpProtocol: "-1", PrefixListIds: [{ PrefixListId: "pl-1" }] }];
  const group = { GroupId: "sg-1", OwnerId: "1", IpPermissions, IpPermissionsEgress };
  const state = await read("aws:ec2/securityGroup:SecurityGroup", "sg-1", {
    DescribeSecurityGroups: () => ({ SecurityGroups: [group] }),
  });
  const ssh = { protocol: "tcp", fromPort: 22, toPort: 22 };
  expect(state).toMatchObject({
    ingress: [
      { ...ssh, description: "mine", self: false, cidrBlocks: ["1.2.3.4/32"] },
      {
        ...ssh,
        description: "",
        self: true,
        cidrBlocks: ["5.6.7.8/32"],
        ipv6CidrBlocks: ["::/0"],
        securityGroups: ["2/sg-2"],
      },
    ],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, prefixListIds: ["pl-1"] }],
  });
});

test("a role has every policy, attached and inline", async () => {
  const state = await read("aws:iam/role:Role", "role-1", {
    GetRole: () => ({ Role: { RoleName: "role-1", AssumeRolePolicyDocument: "%7B%7D" } }),
    ListAttachedRolePolicies: () => ({ AttachedPolicies: [{ PolicyArn: "arn:core" }] }),
    ListRolePolicies: () => ({ PolicyNames: ["settings"] }),
    GetRolePolicy: () => ({ PolicyDocument: "%7B%22a%22%3A1%7D" }),
  });
  expect(state).toMatchObject({
    managedPolicyArns: ["arn:core"],
    inlinePolicies: [{ name: "settings", policy: '{"a":1}' }],
  });
});

test("a bucket has its policy, rules, encryption and grants; what it has not is empty", async () => {
  const bare: Answers = {
    HeadBucket: () => ({}),
    GetBucketTagging: () => ({ TagSet: [] }),
    GetBucketAcl: () => ({ Grants: [{ Grantee: { ID: "me", Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] }),
    GetBucketPolicy() {
      throw refusal("NoSuchBucketPolicy");
    },
    GetBucketLifecycleConfiguration() {
      throw refusal("NoSuchLifecycleConfiguration");
    },
    GetBucketEncryption() {
      throw refusal("ServerSideEncryptionConfigurationNotFoundError");
    },
  };
  const grants = [{ id: "me", type: "CanonicalUser", uri: undefined, permissions: ["FULL_CONTROL"] }];
  const type = "aws:s3/bucket:Bucket";
  const empty = { policy: undefined, lifecycleRules: [], serverSideEncryptionConfiguration: undefined, grants };
  expect(await read(type, "logs", bare)).toMatchObject(empty);
  const SSEAlgorithm = "AES256";
  const full = {
    ...bare,
    GetBucketPolicy: () => ({ Policy: "{}" }),
    GetBucketLifecycleConfiguration: () => ({ Rules: [{ ID: "expire" }] }),
    GetBucketEncryption: () => ({
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }] },
    }),
  };
  expect(await read(type, "logs", full)).toMatchObject({
    policy: "{}",
    lifecycleRules: [{ id: "expire" }],
    serverSideEncryptionConfiguration: {
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: SSEAlgorithm } }],
    },
  });
});

test("a route table has its routes, without the VPC's own and those of endpoints", async () => {
  const Routes = [
    { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" },
    { DestinationPrefixListId: "pl-1", GatewayId: "vpce-1" },
    { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1" },
  ];
  const state = await read("aws:ec2/routeTable:RouteTable", "rtb-1", {
    DescribeRouteTables: () => ({ RouteTables: [{ RouteTableId: "rtb-1", Routes }] }),
  });
  expect(state?.routes).toEqual([
    {
      cidrBlock: "0.0.0.0/0",
      ipv6CidrBlock: "",
      destinationPrefixListId: "",
      gatewayId: "",
      natGatewayId: "nat-1",
    },
  ]);
});
