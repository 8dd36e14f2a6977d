import type { DescribeVpcEndpointServicesCommandInput, ServiceDetail } from "@aws-sdk/client-ec2";
import { INVOKES } from "../../../packages/provider-stub/invokes.ts";

const getVpcEndpointService = INVOKES.get("aws:ec2/getVpcEndpointService:getVpcEndpointService");
if (getVpcEndpointService === undefined) throw new Error("there is no such look-up");
const look = getVpcEndpointService;

/** Looks one up in a region of China, where AWS answers with these services. */
async function lookUp(args: Record<string, unknown>, ...names: string[]) {
  const asked: DescribeVpcEndpointServicesCommandInput[] = [];
  const details = names.map((ServiceName): ServiceDetail => ({
    ServiceId: "vpce-svc-1",
    ServiceName,
    ServiceType: [{ ServiceType: "Interface" }],
    AvailabilityZones: ["cn-north-1a", "cn-north-1b"],
  }));
  const send = ({ input }: { input: DescribeVpcEndpointServicesCommandInput }) => {
    asked.push(input);
    return Promise.resolve({ ServiceDetails: details });
  };
  const answer = await look(args, { cloud: { region: "cn-north-1", ec2: { send } } } as never);
  return { asked, answer };
}

test("given a service, then it is asked for by com.amazonaws in every region, as the provider does", async () => {
  const { asked } = await lookUp({ service: "ec2", serviceType: "Interface" }, "com.amazonaws.cn-north-1.ec2");
  expect(asked).toEqual([
    { ServiceNames: ["com.amazonaws.cn-north-1.ec2"], Filters: [{ Name: "service-type", Values: ["Interface"] }] },
  ]);
});

test("given filters, then the one service that matches is told with its zones", async () => {
  const values = ["com.amazonaws.cn-north-1.ec2", "cn.com.amazonaws.cn-north-1.ec2"];
  const filters = [{ name: "service-name", values }];
  const { asked, answer } = await lookUp({ filters, serviceType: "Interface" }, values[1]);
  expect(asked[0]).toEqual({
    ServiceNames: undefined,
    Filters: [
      { Name: "service-type", Values: ["Interface"] },
      { Name: "service-name", Values: values },
    ],
  });
  expect(answer).toMatchObject({
    serviceName: "cn.com.amazonaws.cn-north-1.ec2",
    serviceType: "Interface",
    availabilityZones: ["cn-north-1a", "cn-north-1b"],
  });
});

test.each<[string, object, string[], RegExp]>([
  ["none matches", { service: "ec2" }, [], /^no matching EC2 VPC Endpoint Service found$/],
  ["several match", { service: "ec2" }, ["a", "b"], /^multiple EC2 VPC Endpoint Services matched/],
  ["both names are given", { service: "ec2", serviceName: "a" }, ["a"], /conflicts with/],
  ["an argument is unknown to the stand-in", { tags: { a: "b" } }, [], /does not know tags/],
])("fails when %s", async (_, args, names, words) => expect(lookUp({ ...args }, ...names)).rejects.toThrow(words));
