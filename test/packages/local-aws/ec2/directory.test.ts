import type { EC2Client } from "@aws-sdk/client-ec2";
import { MotoEc2 } from "../../../../packages/local-aws/ec2/directory.ts";

/** EC2 with one subnet in zone b, and a type that zones a and c have. */
function cloud() {
  const asked: string[] = [];
  const answers: Record<string, object> = {
    DescribeInstanceTypeOfferingsCommand: { InstanceTypeOfferings: [{ Location: "c" }, { Location: "a" }] },
    DescribeSubnetsCommand: { Subnets: [{ SubnetId: "s", VpcId: "v", AvailabilityZone: "b" }] },
    RunInstancesCommand: { Instances: [{ InstanceId: "i-1" }] },
  };
  const send = ({ constructor: { name } }: { constructor: { name: string } }) => {
    asked.push(name);
    return Promise.resolve(answers[name]);
  };
  return { asked, answers, ec2: new MotoEc2({ send } as unknown as EC2Client) };
}

const launch = { MinCount: 1, MaxCount: 1, InstanceType: "g7.2xlarge", SubnetId: "s" } as const;

test("given a zone that lacks a type, then a launch there is refused in EC2's words, and the offers are asked for once", async () => {
  const { asked, ec2 } = cloud();
  const refused = {
    code: "Unsupported",
    message:
      "Your requested instance type (g7.2xlarge) is not supported in your requested Availability Zone (b). " +
      "Please retry your request by not specifying an Availability Zone or choosing a, c.",
  };
  await expect(ec2.run(launch)).rejects.toMatchObject(refused);
  await expect(ec2.run(launch)).rejects.toMatchObject(refused);
  expect(asked.filter((name) => name === "DescribeInstanceTypeOfferingsCommand")).toHaveLength(1);
  expect(asked).not.toContain("RunInstancesCommand");
});

test("given a zone that has the type, then it launches", async () => {
  const { answers, ec2 } = cloud();
  answers.DescribeSubnetsCommand = { Subnets: [{ SubnetId: "s", VpcId: "v", AvailabilityZone: "a" }] };
  expect(await ec2.run(launch)).toEqual({ InstanceId: "i-1" });
});
