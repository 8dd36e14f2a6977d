import * as pulumi from "@pulumi/pulumi";
import { Network, type NetworkArgs } from "../../components/network.ts";
import { VpcEndpoints } from "../../components/vpc-endpoints.ts";
import { named, register } from "../program.ts";

const args: NetworkArgs = {
  publicSubnetIds: [],
  privateSubnetIds: [],
  vpcCidr: "10.0.0.0/20",
  availabilityZoneNames: ["a", "b"],
  natGateways: "none",
  tags: { Project: "bluegreen" },
};

const value = <T>(output: pulumi.Output<T>) => new Promise((resolve) => output.apply((known) => resolve(known)));

test.each<[NetworkArgs["natGateways"], string]>([
  ["none", "None"],
  ["single", "Single"],
  ["one-per-az", "OnePerAz"],
])("a new VPC over the named zones, NAT gateways: %s", async (natGateways, strategy) => {
  const resources = await register(() => new Network("n", { ...args, natGateways }));
  expect(named(resources, "n-vpc").inputs).toMatchObject({
    cidrBlock: "10.0.0.0/20",
    availabilityZoneNames: ["a", "b"],
    natGateways: { strategy },
    subnetStrategy: "Auto",
    enableDnsHostnames: true,
    enableDnsSupport: true,
  });
});

test("its private route tables are those of its private subnets", async () => {
  let network: Network | undefined;
  await register(() => (network = new Network("n", args)));
  expect(await value(pulumi.output(network?.privateRouteTableIds))).toEqual(["rtb-1a", "rtb-1b"]);
  expect(await value(pulumi.output(network?.privateSubnetIds))).toEqual(["subnet-1a", "subnet-1b"]);
});

test("in an existing VPC nothing is made, and its routes are left alone", async () => {
  let network: Network | undefined;
  const existing = { vpcId: "vpc-9", publicSubnetIds: ["p"], privateSubnetIds: ["q"] };
  expect(await register(() => (network = new Network("n", { ...args, ...existing })))).toEqual([]);
  expect(await value(pulumi.all([network?.vpcId, network?.privateSubnetIds, network?.privateRouteTableIds]))).toEqual([
    "vpc-9",
    ["q"],
    [],
  ]);
});

test("interface endpoints are open to the fleets on HTTPS, and answer under AWS's own names", async () => {
  const resources = await register(
    () =>
      new VpcEndpoints("e", {
        accountId: "111111111111",
        partition: "aws",
        trustedAccounts: [],
        region: "eu-north-1",
        reverseDnsPrefix: "com.amazonaws",
        vpcId: "vpc-1",
        subnetIds: ["q"],
        availabilityZoneNames: ["eu-north-1a"],
        routeTableIds: ["r"],
        tags: {},
        clientSecurityGroupId: "sg-fleet",
        interfaces: true,
      }),
  );
  expect(named(resources, "e-https").inputs).toMatchObject({
    securityGroupId: "e-sg-id",
    referencedSecurityGroupId: "sg-fleet",
    fromPort: 443,
    toPort: 443,
  });
  const interfaces = resources.filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
  expect(interfaces).toHaveLength(6);
  for (const { inputs } of interfaces) {
    expect(inputs).toMatchObject({ privateDnsEnabled: true, subnetIds: ["q"], securityGroupIds: ["e-sg-id"] });
    expect(inputs.serviceName).toMatch(/^com\.amazonaws\.eu-north-1\.\w+$/);
  }
  expect(named(resources, "e-s3").inputs).toMatchObject({ vpcEndpointType: "Gateway", routeTableIds: ["r"] });
});
