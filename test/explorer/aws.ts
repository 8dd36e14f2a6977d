import {
  type Activity,
  AutoScalingClient,
  type DeletePolicyCommandInput,
  type DescribeAutoScalingGroupsCommandInput,
  type DescribeScalingActivitiesCommandInput,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, type DescribeAlarmsCommandInput } from "@aws-sdk/client-cloudwatch";
import { type AttributeValue, DynamoDBClient, type TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import type { DescribeImagesCommandInput } from "@aws-sdk/client-ec2";
import {
  type DescribeListenersCommandInput,
  type DescribeTagsCommandInput,
  type DescribeTargetHealthCommandInput,
  ElasticLoadBalancingV2Client,
  type ModifyListenerCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { PublishCommandInput } from "@aws-sdk/client-sns";
import type { Clients } from "../../cli/clients.ts";
import { byColor, colors, type ByColor, type Color } from "../../deployment/model.ts";
import { Table } from "./dynamodb.ts";
import type { Simulation } from "./simulation.ts";

export interface Instance {
  readonly id: string;
  readonly image: string;
  /** Milliseconds of the simulation; Infinity: it never answers. */
  healthyAt: number;
  /** It answers, and badly. */
  sick?: boolean;
}

export interface Group {
  readonly name: string;
  readonly color: Color;
  readonly image: string;
  readonly version: string;
  readonly begun: number;
  min: number;
  max: number;
  desired: number;
  instances: Instance[];
  activities: Activity[];
  policies: string[];
}

/** What an image is like. */
export interface SimulatedImage {
  readonly id: string;
  readonly version: string;
  /** `dead`: never healthy; `failsChecks`: healthy, and no good answer; `failsUnderTraffic`: well until it has requests. */
  readonly nature: "good" | "dead" | "failsChecks" | "failsUnderTraffic" | "writesForItself";
}

export const arns: ByColor<string> = byColor((color) => `arn:aws:elb:eu:1:targetgroup/app-${color}/1`);
export const listenerArn = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/dev/1/2";
export const balancerArn = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/dev/1";
export const tableName = "bluegreen-dev-releases-0000001";

/** Milliseconds that an instance takes until it answers. */
const boot = 2_000;

interface SimulatedCommand {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

interface Options {
  readonly abortSignal?: AbortSignal;
}

/** Told of each change that can do harm, before it has its effect. */
export interface Watcher {
  weights(before: ByColor<number>, after: ByColor<number>): void;
  /** Instances of a group go. */
  shrinks(group: Group, gone: readonly Instance[], emptied: boolean): void;
  notice(subject: string): void;
}

/** One account of AWS: a load balancer with two target groups, the fleets behind it, and what else the commands ask. */
export class Aws {
  weights: ByColor<number> = { blue: 100, green: 0 };
  readonly groups: Group[] = [];
  readonly table: Table;
  /** AWS has no machines for new instances. */
  exhausted = false;
  /** When the lock was taken last. */
  lockTaken = 0;
  /** Images that have begun to answer badly. */
  readonly failing = new Set<string>();
  watcher: Watcher = { weights: () => undefined, shrinks: () => undefined, notice: () => undefined };
  readonly simulation: Simulation;
  readonly images: readonly SimulatedImage[];

  constructor(simulation: Simulation, images: readonly SimulatedImage[]) {
    this.simulation = simulation;
    this.images = images;
    this.table = new Table(tableName);
  }

  private readonly handlers: Record<string, (input: never) => object> = {
    DescribeListenersCommand: ({ ListenerArns, LoadBalancerArn }: DescribeListenersCommandInput) => {
      if (LoadBalancerArn !== balancerArn && ListenerArns?.[0] !== listenerArn) throw new Error("which listener?");
      return { Listeners: [{ ListenerArn: listenerArn, DefaultActions: this.actions() }] };
    },
    DescribeRulesCommand: () => ({ Rules: [] }),
    ModifyListenerCommand: ({ ListenerArn, DefaultActions = [] }: ModifyListenerCommandInput) => {
      if (ListenerArn !== listenerArn) throw new Error("which listener?");
      const groups = DefaultActions[0]?.ForwardConfig?.TargetGroups ?? [];
      this.modifyListener(
        byColor((color) => groups.find(({ TargetGroupArn }) => TargetGroupArn === arns[color])?.Weight ?? 0),
      );
      return {};
    },
    DescribeLoadBalancersCommand: () => ({ LoadBalancers: [{ LoadBalancerArn: balancerArn }] }),
    DescribeTargetGroupsCommand: () => ({ TargetGroups: colors.map((color) => ({ TargetGroupArn: arns[color] })) }),
    DescribeTagsCommand: ({ ResourceArns = [] }: DescribeTagsCommandInput) => ({
      TagDescriptions: ResourceArns.map((ResourceArn) => {
        const color = colors.find((one) => arns[one] === ResourceArn);
        return { ResourceArn, Tags: tags(color) };
      }),
    }),
    DescribeTargetHealthCommand: ({ TargetGroupArn }: DescribeTargetHealthCommandInput) => {
      const color = colors.find((one) => arns[one] === TargetGroupArn);
      if (color === undefined) throw new Error(`no target group ${TargetGroupArn}`);
      const TargetHealthDescriptions = this.groups
        .filter((group) => group.color === color)
        .flatMap(({ instances }) => instances)
        .map((instance) => ({
          Target: { Id: instance.id, Port: 3000 },
          TargetHealth: { State: this.health(instance) },
        }));
      return { TargetHealthDescriptions };
    },
    DescribeAutoScalingGroupsCommand: ({ AutoScalingGroupNames, Filters }: DescribeAutoScalingGroupsCommandInput) => {
      if (AutoScalingGroupNames === undefined && Filters === undefined) throw new Error("which groups?");
      const asked = (group: Group) => AutoScalingGroupNames?.includes(group.name) ?? this.carries(group, Filters ?? []);
      return { AutoScalingGroups: this.groups.filter(asked).map((group) => this.described(group)) };
    },
    DescribeScalingActivitiesCommand: ({ AutoScalingGroupName }: DescribeScalingActivitiesCommandInput) => ({
      Activities: this.groupOf(AutoScalingGroupName ?? "").activities,
    }),
    DescribePoliciesCommand: ({ AutoScalingGroupName = "" }: { AutoScalingGroupName?: string }) => ({
      ScalingPolicies: this.groupOf(AutoScalingGroupName).policies.map((PolicyName) => ({ PolicyName })),
    }),
    DeletePolicyCommand: ({ AutoScalingGroupName = "", PolicyName }: DeletePolicyCommandInput) => {
      const group = this.groupOf(AutoScalingGroupName);
      group.policies = group.policies.filter((name) => name !== PolicyName);
      return {};
    },
    DeleteAutoScalingGroupCommand: ({ AutoScalingGroupName = "" }: { AutoScalingGroupName?: string }) => {
      this.deleteGroup(AutoScalingGroupName);
      return {};
    },
    DescribeImagesCommand: ({ Filters = [] }: DescribeImagesCommandInput) => ({
      Images: this.images.filter(({ id }) => Filters[0]?.Values?.includes(id)).map(described),
    }),
    DescribeAlarmsCommand: ({ AlarmNames = [] }: DescribeAlarmsCommandInput) => ({
      MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, StateValue: "OK" })),
    }),
    // Nothing is revoked.
    GetParametersByPathCommand: () => ({ Parameters: [] }),
    GetMetricDataCommand: () => ({ MetricDataResults: [] }),
    ListTablesCommand: () => ({ TableNames: [tableName] }),
    PublishCommand: ({ Subject = "" }: PublishCommandInput) => {
      this.watcher.notice(Subject);
      return {};
    },
  };

  /** Clients whose calls end here. A command that nobody has taught this throws. */
  clients(): Clients {
    const client = (prototype: object) => {
      const config = { systemClockOffset: 0 };
      const send = async ({ constructor: { name }, input }: SimulatedCommand, options: Options = {}) => {
        const handle = this.handlers[name] ?? this.table.handlers[name];
        if (handle === undefined) throw new Error(`The simulated AWS does not know ${name}.`);
        const write = !/^(Describe|Get|Query|List)/.test(name);
        const label = write ? labelOf(name, input) : name.replace(/Command$/, "");
        const sent = Date.now();
        let answered = 0;
        const answer = this.simulation.call({ label, write }, () => {
          answered = this.simulation.time;
          const result = handle(input as never);
          if (label === "take the lock") this.lockTaken = answered;
          return result;
        });
        const { abortSignal } = options;
        try {
          return await (abortSignal === undefined ? answer : Promise.race([answer, aborted(abortSignal)]));
        } finally {
          // The SDK corrects its clock by each answer's Date, in whole seconds, unless it came too late to tell anything.
          if (answered > 0 && Date.now() - sent <= 900_000)
            config.systemClockOffset = Math.floor(answered / 1000) * 1000 - Date.now();
        }
      };
      return Object.assign(Object.create(prototype) as object, { config, send });
    };
    return {
      autoScaling: client(AutoScalingClient.prototype),
      cloudWatch: client(CloudWatchClient.prototype),
      dynamodb: client(DynamoDBClient.prototype),
      elb: client(ElasticLoadBalancingV2Client.prototype),
      ec2: client({}),
      logs: client({}),
      sns: client({}),
      ssm: client({}),
    } as unknown as Clients;
  }

  health({ healthyAt, sick }: Instance): "healthy" | "initial" | "unhealthy" {
    if (sick) return "unhealthy";
    return this.simulation.time >= healthyAt ? "healthy" : "initial";
  }

  healthy(color: Color): Instance[] {
    const all = this.groups.filter((group) => group.color === color).flatMap(({ instances }) => instances);
    return all.filter((instance) => this.health(instance) === "healthy");
  }

  modifyListener(weights: ByColor<number>): void {
    this.watcher.weights(this.weights, weights);
    this.weights = weights;
  }

  createGroup(group: Pick<Group, "name" | "color" | "image" | "version" | "min" | "max">, old = false): void {
    if (this.groups.some(({ name }) => name === group.name)) throw new Error(`AlreadyExists: ${group.name}`);
    const made = { ...group, begun: this.simulation.time, desired: group.min };
    this.groups.push({ ...made, instances: [], activities: [], policies: [] });
    this.launch(this.groupOf(group.name), old);
  }

  updateGroup(name: string, min: number, max: number): void {
    const group = this.groupOf(name);
    [group.min, group.max] = [min, max];
    // As UpdateAutoScalingGroup does without a desired capacity.
    group.desired = Math.min(max, Math.max(min, group.desired));
    const gone = group.instances.slice(group.desired);
    if (gone.length > 0) this.watcher.shrinks(group, gone, group.desired === 0);
    group.instances = group.instances.slice(0, group.desired);
    this.launch(group);
  }

  deleteGroup(name: string): void {
    const group = this.groupOf(name);
    if (group.instances.length > 0) this.watcher.shrinks(group, group.instances, true);
    this.groups.splice(this.groups.indexOf(group), 1);
  }

  groupOf(name: string): Group {
    const group = this.groups.find((one) => one.name === name);
    if (group) return group;
    throw Object.assign(new Error(`AutoScalingGroup name not found - ${name}`), { name: "ValidationError" });
  }

  /** Auto Scaling's own doing: one instance more, where the bounds allow it. */
  scale(color: Color): void {
    const group = this.groups.find((one) => one.color === color && one.max > one.desired && one.desired > 0);
    if (group === undefined) return;
    group.desired += 1;
    this.launch(group);
  }

  /** AWS has machines again, and all of them are well. */
  recover(): void {
    this.exhausted = false;
    this.failing.clear();
    for (const group of this.groups) {
      for (const instance of group.instances) instance.sick = false;
      this.launch(group);
    }
  }

  private launch(group: Group, old = false): void {
    const { nature } = this.images.find(({ id }) => id === group.image) ?? { nature: "dead" };
    const { time } = this.simulation;
    while (group.instances.length < group.desired) {
      if (this.exhausted) {
        const StatusMessage = "We currently do not have sufficient t3.small capacity in the Availability Zone";
        group.activities.unshift({ StatusCode: "Failed", StatusMessage, StartTime: new Date(time) } as Activity);
        return;
      }
      const healthyAt = nature === "dead" ? Infinity : old ? time : time + boot;
      group.instances.push({ id: `i-${this.simulation.draw()}-${group.color}`, image: group.image, healthyAt });
    }
  }

  private actions() {
    const TargetGroups = colors.map((color) => ({ TargetGroupArn: arns[color], Weight: this.weights[color] }));
    return [{ Type: "forward", Order: 1, ForwardConfig: { TargetGroups } }];
  }

  private carries({ color }: Group, filters: { Name?: string; Values?: string[] }[]): boolean {
    return filters.every(({ Name, Values }) =>
      tags(color).some(({ Key, Value }) => Name === `tag:${Key}` && Values?.includes(Value)),
    );
  }

  private described(group: Group): object {
    const { name, color, version, min, max, desired, instances, begun } = group;
    const LaunchTemplate = { LaunchTemplateId: `lt-${color}`, Version: version };
    return {
      AutoScalingGroupName: name,
      MinSize: min,
      MaxSize: max,
      DesiredCapacity: desired,
      Tags: tags(color),
      CreatedTime: new Date(begun),
      MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: LaunchTemplate } },
      TargetGroupARNs: [arns[color]],
      Instances: instances.map(({ id }) => ({ InstanceId: id, LifecycleState: "InService", LaunchTemplate })),
    };
  }
}

