import { SecurityGroups, type SecurityGroupsArgs } from "../../components/security-groups.ts";
import { register } from "../program.ts";

const args: SecurityGroupsArgs = {
  vpcId: "vpc-1",
  vpcCidr: "10.0.0.0/16",
  appPort: 3000,
  publicPorts: [80, 443],
  allowedCidrs: ["192.0.2.0/24"],
  previewPort: 9090,
  previewCidrs: [],
  backendPorts: [],
  tags: { Project: "bluegreen" },
};

/** Each rule as `direction: group peer port`, in alphabetical order. */
async function rulesOf(more: Partial<SecurityGroupsArgs>): Promise<string[]> {
  const resources = await register(() => new SecurityGroups("f", { ...args, ...more }));
  return resources
    .filter(({ type }) => type.includes("Rule"))
    .map(({ type, inputs }) => {
      expect(inputs).toMatchObject({ ipProtocol: "tcp", toPort: inputs.fromPort, tags: args.tags });
      const peer = inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId;
      return `${type.includes("Ingress") ? "in" : "out"}: ${String(inputs.securityGroupId)} ${String(peer)} ${String(inputs.fromPort)}`;
    })
    .sort();
}

const always = [
  "in: f-alb-id 192.0.2.0/24 443",
  "in: f-alb-id 192.0.2.0/24 80",
  "in: f-fleet-id f-alb-id 3000",
  "out: f-alb-id f-fleet-id 3000",
  "out: f-fleet-id 0.0.0.0/0 443",
];

test("a rule is named after its listener, its port and its range: another name would be another rule", async () => {
  const resources = await register(() => new SecurityGroups("f", { ...args, previewCidrs: ["198.51.100.7/32"] }));
  const names = resources.map(({ name }) => name);
  for (const name of ["f-alb-public-80-192.0.2.0/24", "f-alb-preview-9090-198.51.100.7/32"])
    expect(names).toContain(name);
});

test("the groups stand in the VPC, and their rules bear the stack's tags", async () => {
  const resources = await register(() => new SecurityGroups("f", args));
  for (const name of ["f-alb", "f-fleet"])
    expect(resources.find((resource) => resource.name === name)?.inputs).toMatchObject({
      vpcId: "vpc-1",
      tags: args.tags,
    });
});

test.each<[string, Partial<SecurityGroupsArgs>, string[]]>([
  ["nobody but the allowed ranges, and no way out but HTTPS", {}, []],
  ["previews for the given ranges alone", { previewCidrs: ["198.51.100.7/32"] }, ["in: f-alb-id 198.51.100.7/32 9090"]],
  [
    "backing services inside the VPC alone",
    { backendPorts: [5432, 6379] },
    ["out: f-fleet-id 10.0.0.0/16 5432", "out: f-fleet-id 10.0.0.0/16 6379"],
  ],
  [
    "every range on every port",
    { allowedCidrs: ["192.0.2.0/24", "203.0.113.0/24"] },
    ["in: f-alb-id 203.0.113.0/24 443", "in: f-alb-id 203.0.113.0/24 80"],
  ],
])("%s", async (_, more, added) => expect(await rulesOf(more)).toEqual([...always, ...added].sort()));
