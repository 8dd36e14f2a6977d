import { offeredIn } from "../../components/endpoint-services.ts";
import { VpcEndpoints, type VpcEndpointsArgs } from "../../components/vpc-endpoints.ts";
import { endpointServices, named, register } from "../program.ts";
import { ofType, runProgram } from "../whole-program.ts";

test.each([
  ["none", ["endpoints-https", "endpoints-s3", "endpoints-ssm", "endpoints-ssmmessages"]],
  ["single", ["endpoints-s3"]],
])("no instance starts before its way to AWS stands (natGateways: %s)", async (natGateways, ways) => {
  const settings = { blueAmi: "ami-11111111", allowedCidrs: ["192.0.2.0/24"], natGateways };
  const run = await runProgram("dev", settings);
  const groups = ofType(run, "Group");
  expect(groups).toHaveLength(2);
  for (const { options } of groups) expect(options.dependencies).toEqual(expect.arrayContaining(ways));
});

const args: VpcEndpointsArgs = {
  accountId: "111111111111",
  partition: "aws",
  trustedAccounts: [],
  region: "eu-north-1",
  reverseDnsPrefix: "com.amazonaws",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  availabilityZoneNames: ["eu-north-1a", "eu-north-1b"],
  routeTableIds: ["r"],
  tags: {},
  clientSecurityGroupId: "sg-fleet",
  interfaces: true,
};
const endpoints = async (given: Partial<VpcEndpointsArgs>) => {
  const resources = await register(() => new VpcEndpoints("e", { ...args, ...given }));
  return (id: string) => named(resources, `e-${id}`).inputs;
};

test("in a region with one prefix, services are asked for by their names, and all subnets get an endpoint", async () => {
  const of = await endpoints({});
  expect(of("ssm")).toMatchObject({
    serviceName: "com.amazonaws.eu-north-1.ssm",
    subnetIds: ["subnet-a", "subnet-b"],
  });
  expect(of("s3").serviceName).toBe("com.amazonaws.eu-north-1.s3");
});

test("in China each service has the name that AWS tells", async () => {
  // As ec2 describe-vpc-endpoint-services has told there: aws/aws-cdk#25333.
  const { renamed } = endpointServices;
  renamed.push("cn.com.amazonaws.cn-north-1.ec2", "cn.com.amazonaws.cn-north-1.autoscaling");
  const of = await endpoints({ region: "cn-north-1", reverseDnsPrefix: "cn.com.amazonaws" });
  expect([of("ec2"), of("autoscaling"), of("ssm"), of("s3")].map(({ serviceName }) => serviceName)).toEqual([
    "cn.com.amazonaws.cn-north-1.ec2",
    "cn.com.amazonaws.cn-north-1.autoscaling",
    "com.amazonaws.cn-north-1.ssm",
    "com.amazonaws.cn-north-1.s3",
  ]);
});

test("a service that is offered in one of the zones gets its endpoint there alone", async () => {
  endpointServices.zones.ssmmessages = ["eu-north-1b", "eu-north-1c"];
  const of = await endpoints({});
  expect(of("ssmmessages").subnetIds).toEqual(["subnet-b"]);
  expect(of("ssm").subnetIds).toEqual(["subnet-a", "subnet-b"]);
});

test("fails when a service is offered in none of the zones, with those that have it and what to do", () => {
  expect(() => offeredIn("ssm", ["eu-north-1c"], ["subnet-a", "subnet-b"], args)).toThrow(
    "eu-north-1 offers no endpoint of ssm in eu-north-1a, eu-north-1b, but in eu-north-1c. " +
      "Instances without a NAT gateway need it: set natGateways to single.",
  );
});
