import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Fleet, type FleetArgs } from "../../components/fleet.ts";
import type { LaunchSpec } from "../../deployment/model.ts";
import { named, register, type Registered } from "../program.ts";

const machine: LaunchSpec = {
  imageId: "ami-1",
  instanceType: "m7i.large",
  detailedMonitoring: true,
  healthCheckPath: "/readyz",
  versionPath: "/version",
  bootGate: false,
  customerKey: false,
};
let made: Fleet;

const args: Omit<FleetArgs, "targetGroup"> = {
  color: "green",
  environment: "dev",
  settingsPath: "/bluegreen/dev",
  rootDeviceName: "/dev/sda1",
  machine,
  capacity: { minSize: 2, maxSize: 4 },
  spotPercentage: 30,
  healthCheckGracePeriod: 77,
  deregistrationDelay: 45,
  subnetIds: ["q"],
  securityGroupId: "sg-fleet",
  instanceProfileArn: "arn:profile",
  loadBalancerArnSuffix: "app/alb/1",
  tags: { Project: "bluegreen" },
  prerequisites: [],
};
const make = (more: Partial<FleetArgs> = {}): Promise<Registered[]> =>
  register(() => {
    made = new Fleet("f", { ...args, targetGroup: new aws.lb.TargetGroup("tg", {}), ...more });
  });

test("a machine is what the settings say, from the image's own root device", async () => {
  expect(named(await make(), "f-template").inputs).toMatchObject({
    description: "green fleet",
    imageId: "ami-1",
    instanceType: "m7i.large",
    monitoring: { enabled: true },
    iamInstanceProfile: { arn: "arn:profile" },
    networkInterfaces: [{ securityGroups: ["sg-fleet"] }],
    blockDeviceMappings: [{ deviceName: "/dev/sda1" }],
  });
});

