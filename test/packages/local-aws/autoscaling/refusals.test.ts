import * as refusals from "../../../../packages/local-aws/autoscaling/refusals.ts";
import { readArguments } from "../../../../packages/local-aws/autoscaling/schemas.ts";
import { parseQuery } from "../../../../packages/query-protocol/query.ts";
import { listener, loadBalancer, targetGroup, targetGroupArn, topology } from "../elb/fixtures.ts";

test.each([
  [{ minSize: 1, maxSize: 2, desired: 2 }, undefined],
  [{ minSize: 3, maxSize: 2, desired: 2 }, "Max bound, 2, must be greater than or equal to min bound, 3"],
  [
    { minSize: 1, maxSize: 2, desired: 3 },
    "Desired capacity:3 must be between the specified min size:1 and max size:2",
  ],
  [
    { minSize: 1, maxSize: 2, desired: 0 },
    "Desired capacity:0 must be between the specified min size:1 and max size:2",
  ],
])("checkSize(%p)", (size, message) => {
  const check = () => refusals.checkSize(size);
  if (message) {
    expect(check).toThrow(message);
  } else {
    expect(check).not.toThrow();
  }
});

test.each([
  [0, "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup."],
  [5, "New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup."],
])("checkDesired refuses %d", (desired, message) => {
  expect(() => refusals.checkDesired({ minSize: 1, maxSize: 4 }, desired)).toThrow(message);
});

describe("what a group is made of", () => {
  const subnet = (id: string, vpcId = "vpc-1") => ({ id, vpcId, zone: "a", freeAddresses: 200 });
  const known = [targetGroup("blue"), targetGroup("far", { vpcId: "vpc-2" }), targetGroup("ips", { targetType: "ip" })];
  const cases: [string, () => void, string | undefined][] = [
    ["no subnet", () => refusals.checkSubnets([], []), "At least one Availability Zone or VPC Subnet is required."],
    [
      "an unknown subnet",
      () => refusals.checkSubnets(["s1", "s2"], [subnet("s1")]),
      "The subnet ID 's2' does not exist",
    ],
    [
      "subnets of two VPCs",
      () => refusals.checkSubnets(["s1", "s2"], [subnet("s1"), subnet("s2", "vpc-2")]),
      "vpc-1, vpc-2",
    ],
    ["subnets of one", () => refusals.checkSubnets(["s1", "s2"], [subnet("s1"), subnet("s2")]), undefined],
    [
      "an unknown target group",
      () => refusals.checkTargetGroups(["x"], known, "vpc-1"),
      "Provided Target Groups may not",
    ],
    ["another VPC's", () => refusals.checkTargetGroups([targetGroupArn("far")], known, "vpc-1"), "'vpc-2'"],
    ["one of addresses", () => refusals.checkTargetGroups([targetGroupArn("ips")], known, "vpc-1"), "target type"],
    ["a good target group", () => refusals.checkTargetGroups([targetGroupArn("blue")], known, "vpc-1"), undefined],
    ["an unknown image", () => refusals.checkImage("ami-1", undefined), "The image id '[ami-1]' does not exist"],
    ["no image", () => refusals.checkImage(undefined, undefined), "ImageId"],
    [
      "an unknown security group",
      () => refusals.checkSecurityGroups(["sg-1"], new Map(), "vpc-1"),
      "'sg-1' does not exist",
    ],
    [
      "another VPC's security group",
      () => refusals.checkSecurityGroups(["sg-1"], new Map([["sg-1", "vpc-2"]]), "vpc-1"),
      "not linked to the VPCs",
    ],
  ];
  test.each(cases)("%s", (_name, check, message) => {
    if (message) {
      expect(check).toThrow(message);
    } else {
      expect(check).not.toThrow();
    }
  });
});

describe("checkResourceLabel", () => {
  const world = topology({
    loadBalancers: [loadBalancer("main"), loadBalancer("idle")],
    listeners: [listener("main", 80, { blue: 1 })],
  });
  const group = { targetGroups: [targetGroupArn("blue")] };
  test.each([
    ["app/main/1/targetgroup/blue/1", undefined],
    [undefined, "must be specified"],
    ["app/main/1", "does not exist"],
    ["app/none/1/targetgroup/blue/1", "does not exist"],
    ["app/main/1/targetgroup/none/1", "does not exist"],
    ["app/idle/1/targetgroup/blue/1", "does not route traffic"],
    ["app/main/1/targetgroup/green/1", "does not route traffic"],
  ])("%p: %p", (label, message) => {
    const check = () => refusals.checkResourceLabel(label, group, world);
    if (message) {
      expect(check).toThrow(message);
    } else {
      expect(check).not.toThrow();
    }
  });
  test("refuses a target group that the Auto Scaling group doesn't have", () => {
    expect(() => refusals.checkResourceLabel("app/main/1/targetgroup/blue/1", { targetGroups: [] }, world)).toThrow(
      "not attached",
    );
  });
});

test("a group with instances is not deleted", () => {
  const check = () => refusals.checkDelete({ members: new Map(), launching: [{ zone: "a", spot: false }] });
  expect(check).toThrow("while there are instances");
});

describe("readArguments", () => {
  test("reads numbers, flags and empty lists", () => {
    const body = "Action=X&Version=1&AutoScalingGroupName=g&MinSize=0&MaxSize=2&CapacityRebalance=true&Tags=";
    expect(readArguments("CreateAutoScalingGroup", parseQuery(body))).toEqual({
      AutoScalingGroupName: "g",
      MinSize: 0,
      MaxSize: 2,
      CapacityRebalance: true,
      Tags: [],
    });
  });
  test("fails with all faults in one message, and names what it doesn't know", () => {
    const body = "MinSize=-1&MaxSize=many&PlacementGroup=p";
    expect(() => readArguments("CreateAutoScalingGroup", parseQuery(body))).toThrow(
      /4 validation error.*AutoScalingGroupName.*MinSize.*MaxSize.*PlacementGroup is unknown.*schemas\.ts/,
    );
  });
});
