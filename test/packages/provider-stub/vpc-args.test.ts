import * as pulumi from "@pulumi/pulumi";
import { vpcArgs } from "../../../packages/provider-stub/vpc-args.ts";

const auto = { subnetStrategy: "Auto" };

it("has awsx's defaults", () => {
  expect(vpcArgs(auto)).toMatchObject({
    cidrBlock: "10.0.0.0/16",
    natStrategy: "OnePerAz",
    numberOfAvailabilityZones: 3,
    vpc: {},
  });
});

it("passes the VPC's own arguments on", () => {
  expect(vpcArgs({ ...auto, enableDnsHostnames: true, natGateways: { strategy: "none" } })).toMatchObject({
    natStrategy: "None",
    vpc: { enableDnsHostnames: true },
  });
});

describe("vpcArgs fails on", () => {
  it.each([
    ["another strategy", { subnetStrategy: "Exact" }, /subnetStrategy is "Exact"; .* takes "Auto"/],
    ["no strategy", {}, /subnetStrategy is "Legacy"/],
    ["an unknown argument", { ...auto, vpcEndpointSpecs: [] }, /unknown argument vpcEndpointSpecs/],
    [
      "a subnet's own blocks",
      { ...auto, subnetSpecs: [{ type: "Public", cidrBlocks: ["10.0.0.0/24"] }] },
      /subnetSpecs has cidrBlocks/,
    ],
    ["a subnet's unknown type", { ...auto, subnetSpecs: [{ type: "Open" }] }, /type is "Open"; .*Public, Private/],
    ["an unknown NAT strategy", { ...auto, natGateways: { strategy: "Two" } }, /strategy is "Two"/],
    [
      "addresses for NAT gateways",
      { ...auto, natGateways: { elasticIpAllocationIds: ["x"] } },
      /natGateways has elasticIp/,
    ],
    ["zones twice", { ...auto, availabilityZoneNames: ["a"], numberOfAvailabilityZones: 1 }, /both/],
    ["late values", { ...auto, cidrBlock: pulumi.output("10.0.0.0/16") }, /cidrBlock known only during the update/],
  ])("%s", (_what, inputs, message) => {
    expect(() => vpcArgs(inputs)).toThrow(message);
  });
});
