import type { Props } from "../../../../packages/provider-stub/shape.ts";
import { checked } from "./checked.ts";

const group = { launchTemplate: { id: "lt", version: "1" }, vpcZoneIdentifiers: ["s"], minSize: 1, maxSize: 2 };
const hook = { name: "boot-gate", lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" };
const two = { targetGroups: [{ arn: "b" }, { arn: "g", weight: 0 }] };

describe("check refuses", () => {
  it.each<[string, string, Props, string, RegExp]>([
    [
      "an unknown argument",
      "aws:ec2/vpc:Vpc",
      { ipv6CidrBlock: "x" },
      "ipv6CidrBlock",
      /does not know .*ipv6CidrBlock.* packages\/provider-stub\/handlers/,
    ],
    ["another region", "aws:ec2/vpc:Vpc", { region: "us-east-1" }, "region", /eu-central-1/],
    [
      "IPv6 in a subnet",
      "aws:ec2/subnet:Subnet",
      { assignIpv6AddressOnCreation: true },
      "assignIpv6AddressOnCreation",
      /no IPv6/,
    ],
    [
      "two sources of a rule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { cidrIpv4: "a", cidrIpv6: "b" },
      "cidrIpv6",
      /exactly one/,
    ],
    ["no source of a rule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {}, "cidrIpv4", /given: none/],
    ["a name too long", "aws:lb/loadBalancer:LoadBalancer", { name: "x".repeat(33) }, "name", /33 characters/],
    [
      "a network load balancer",
      "aws:lb/loadBalancer:LoadBalancer",
      { loadBalancerType: "network" },
      "loadBalancerType",
      /only does application/,
    ],
    [
      "a target group beside two",
      "aws:lb/listener:Listener",
      { defaultActions: [{ type: "forward", targetGroupArn: "b", forward: two }] },
      "defaultActions[0]",
      /only one of/,
    ],
    [
      "a forward to nowhere",
      "aws:lb/listener:Listener",
      { defaultActions: [{ type: "forward" }] },
      "defaultActions[0]",
      /one of .* must be given/,
    ],
    [
      "stickiness without a duration",
      "aws:lb/listener:Listener",
      { defaultActions: [{ type: "forward", forward: { ...two, stickiness: { enabled: false } } }] },
      "defaultActions[0].forward.stickiness",
      /duration/,
    ],
    [
      "six target groups",
      "aws:lb/listener:Listener",
      { defaultActions: [{ type: "forward", forward: { targetGroups: Array(6).fill({ arn: "a" }) } }] },
      "defaultActions[0].forward.targetGroups",
      /at most 5/,
    ],
    [
      "a rule without a priority",
      "aws:lb/listenerRule:ListenerRule",
      { actions: [], conditions: [] },
      "priority",
      /give a priority/,
    ],
    [
      "two kinds in a condition",
      "aws:lb/listenerRule:ListenerRule",
      { priority: 1, conditions: [{ hostHeader: {}, sourceIp: {} }] },
      "conditions[0]",
      /exactly one kind/,
    ],
    [
      "two defaults of a template",
      "aws:ec2/launchTemplate:LaunchTemplate",
      { defaultVersion: 1, updateDefaultVersion: true },
      "defaultVersion",
      /conflicts/,
    ],
    [
      "a group without a template",
      "aws:autoscaling/group:Group",
      { ...group, launchTemplate: undefined },
      "launchTemplate",
      /exactly one of/,
    ],
    [
      "a group with two templates",
      "aws:autoscaling/group:Group",
      { ...group, mixedInstancesPolicy: {} },
      "launchTemplate",
      /not 2/,
    ],
    [
      "a template by id and name",
      "aws:autoscaling/group:Group",
      { ...group, launchTemplate: { id: "a", name: "b" } },
      "launchTemplate",
      /id and name/,
    ],
    [
      "half a maintenance policy",
      "aws:autoscaling/group:Group",
      { ...group, instanceMaintenancePolicy: { minHealthyPercentage: 100 } },
      "instanceMaintenancePolicy",
      /maxHealthyPercentage must be given/,
    ],
    [
      "a hook's time-out that AWS doesn't take",
      "aws:autoscaling/group:Group",
      { ...group, initialLifecycleHooks: [hook, { ...hook, heartbeatTimeout: 20 }] },
      "initialLifecycleHooks[1].heartbeatTimeout",
      /30 to 7200 seconds/,
    ],
    [
      "a hook's name with a space",
      "aws:autoscaling/group:Group",
      { ...group, initialLifecycleHooks: [{ ...hook, name: "boot gate" }] },
      "initialLifecycleHooks[0].name",
      /letters, digits/,
    ],
    [
      "a hook's result by another word",
      "aws:autoscaling/group:Group",
      { ...group, initialLifecycleHooks: [{ ...hook, defaultResult: "STOP" }] },
      "initialLifecycleHooks[0].defaultResult",
      /CONTINUE or ABANDON/,
    ],
    [
      "a hook on nothing",
      "aws:autoscaling/group:Group",
      { ...group, initialLifecycleHooks: [{ ...hook, lifecycleTransition: "launch" }] },
      "initialLifecycleHooks[0].lifecycleTransition",
      /EC2_INSTANCE_LAUNCHING or/,
    ],
    [
      "an instance refresh",
      "aws:autoscaling/group:Group",
      { ...group, instanceRefresh: { strategy: "Rolling" } },
      "instanceRefresh",
      /does not know/,
    ],
    [
      "step scaling",
      "aws:autoscaling/policy:Policy",
      { policyType: "StepScaling" },
      "policyType",
      /TargetTrackingScaling/,
    ],
    [
      "validation by mail",
      "aws:acm/certificate:Certificate",
      { validationMethod: "EMAIL" },
      "validationMethod",
      /only does DNS/,
    ],
  ])("%s", (_what, type, inputs, property, reason) => {
    const { failures } = checked(type, inputs);
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) as string }]);
  });
});

describe("check completes", () => {
  it("weights: 1 where none is given, an explicit 0 stays", () => {
    const { inputs, failures } = checked("aws:lb/listener:Listener", {
      defaultActions: [{ type: "forward", forward: two }],
    });
    expect(failures).toEqual([]);
    expect(inputs.defaultActions).toEqual([
      {
        type: "forward",
        forward: {
          targetGroups: [
            { arn: "b", weight: 1 },
            { arn: "g", weight: 0 },
          ],
        },
      },
    ]);
  });
  it("a health check with the official provider's defaults", () => {
    const { inputs } = checked("aws:lb/targetGroup:TargetGroup", { healthCheck: { path: "/readyz", interval: 10 } });
    expect(inputs.healthCheck).toMatchObject({
      path: "/readyz",
      interval: 10,
      healthyThreshold: 3,
      unhealthyThreshold: 3,
      port: "traffic-port",
    });
  });
  it("no health check where none is given: AWS's own defaults count then", () => {
    expect(checked("aws:lb/targetGroup:TargetGroup", {}).inputs.healthCheck).toBeUndefined();
  });
  it("a group with the official provider's wait and grace period", () => {
    expect(checked("aws:autoscaling/group:Group", group).inputs).toMatchObject({
      waitForCapacityTimeout: "10m",
      healthCheckGracePeriod: 300,
    });
  });
  it("the provider's own region, which AWS's clients have anyway", () => {
    const { inputs, failures } = checked("aws:ec2/vpc:Vpc", { region: "eu-central-1" });
    expect([inputs.region, failures]).toEqual([undefined, []]);
  });
});
