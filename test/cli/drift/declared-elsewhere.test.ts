import { classify, type Seen } from "../../../cli/drift/classify.ts";
import type { StateResource } from "../../../cli/state/stack-state.ts";
import { world } from "../worlds.ts";

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const roleType = "aws:iam/role:Role";
const bucketType = "aws:s3/bucket:Bucket";
const tableType = "aws:ec2/routeTable:RouteTable";
const topicType = "aws:sns/topic:Topic";

const resource = (type: string, name: string, id: string, outputs: Record<string, unknown> = {}): StateResource => ({
  urn: `urn::${name}`,
  type,
  id,
  outputs,
});
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const state = [
  resource(groupType, "fleet", "sg-1", { ingress: [], egress: [] }),
  resource(ingressRule, "from-alb", "sgr-1", {
    securityGroupId: "sg-1",
    ipProtocol: "tcp",
    fromPort: 3000,
    toPort: 3000,
    referencedSecurityGroupId: "sg-2",
    description: "from the load balancer",
  }),
  resource(ingressRule, "public", "sgr-2", {
    securityGroupId: "sg-1",
    ipProtocol: "tcp",
    fromPort: 80,
    toPort: 80,
    cidrIpv4: "10.0.0.0/8",
  }),
  resource(ingressRule, "among-each-other", "sgr-3", {
    securityGroupId: "sg-1",
    ipProtocol: "-1",
    referencedSecurityGroupId: "sg-1",
  }),
  resource(egressRule, "https", "sgr-4", {
    securityGroupId: "sg-1",
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    cidrIpv4: "0.0.0.0/0",
  }),
  resource(ingressRule, "of-another", "sgr-5", {
    securityGroupId: "sg-9",
    ipProtocol: "tcp",
    fromPort: 22,
    toPort: 22,
    cidrIpv4: "0.0.0.0/0",
  }),
  resource(roleType, "role", "role-1", { managedPolicyArns: [], inlinePolicies: [] }),
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "core", "a", { role: "role-1", policyArn: "arn:core" }),
  resource("aws:iam/rolePolicy:RolePolicy", "settings", "b", { role: "role-1", name: "settings" }),
  resource(bucketType, "bucket", "logs", { policy: "" }),
  resource("aws:s3/bucketPolicy:BucketPolicy", "bucket-policy", "logs", { bucket: "logs", policy: "{}" }),
  resource(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "encrypted",
    "logs",
    { bucket: "logs" },
  ),
  resource(bucketType, "open", "open"),
  resource(tableType, "table", "rtb-1"),
  resource("aws:ec2/route:Route", "nat", "r", { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" }),
  resource(topicType, "topic", "arn:topic", { arn: "arn:topic", policy: "default" }),
  resource("aws:sns/topicPolicy:TopicPolicy", "topic-policy", "arn:topic", { arn: "arn:topic", policy: "ours" }),
];
const seen = (type: string, name: string, property: string, found: unknown): Seen => ({
  op: "same",
  type,
  urn: `urn::${name}`,
  name,
  diff: [property],
  values: { [property]: { old: [], new: found } },
});
const found = (change: Seen[], resources = state) =>
  classify(change, world(), resources).map((item) => [item.class, item.resource, item.path, item.to]);

const block = (protocol: string, port: number, sources: Record<string, unknown>) => ({
  protocol,
  fromPort: port,
  toPort: port,
  description: "",
  self: false,
  ...sources,
});
const rules = [
  block("tcp", 3000, { securityGroups: ["sg-2"], description: "from the load balancer" }),
  block("tcp", 80, { cidrBlocks: ["10.0.0.0/8"] }),
  block("-1", 0, { self: true }),
];

describe("what the state's own resources declare is no drift of what they are parts of", () => {
  test.each<[string, string, string, unknown]>([
    [groupType, "fleet", "ingress", rules],
    [groupType, "fleet", "egress", [block("tcp", 443, { cidrBlocks: ["0.0.0.0/0"] })]],
    [roleType, "role", "managedPolicyArns", ["arn:core"]],
    [roleType, "role", "inlinePolicies", [{ name: "settings", policy: "{}" }]],
    [roleType, "role", "inlinePolicies", [{ name: null }]],
    [
      groupType,
      "fleet",
      "egress",
      [{ ...block("tcp", 443, { cidrBlocks: ["0.0.0.0/0"] }), securityGroups: null, self: null }],
    ],
    [bucketType, "bucket", "policy", "{}"],
    [bucketType, "bucket", "serverSideEncryptionConfiguration", { rules: [] }],
    [tableType, "table", "routes", [{ cidrBlock: "0.0.0.0/0", ipv6CidrBlock: "", destinationPrefixListId: "" }]],
    [topicType, "topic", "policy", "ours"],
  ])("%s %s: %s", (type, name, property, value) => expect(found([seen(type, name, property, value)])).toEqual([]));
});

describe("what none of them declares is dangerous, and alone is named", () => {
  const opened = [...rules, block("tcp", 22, { cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] })];
  test.each<[string, string, string, unknown, unknown[]]>([
    [groupType, "fleet", "ingress", opened, ["tcp 22 from 0.0.0.0/0", "tcp 22 from ::/0"]],
    [
      groupType,
      "fleet",
      "egress",
      [block("tcp", 443, { cidrBlocks: ["0.0.0.0/0", "1.2.3.4/32"] }), block("-1", 0, { prefixListIds: ["pl-1"] })],
      ["tcp 443 to 1.2.3.4/32", "everything to pl-1"],
    ],
    [
      groupType,
      "fleet",
      "ingress",
      [{ ...block("udp", 1, { securityGroups: ["1/sg-2"] }), toPort: 9 }],
      ["udp 1-9 from 1/sg-2"],
    ],
    [roleType, "role", "managedPolicyArns", ["arn:core", "arn:admin"], ["arn:admin"]],
    [roleType, "role", "inlinePolicies", [{ name: "settings" }, { name: "mine" }], ["mine"]],
    [bucketType, "open", "policy", "{}", ["{}"]],
    [tableType, "table", "routes", [{ cidrBlock: "0.0.0.0/0" }, { cidrBlock: "", ipv6CidrBlock: "::/0" }], ["::/0"]],
  ])("%s %s: %s", (type, name, property, value, rest) =>
    expect(found([seen(type, name, property, value)])).toEqual([["dangerous", name, property, rest]]),
  );

  it("says what to do of it", () =>
    expect(classify([seen(roleType, "role", "managedPolicyArns", ["arn:admin"])], world(), state)[0]?.sentence).toBe(
      'Role role, managedPolicyArns: nothing declared, ["arn:admin"] found. ' +
        "No setting declares it, so no update takes it away: look who added it, and remove it by hand.",
    ));
});