test("the template and the group are these, whole", async () => {
  const resources = await make();
  const userData = "#!/bin/sh\nBLUEGREEN_COLOR=green\nBLUEGREEN_ENVIRONMENT=dev\nBLUEGREEN_SETTINGS=/bluegreen/dev\n";
  const tags = { Project: "bluegreen", Color: "green" };
  expect(named(resources, "f-template").inputs).toEqual({
    description: "green fleet",
    updateDefaultVersion: true,
    imageId: "ami-1",
    instanceType: "m7i.large",
    monitoring: { enabled: true },
    iamInstanceProfile: { arn: "arn:profile" },
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: "disabled",
    },
    networkInterfaces: [
      { deviceIndex: 0, associatePublicIpAddress: "false", securityGroups: ["sg-fleet"], deleteOnTermination: "true" },
    ],
    blockDeviceMappings: [
      { deviceName: "/dev/sda1", ebs: { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" } },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    userData: Buffer.from(userData).toString("base64"),
    tags,
  });
  const { inputs, options } = named(resources, "f-group");
  expect(inputs).toEqual({
    minSize: 2,
    maxSize: 4,
    vpcZoneIdentifiers: ["q"],
    targetGroupArns: ["arn:tg"],
    healthCheckType: "ELB",
    healthCheckGracePeriod: 77,
    mixedInstancesPolicy: {
      launchTemplate: { launchTemplateSpecification: { launchTemplateId: "f-template-id", version: "1" } },
      instancesDistribution: {
        onDemandBaseCapacity: 0,
        onDemandPercentageAboveBaseCapacity: 70,
        spotAllocationStrategy: "price-capacity-optimized",
      },
    },
    enabledMetrics: ["GroupInServiceInstances"],
    metricsGranularity: "1Minute",
    capacityRebalance: true,
    instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
    waitForCapacityTimeout: "0",
    tags: [
      { key: "Project", value: "bluegreen", propagateAtLaunch: true },
      { key: "Color", value: "green", propagateAtLaunch: true },
      { key: "Name", value: "dev-green", propagateAtLaunch: true },
    ],
  });
  expect(options).toMatchObject({
    ignoreChanges: ["desiredCapacity"],
    replaceOnChanges: ["mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"],
    hooks: { beforeCreate: ["f-news"], beforeUpdate: ["f-news"] },
  });
});

test("its guards are asked before its template changes, and before its group is made or changed", async () => {
  const resources = await register(() => {
    const hook = (name: string) => new pulumi.ResourceHook(name, () => undefined);
    const guards = { template: hook("template-guard"), group: hook("group-guard") };
    made = new Fleet("f", { ...args, targetGroup: new aws.lb.TargetGroup("tg", {}), guards });
  });
  expect(named(resources, "f-template").options.hooks).toEqual({ beforeCreate: [], beforeUpdate: ["template-guard"] });
  const both = ["f-news", "group-guard"];
  expect(named(resources, "f-group").options.hooks).toEqual({ beforeCreate: both, beforeUpdate: both });
});

test("what stands before an instance starts stands before group and policies", async () => {
  const resources = await register(() => {
    const way = new aws.cloudwatch.LogGroup("way", {});
    made = new Fleet("f", { ...args, targetGroup: new aws.lb.TargetGroup("tg", {}), prerequisites: [way] });
  });
  for (const name of ["f-group", "f-cpu", "f-requests"])
    expect(named(resources, name).options.dependencies).toContain("way");
});

test("tells what the instances are made of, and its bounds", async () => {
  await make();
  expect(await known(made.machine)).toEqual({
    imageId: "ami-1",
    instanceType: "m7i.large",
    detailedMonitoring: true,
    healthCheckPath: "",
    versionPath: "/version",
    volumeInitializationRate: undefined,
    customerKey: false,
    bootGate: false,
  });
  expect(await known(made.capacity)).toEqual({ minSize: 2, maxSize: 4 });
  expect(await known(made.groupName)).toBe("f-group-1234567");
  expect(await made.newGroup()).toBeUndefined();
  await expect(made.settled).resolves.toBeUndefined();
});

test("its tags reach instances, volumes and network interfaces", async () => {
  const { tagSpecifications } = named(await make(), "f-template").inputs;
  const tags = { Project: "bluegreen", Color: "green" };
  expect(tagSpecifications).toEqual(
    ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
  );
});

test.each([
  [0, 100, false],
  [30, 70, true],
  [100, 0, true],
])("%i %% Spot", async (spotPercentage, onDemand, capacityRebalance) => {
  expect(named(await make({ spotPercentage }), "f-group").inputs).toMatchObject({
    capacityRebalance,
    mixedInstancesPolicy: {
      instancesDistribution: { onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: onDemand },
    },
  });
});

test("the load balancer's health decides, after the grace period, and a new instance comes before the old goes", async () => {
  expect(named(await make(), "f-group").inputs).toMatchObject({
    minSize: 2,
    maxSize: 4,
    healthCheckType: "ELB",
    healthCheckGracePeriod: 77,
    targetGroupArns: ["arn:tg"],
    instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
  });
});

test("it follows CPU at 70 % and 1,000 requests a target", async () => {
  const resources = await make();
  const policy = (name: string) => {
    const { inputs } = named(resources, name);
    expect(inputs).toMatchObject({ autoscalingGroupName: "f-group-1234567", policyType: "TargetTrackingScaling" });
    return inputs.targetTrackingConfiguration;
  };
  expect(policy("f-cpu")).toEqual({
    predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
    targetValue: 70,
  });
  expect(policy("f-requests")).toEqual({
    predefinedMetricSpecification: {
      predefinedMetricType: "ALBRequestCountPerTarget",
      resourceLabel: "app/alb/1/targetgroup/tg/1",
    },
    targetValue: 1000,
  });
});

test.each([true, false])(
  "an image's boot gate (%p) brings the launch hook and the metadata that it needs",
  async (bootGate) => {
    const resources = await make({ machine: { ...machine, bootGate } });
    expect(named(resources, "f-group").inputs.initialLifecycleHooks).toEqual(
      bootGate
        ? [
            {
              name: "boot-gate",
              lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
              defaultResult: "ABANDON",
              heartbeatTimeout: 300,
            },
          ]
        : undefined,
    );
    expect(named(resources, "f-template").inputs.metadataOptions).toMatchObject({
      instanceMetadataTags: bootGate ? "enabled" : "disabled",
    });
    expect(await known(made.machine)).toMatchObject({ bootGate });
  },
);

test("metadata shows no tag whose key it would refuse: with one, every launch would fail", async () => {
  const resources = await make({ machine: { ...machine, bootGate: true } });
  const groupTags = named(resources, "f-group").inputs.tags as { key: string }[];
  const specifications = named(resources, "f-template").inputs.tagSpecifications as { tags: object }[];
  const keys = [...groupTags.map(({ key }) => key), ...specifications.flatMap(({ tags }) => Object.keys(tags))];
  expect(keys.filter((key) => !/^[\w+\-=.,:@]+$/.test(key))).toEqual([]);
});

const known = <T>(output: pulumi.Output<T>) =>
  new Promise<pulumi.Unwrap<T>>((resolve) => output.apply((value) => resolve(value as pulumi.Unwrap<T>)));
