import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsClients } from "../aws/clients.ts";
import { bootGateHook } from "../deployment/boot-gate.ts";
import { withCode } from "../deployment/error-codes.ts";
import { known } from "./known.ts";
import { autoScalingGroup, targetHealth } from "../aws/describe.ts";
import { fleetState, waitUntilReady } from "../aws/readiness.ts";
import type { Capacity, Color, LaunchSpec } from "../deployment/model.ts";

export interface FleetArgs {
  color: Color;
  environment: string;
  settingsPath: string;
  machine: LaunchSpec;
  /** Device that the image boots from, for example /dev/xvda. */
  rootDeviceName: string;
  capacity: Capacity;
  /** Percent of the instances bought as Spot. */
  spotPercentage: number;
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  securityGroupId: pulumi.Input<string>;
  instanceProfileArn: pulumi.Input<string>;
  /** Key of the stack's own; a machine's volumes get it where the machine says so. */
  keyArn?: pulumi.Input<string>;
  targetGroup: aws.lb.TargetGroup;
  /** `app/NAME/ID` of the load balancer. */
  loadBalancerArnSuffix: pulumi.Input<string>;
  /** Seconds. */
  healthCheckGracePeriod: number;
  /** Seconds that a leaving instance may take to finish its requests. */
  deregistrationDelay: number;
  /** Whether the update waits for this fleet, and for how many seconds at most; undefined: it doesn't. */
  awaited?: { clients: AwsClients; serves: boolean; timeout: number; since: number };
  tags: Record<string, string>;
  /** What must stand before an instance starts. */
  prerequisites: pulumi.Input<pulumi.Resource>[];
  /** The last guards of a fleet that serves: before its template changes, and before its group is made anew or cut down. */
  guards?: { template: pulumi.ResourceHook; group: pulumi.ResourceHook };
}

/**
 * One fleet: a launch template and the Auto Scaling group that is bound to one version of it. A fleet is one image for
 * life: another image is another group, new one healthy first, and never a mix.
 */