describe("what a refresh has taken into the state", () => {
  const outputs = { managedPolicyArns: ["arn:core", "arn:admin"] };
  const taken = state.map((one) => (one.urn === "urn::role" ? { ...one, outputs } : one));

  it("is still drift", () =>
    expect(found([], taken)).toEqual([["dangerous", "role", "managedPolicyArns", ["arn:admin"]]]));
  it("is still drift, of suspended processes, too", () => {
    const group = resource("aws:autoscaling/group:Group", "group", "g", { suspendedProcesses: ["Launch"] });
    expect(found([], [group])).toEqual([["dangerous", "group", "suspendedProcesses", ["Launch"]]]);
    expect(found([seen(group.type, "group", "suspendedProcesses", [])], [group])).toEqual([]);
  });
  it("is none any more once it is removed", () =>
    expect(found([seen(roleType, "role", "managedPolicyArns", ["arn:core"])], taken)).toEqual([]));
  it("goes with its owner", () => {
    const gone: Seen = { ...seen(roleType, "role", "x", 1), op: "delete", diff: [] };
    expect(found([gone], taken)).toEqual([["dangerous", "role", undefined, undefined]]);
    expect(
      found(
        [],
        taken.map((one) => ({ ...one, delete: true })),
      ),
    ).toEqual([]);
  });
});
