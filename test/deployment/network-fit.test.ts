import {
  networkFaults,
  type AclRule,
  type NetworkFacts,
  type NetworkQuestion,
  type SubnetFacts,
} from "../../deployment/network-fit.ts";

const subnet = (id: string, zone: string, change: Partial<SubnetFacts> = {}): SubnetFacts => ({
  id,
  zone,
  vpcId: "vpc-1",
  cidr: `10.0.${id.charCodeAt(id.length - 1)}.0/24`,
  freeAddresses: 200,
  ...change,
});
const [frontA, frontB] = [subnet("front-a", "a"), subnet("front-b", "b")];
// Their last letters, and so their ranges, differ from those in front.
const [backA, backB] = [subnet("back-p", "a"), subnet("back-q", "b")];
const question: NetworkQuestion = {
  vpcId: "vpc-1",
  publicSubnetIds: ["front-a", "front-b"],
  privateSubnetIds: ["back-p", "back-q"],
  appPort: 3000,
  used: [],
};
const all = [frontA, frontB, backA, backB];

const faults = (facts: Partial<NetworkFacts>, change: Partial<NetworkQuestion> = {}) =>
  networkFaults({ ...question, ...change }, { subnets: all, acls: [], ...facts });

test("given two zones with a public and a private subnet each, then nothing is wrong", () => {
  expect(faults({})).toEqual([]);
});

test("fails on a subnet that is not there, and says how to find those that are", () => {
  expect(faults({ subnets: [frontA, frontB, backA] })).toEqual([
    "privateSubnetIds has back-q, which can't be seen in this account and region. " +
      "Name subnets of it: aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-1",
  ]);
});

test("fails on a subnet of another VPC", () => {
  const foreign = subnet("front-b", "b", { vpcId: "vpc-2" });
  expect(faults({ subnets: [frontA, foreign, backA, backB] })).toEqual([
    expect.stringContaining("publicSubnetIds has front-b, which is in vpc-2, not in vpc-1."),
  ]);
});

test("fails on public subnets of one zone, which are also too many for it", () => {
  expect(faults({ subnets: [frontA, subnet("front-b", "a"), backA, subnet("back-q", "a")] })).toEqual([
    "publicSubnetIds has front-a, front-b, all in a; a load balancer takes one subnet a zone. Keep one of them.",
    "publicSubnetIds has subnets in a alone; a load balancer needs two zones. Add a public subnet of another zone.",
  ]);
});

test("fails on a private subnet of a zone without a public one", () => {
  expect(faults({ subnets: [frontA, frontB, backA, subnet("back-q", "c")] })).toEqual([
    "privateSubnetIds has back-q in c, where the load balancer has no subnet: it would send no requests there. " +
      "Add a public subnet of c to publicSubnetIds, or use private subnets of a, b.",
  ]);
});

test("fails on a public subnet with 7 free addresses; 8 will do, and those of a subnet in use don't count", () => {
  const narrow = (freeAddresses: number) => [frontA, subnet("front-b", "b", { freeAddresses }), backA, backB];
  expect(faults({ subnets: narrow(7) })).toEqual([
    "publicSubnetIds has front-b (10.0.98.0/24) with 7 free addresses; AWS makes a load balancer where 8 are free, and advises a " +
      "/27 at least. Free some, or name another subnet.",
  ]);
  expect(faults({ subnets: narrow(8) })).toEqual([]);
  expect(faults({ subnets: narrow(0) }, { used: ["front-b"] })).toEqual([]);
});

