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

const make = (more: Partial<FleetArgs> = {}): Promise<Registered[]> =>
  register(() => {
    const targetGroup = new aws.lb.TargetGroup("tg", {});
    made = new Fleet("f", {
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
      targetGroup,
      loadBalancerArnSuffix: "app/alb/1",
      tags: { Project: "bluegreen" },
      prerequisites: [],
      ...more,
    });
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