export class Fleet extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  /** What the instances really are made of; known once the group stands. */
  readonly machine: pulumi.Output<LaunchSpec>;
  readonly capacity: pulumi.Output<Capacity>;
  /** The group, once it is ready; at once where the update doesn't wait for it. */
  readonly ready: pulumi.Output<aws.autoscaling.Group>;
  /** Resolves with `ready`, and rejects when the fleet is given up: an output can't tell that to who waits for it. */
  readonly settled: Promise<void>;
  private readonly group: aws.autoscaling.Group;
  private readonly bounds: Capacity;
  /** Whether this run makes the group, or gives it what only the update will know; true by the time the group is registered. */
  private isNew = false;

  constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("bluegreen:index:Fleet", name, {}, opts);
    const template = this.createTemplate(name, args);
    const group = this.createGroup(name, args, template);
    this.group = group;
    this.bounds = args.capacity;
    this.createPolicies(name, args, group);

    this.groupName = group.name;
    const { versionPath, customerKey } = args.machine;
    this.machine = pulumi
      .all([
        ...([template.imageId, template.instanceType, template.monitoring, template.blockDeviceMappings] as const),
        ...([args.targetGroup.healthCheck, group.initialLifecycleHooks, group.arn] as const),
      ])
      .apply(([imageId = "", instanceType = "", monitoring, volumes = [], healthCheck, hooks = []]) => ({
        imageId,
        instanceType,
        detailedMonitoring: monitoring?.enabled ?? false,
        volumeInitializationRate: rateOf(volumes[0]?.ebs?.volumeInitializationRate),
        healthCheckPath: healthCheck?.path ?? "",
        versionPath,
        customerKey,
        bootGate: hooks.some((hook) => hook.name === bootGateHook.name),
      }));
    this.capacity = pulumi.all([group.minSize, group.maxSize]).apply(([minSize, maxSize]) => ({ minSize, maxSize }));
    [this.ready, this.settled] = this.whenReady(args, group);
    this.registerOutputs({ groupName: this.groupName });
  }

  /**
   * In a preview: the group as it is now, where the update will find the same instances. Undefined when it makes the group
   * anew or changes the number of its instances.
   */
  async unchanged(clients: AwsClients): Promise<AutoScalingGroup | undefined> {
    await known(this.group.urn);
    if (this.isNew) return undefined;
    const group = await autoScalingGroup(clients, await known(this.group.name));
    const desired = group?.DesiredCapacity ?? 0;
    return desired >= this.bounds.minSize && desired <= this.bounds.maxSize ? group : undefined;
  }

  /** Name of the group, once it stands, where this run has made it; undefined: it was there before. */
  async newGroup(): Promise<string | undefined> {
    const groupName = await known(this.group.name);
    return this.isNew ? groupName : undefined;
  }

  private createTemplate(name: string, args: FleetArgs): aws.ec2.LaunchTemplate {
    const { color, machine } = args;
    const tags = { ...args.tags, Color: color };
    return new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        description: `${color} fleet`,
        updateDefaultVersion: true,
        imageId: machine.imageId,
        instanceType: machine.instanceType,
        monitoring: { enabled: machine.detailedMonitoring },
        iamInstanceProfile: { arn: args.instanceProfileArn },
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          // The gate reads its group's name there: asking Auto Scaling for it would need a right to see all groups.
          instanceMetadataTags: machine.bootGate ? "enabled" : "disabled",
        },
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: "false",
            securityGroups: [args.securityGroupId],
            deleteOnTermination: "true",
          },
        ],
        blockDeviceMappings: [
          {
            deviceName: args.rootDeviceName,
            ebs: {
              encrypted: "true",
              kmsKeyId: machine.customerKey ? args.keyArn : undefined,
              volumeType: "gp3",
              deleteOnTermination: "true",
              volumeInitializationRate: machine.volumeInitializationRate,
            },
          },
        ],
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
        userData: Buffer.from(userData(args)).toString("base64"),
        tags,
      },
      { parent: this, hooks: args.guards && { beforeUpdate: [args.guards.template] } },
    );
  }

  private createGroup(name: string, args: FleetArgs, template: aws.ec2.LaunchTemplate): aws.autoscaling.Group {
    const tags = Object.entries({ ...args.tags, Color: args.color, Name: `${args.environment}-${args.color}` });
    const news = ({ oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
      this.isNew ||= oldInputs === undefined || pulumi.containsUnknowns(newInputs);
    };
    const hooks = [new pulumi.ResourceHook(`${name}-news`, news, { onDryRun: true })];
    if (args.guards) hooks.push(args.guards.group);
    return new aws.autoscaling.Group(
      `${name}-group`,
      {
        ...args.capacity,
        vpcZoneIdentifiers: args.subnetIds,
        targetGroupArns: [args.targetGroup.arn],
        healthCheckType: "ELB",
        healthCheckGracePeriod: args.healthCheckGracePeriod,
        mixedInstancesPolicy: {
          launchTemplate: {
            launchTemplateSpecification: {
              launchTemplateId: template.id,
              // A number, never $Latest: the group is replaced with its template instead of drifting into a mix.
              version: template.latestVersion.apply(String),
            },
          },
          instancesDistribution: {
            onDemandBaseCapacity: 0,
            onDemandPercentageAboveBaseCapacity: 100 - args.spotPercentage,
            spotAllocationStrategy: "price-capacity-optimized",
          },
        },
        // Free, and off unless asked for: how many instances serve, as the group itself counts them.
        enabledMetrics: ["GroupInServiceInstances"],
        metricsGranularity: "1Minute",
        capacityRebalance: args.spotPercentage > 0,
        // Launch before terminating whenever an instance must be replaced; AWS's own figures for that choice.
        // Not a resource of its own, which would come after the first instances.
        initialLifecycleHooks: args.machine.bootGate ? [bootGateHook] : undefined,
        instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
        // The provider's waits hang once Auto Scaling has moved; readiness.ts waits instead.
        waitForCapacityTimeout: "0",
        tags: tags.map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      {
        parent: this,
        ignoreChanges: ["desiredCapacity"],
        replaceOnChanges: ["mixedInstancesPolicy.launchTemplate.launchTemplateSpecification"],
        dependsOn: args.prerequisites,
        // The provider gives a group ten minutes to empty, draining included.
        customTimeouts: { delete: `${600 + args.deregistrationDelay}s` },
        hooks: { beforeCreate: hooks, beforeUpdate: hooks },
      },
    );
  }

  private createPolicies(name: string, args: FleetArgs, group: aws.autoscaling.Group): void {
    const policy = (
      part: string,
      targetTrackingConfiguration: aws.types.input.autoscaling.PolicyTargetTrackingConfiguration,
    ) =>
      new aws.autoscaling.Policy(
        `${name}-${part}`,
        { autoscalingGroupName: group.name, policyType: "TargetTrackingScaling", targetTrackingConfiguration },
        { parent: this, dependsOn: args.prerequisites },
      );
    policy("cpu", {
      predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
      targetValue: 70,
    });
    policy("requests", {
      predefinedMetricSpecification: {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: pulumi.interpolate`${args.loadBalancerArnSuffix}/${args.targetGroup.arnSuffix}`,
      },
      targetValue: 1000,
    });
  }

  private whenReady(
    args: FleetArgs,
    group: aws.autoscaling.Group,
  ): [pulumi.Output<aws.autoscaling.Group>, Promise<void>] {
    const { color, capacity, awaited, targetGroup } = args;
    if (!awaited) return [pulumi.output(group), Promise.resolve()];
    if (pulumi.runtime.isDryRun()) return [group.urn.apply(() => this.foretold(args, group)), Promise.resolve()];
    const { clients, ...terms } = awaited;
    const report = (summary: string) => void pulumi.log.info(`${color}: ${summary}`, this, undefined, true);
    const names = pulumi.all([group.name, targetGroup.arn, group.id]);
    let ready: pulumi.Output<aws.autoscaling.Group> | undefined;
    const settled = new Promise<void>((resolve, reject) => {
      ready = names.apply(async ([groupName, targetGroupArn]) => {
        const readiness = { color, groupName, targetGroupArn, minSize: capacity.minSize, ...terms };
        const waiting = waitUntilReady(clients, readiness, report).catch((error: Error) => {
          throw new pulumi.ResourceError(error.message, this, true);
        });
        waiting.then(resolve, reject);
        await waiting;
        return group;
      });
    });
    return [ready ?? pulumi.output(group), settled];
  }

  /** A preview doesn't wait: it warns when the update would, of a group that it leaves as it is. */
  private async foretold({ color, capacity, awaited, targetGroup }: FleetArgs, group: aws.autoscaling.Group) {
    const now = awaited && (await this.unchanged(awaited.clients));
    if (!now) return group;
    const targets = await targetHealth(awaited.clients, await known(targetGroup.arn));
    const { ready, summary } = fleetState(now, targets, [], capacity.minSize);
    const message = `The ${color} fleet is not ready now: ${summary}. The update will wait for it, for ${awaited.timeout} s at most.`;
    if (!ready) void pulumi.log.warn(withCode({ code: "fleet-not-ready", color }, message), this);
    return group;
  }
}

/**
 * All that an instance is told at boot: who it is and where its settings live. Nothing is installed. The first line is a
 * comment to whoever reads the variables, and keeps cloud-init from calling the instance degraded for user data that it
 * doesn't know: as a script, the text does nothing.
 */
function userData({ color, environment, settingsPath }: FleetArgs): string {
  return `#!/bin/sh\nBLUEGREEN_COLOR=${color}\nBLUEGREEN_ENVIRONMENT=${environment}\nBLUEGREEN_SETTINGS=${settingsPath}\n`;
}

/** The provider reads 0 where none is set. */
const rateOf = (rate: number | undefined): number | undefined => (rate === 0 ? undefined : rate);