const tags = (color?: Color) => [
  { Key: "Project", Value: "bluegreen" },
  { Key: "Environment", Value: "dev" },
  ...(color === undefined ? [] : [{ Key: "Color", Value: color }]),
];

const described = ({ id, version }: SimulatedImage) => ({
  ImageId: id,
  State: "available",
  RootDeviceName: "/dev/xvda",
  Tags: [
    { Key: "Version", Value: version },
    { Key: "Commit", Value: commitOf(version) },
    { Key: "GossReport", Value: "sha256:1" },
  ],
});

export const commitOf = (version: string): string => version.replace(/\D/g, "").repeat(20).slice(0, 40);

/** What a command does, in words that don't depend on which of DynamoDB's commands it takes. */
function labelOf(name: string, input: object): string {
  const call = name.replace(/Command$/, "");
  const parts = (input as TransactWriteItemsCommandInput).TransactItems ?? [input];
  for (const part of parts) {
    const { Item, Key, UpdateExpression = "" } = ("Put" in part ? part.Put : part) as Write;
    const pk = (Item ?? Key)?.pk.S;
    if (pk === "release" && Item) return `record ${Item.outcome.S}`;
    if (pk === "settings") return "write the revision";
    if (pk !== "lock") continue;
    if (call === "DeleteItem" || Item?.released || UpdateExpression.includes("released")) return "give the lock back";
    if (UpdateExpression.includes("abandoned")) return "note the engine";
    return call === "UpdateItem" ? "renew the lock" : "take the lock";
  }
  const { Subject, AutoScalingGroupName } = input as { Subject?: string; AutoScalingGroupName?: string };
  return [call, Subject ?? AutoScalingGroupName].filter((part) => part !== undefined).join(" ");
}

interface Write {
  readonly Item?: Record<string, AttributeValue>;
  readonly Key?: Record<string, AttributeValue>;
  readonly UpdateExpression?: string;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const late = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    if (signal.aborted) late();
    else signal.addEventListener("abort", late, { once: true });
  });
