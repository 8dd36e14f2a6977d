import type { Instance } from "@aws-sdk/client-ec2";
import { Keys } from "../../../../packages/local-aws/door/keys.ts";
import { metadataOf } from "../../../../packages/local-aws/ec2/metadata-of.ts";

const issued = new Keys().ofRole("i-0a", "green");
const place = { region: "eu-central-1", accountId: "123456789012" };
const ofRole = () => issued;
const launchedAt = new Date(0);
const instance: Instance = {
  InstanceId: "i-0a",
  ImageId: "ami-1",
  InstanceType: "t3.small",
  PrivateIpAddress: "10.0.1.2",
  NetworkInterfaces: [{ MacAddress: "02:00:0a:00:01:02" }, { MacAddress: "other" }],
  Placement: { AvailabilityZone: "eu-central-1a" },
  LaunchTime: launchedAt,
  KeyName: "packer",
};
const bare = {
  instanceId: "i-0a",
  imageId: "ami-1",
  instanceType: "t3.small",
  privateIp: "10.0.1.2",
  mac: "02:00:0a:00:01:02",
  availabilityZone: "eu-central-1a",
  launchedAt,
  ...place,
};
const group = { Key: "aws:autoscaling:groupName", Value: "app-green" };
const shown = { InstanceMetadataTags: "enabled" } as const;
const profile = { Arn: "arn:aws:iam::123456789012:instance-profile/path/green", Id: "AIPA1" };

test.each<[string, Instance, object]>([
  ["alone, without its key's other half", {}, {}],
  [
    "its tags, where its template shows them",
    { Tags: [{ Key: "Color", Value: "green" }], MetadataOptions: shown },
    { tags: { Color: "green" } },
  ],
  [
    "no tags, where it does not",
    { Tags: [{ Key: "Color", Value: "green" }], MetadataOptions: { InstanceMetadataTags: "disabled" } },
    {},
  ],
  ["that its group wants it in service, shown or not", { Tags: [group] }, { targetLifecycleState: "InService" }],
  [
    "its group's name, where tags are shown",
    { Tags: [group], MetadataOptions: shown },
    { tags: { "aws:autoscaling:groupName": "app-green" }, targetLifecycleState: "InService" },
  ],
  [
    "its role, by its profile's name",
    { IamInstanceProfile: profile },
    { role: { name: "green", instanceProfileArn: profile.Arn, instanceProfileId: "AIPA1", issued } },
  ],
])("an instance is told of %s", (_, more, told) => {
  expect(metadataOf({ ...instance, ...more }, { ...place, ofRole })).toEqual({ ...bare, ...told });
});

it("an instance is told what EC2 keeps beside it: user data and the key that it was launched with", () => {
  const beside = { ...place, ofRole, userData: "IyEvYmluL3NoCg==", publicKey: "ssh-ed25519 AAAA" };
  expect(metadataOf(instance, beside)).toEqual({
    ...bare,
    userData: "IyEvYmluL3NoCg==",
    publicKey: { name: "packer", openssh: "ssh-ed25519 AAAA" },
  });
});