describe("network ACLs", () => {
  const rule = (number: number, change: Partial<AclRule>): AclRule => ({
    number,
    egress: false,
    allow: true,
    protocol: "6",
    cidr: "0.0.0.0/0",
    ...change,
  });
  const last = [
    rule(32767, { allow: false, protocol: "-1" }),
    rule(32767, { allow: false, protocol: "-1", egress: true }),
  ];
  const open = [rule(100, { protocol: "-1" }), rule(100, { protocol: "-1", egress: true }), ...last];
  const over = (subnetIds: string[], rules: AclRule[]) => {
    const rest = all.map(({ id }) => id).filter((id) => !subnetIds.includes(id));
    return [
      { id: "acl-own", subnetIds, rules },
      { id: "acl-default", subnetIds: rest, rules: open },
    ];
  };
  const out = rule(100, { protocol: "-1", egress: true });

  test.each<[string, AclRule[]]>([
    ["the app's port", [rule(1, { ports: { from: 3000, to: 3000 } }), out]],
    ["the load balancer's ranges alone", [rule(1, { cidr: frontA.cidr }), rule(2, { cidr: frontB.cidr }), out]],
    ["a part of the range, which may do", [rule(1, { cidr: "10.0.97.128/25" }), rule(2, { cidr: frontB.cidr }), out]],
    [
      "everything but one address of the load balancer's",
      [rule(1, { allow: false, cidr: "10.0.97.9/32" }), rule(2, {}), out],
    ],
    ["Linux's own ports for answers", [rule(1, {}), rule(1, { egress: true, ports: { from: 32768, to: 60999 } })]],
    [
      "answers but to the lowest ports",
      [
        rule(1, {}),
        rule(1, { allow: false, egress: true, ports: { from: 1025, to: 65535 } }),
        rule(2, { egress: true }),
      ],
    ],
    [
      "answers but to the highest ports",
      [rule(1, {}), rule(1, { allow: false, egress: true, ports: { from: 0, to: 65534 } }), rule(2, { egress: true })],
    ],
    ["everything but another port", [rule(1, { allow: false, ports: { from: 22, to: 22 } }), rule(2, {}), out]],
  ])("let requests through where the fleet's lets in %s", (_, rules) => {
    expect(faults({ acls: over(["back-p"], [...rules, ...last]) })).toEqual([]);
  });

  test.each<[string, string, AclRule[], string]>([
    [
      "the fleet's lets the port not in",
      "back-p",
      [rule(1, { ports: { from: 8080, to: 8080 } }), out],
      "in from 10.0.97.0/24 (front-a) on port 3000 (appPort)",
    ],
    [
      "a rule before the one that allows denies",
      "back-p",
      [rule(2, {}), rule(1, { allow: false }), out],
      "in from 10.0.97.0/24 (front-a) on port 3000 (appPort)",
    ],
    [
      "only others may in",
      "back-p",
      [rule(1, { cidr: "10.9.0.0/16" }), out],
      "in from 10.0.97.0/24 (front-a) on port 3000 (appPort)",
    ],
    [
      "answers are denied before they are allowed",
      "back-p",
      [
        rule(1, {}),
        rule(1, { allow: false, egress: true, ports: { from: 1024, to: 65535 } }),
        rule(2, { egress: true }),
      ],
      "out to 10.0.97.0/24 (front-a) on ports 1024-65535 (answers)",
    ],
    [
      "only UDP may in",
      "back-p",
      [rule(1, { protocol: "17" }), out],
      "in from 10.0.97.0/24 (front-a) on port 3000 (appPort)",
    ],
    [
      "the fleet's lets no answers out",
      "back-p",
      [rule(1, {})],
      "out to 10.0.97.0/24 (front-a) on ports 1024-65535 (answers)",
    ],
    [
      "the load balancer's lets nothing out to the port",
      "front-a",
      [rule(1, {}), rule(1, { egress: true, ports: { from: 443, to: 443 } })],
      "out to 10.0.112.0/24 (back-p) on port 3000 (appPort)",
    ],
    [
      "the load balancer's lets no answers in",
      "front-a",
      [rule(1, { ports: { from: 80, to: 443 } }), out],
      "in from 10.0.112.0/24 (back-p) on ports 1024-65535 (answers)",
    ],
  ])("fails where %s", (_, id, rules, words) => {
    expect(faults({ acls: over([id], [...rules, ...last]) })[0]).toBe(
      `the network ACL acl-own of ${id} lets no TCP ${words}: the load balancer could not reach the fleets. Add a rule to it that allows this.`,
    );
  });

  test("are not asked between a subnet and itself, nor where the right to read them is missing", () => {
    const closed = all.map(({ id }) => ({ id: "acl-closed", subnetIds: [id], rules: last }));
    expect(faults({ acls: undefined })).toEqual([]);
    const same = { publicSubnetIds: ["front-a", "front-b"], privateSubnetIds: ["front-a"] };
    const words = faults({ acls: closed }, same).join();
    expect(words).not.toContain("front-a lets no TCP in from 10.0.97.0/24");
  });
});
