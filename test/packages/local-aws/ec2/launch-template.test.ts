import { runInstancesInput } from "../../../../packages/local-aws/ec2/launch-template.ts";

const choice = { subnetId: "subnet-1", tags: [{ Key: "env", Value: "dev" }] };

test("takes security groups from the first network interface, where the template has one", () => {
  const input = runInstancesInput(
    { SecurityGroupIds: ["sg-0"], NetworkInterfaces: [{ DeviceIndex: 0, Groups: ["sg-1"] }] },
    choice,
  );
  expect(input.SecurityGroupIds).toEqual(["sg-1"]);
  expect(runInstancesInput({ SecurityGroupIds: ["sg-0"] }, choice).SecurityGroupIds).toEqual(["sg-0"]);
  expect(runInstancesInput({}, choice).SecurityGroupIds).toBeUndefined();
});

test("carries image, type, user data, metadata options, profile and subnet", () => {
  const input = runInstancesInput(
    {
      ImageId: "ami-1",
      InstanceType: "t3.small",
      UserData: "QT0x",
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      IamInstanceProfile: { Arn: "arn:profile" },
    },
    choice,
  );
  expect(input).toMatchObject({
    ImageId: "ami-1",
    InstanceType: "t3.small",
    UserData: "QT0x",
    SubnetId: "subnet-1",
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
    IamInstanceProfile: { Arn: "arn:profile" },
  });
});

test("the group's choice wins: type of an override, Spot", () => {
  const input = runInstancesInput({ InstanceType: "t3.small" }, { ...choice, instanceType: "t3.large", spot: true });
  expect(input).toMatchObject({ InstanceType: "t3.large", InstanceMarketOptions: { MarketType: "spot" } });
});

test("propagated tags go over the template's, and only to the instance", () => {
  const { TagSpecifications } = runInstancesInput(
    {
      TagSpecifications: [
        {
          ResourceType: "instance",
          Tags: [
            { Key: "env", Value: "x" },
            { Key: "a", Value: "1" },
          ],
        },
        { ResourceType: "volume", Tags: [{ Key: "env", Value: "v" }] },
      ],
    },
    choice,
  );
  expect(TagSpecifications).toEqual([
    {
      ResourceType: "instance",
      Tags: [
        { Key: "env", Value: "dev" },
        { Key: "a", Value: "1" },
      ],
    },
    { ResourceType: "volume", Tags: [{ Key: "env", Value: "v" }] },
  ]);
});
