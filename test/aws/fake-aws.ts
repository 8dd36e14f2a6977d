import type { Activity, AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { ListenerNotFoundException, type Listener, type Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../../aws/clients.ts";
import { byColor, colors, type ByColor } from "../../deployment/model.ts";

/** What AWS holds, as far as the program asks for it. */
export interface World {
  /** Listeners by ARN. */
  listeners?: Record<string, Listener>;
  /** Rules of all listeners, beside the default one. */
  rules?: Rule[];
  /** Targets by the ARN of their group, each `id state` or `id state: description`. */
  targets?: Record<string, string[]>;
  /** Groups by name. */
  groups?: Record<string, AutoScalingGroup>;
  /** Scaling activities by the name of their group, newest first. */
  activities?: Record<string, Activity[]>;
}

export const arns: ByColor<string> = byColor((color) => `arn:${color}`);

/** A main listener with these weights. */
export const forwarding = (weights: ByColor<number>): Listener => ({
  DefaultActions: [
    {
      Type: "forward",
      ForwardConfig: { TargetGroups: colors.map((color) => ({ TargetGroupArn: arns[color], Weight: weights[color] })) },
    },
  ],
});

/** A group that wants and holds these instances. */
export const groupOf = (ids: string[], DesiredCapacity = ids.length): AutoScalingGroup =>
  ({ DesiredCapacity, Instances: ids.map((id) => inService(id)) }) as AutoScalingGroup;

/** An instance of a group. */
export const inService = (InstanceId: string, LifecycleState = "InService") =>
  ({ InstanceId, LifecycleState }) as NonNullable<AutoScalingGroup["Instances"]>[number];

/** `id state: description` as a description of target health. */
export function target(text: string) {
  const [, Id, State, Description] = /^(\S+) (\w+)(?:: (.*))?$/.exec(text) ?? [];
  return { Target: { Id }, TargetHealth: { State: State as "healthy", Description } };
}

type Input = Record<string, string & string[]>;

/** Clients that answer from a world, which may change between two questions. A question that nobody expected throws. */
export function fakeClients(world: () => World): AwsClients {
  const listeners = ({ ListenerArns: [arn] }: Input) => {
    const found = world().listeners?.[arn];
    if (!found) throw new ListenerNotFoundException({ message: "no such listener", $metadata: {} });
    return { Listeners: [found] };
  };
  const targetHealth = ({ TargetGroupArn: arn }: Input) => {
    const found = world().targets?.[arn];
    if (!found) throw new Error(`nobody expected the targets of ${arn} to be asked for`);
    return { TargetHealthDescriptions: found.map(target) };
  };
  const groups = ({ AutoScalingGroupNames: [name] }: Input) => {
    if (name === undefined) throw new Error("nobody expected a group without a name to be asked for");
    const found = world().groups?.[name];
    return { AutoScalingGroups: found ? [found] : [] };
  };
  const activities = ({ AutoScalingGroupName: name }: Input) => ({ Activities: world().activities?.[name] ?? [] });
  const rules = ({ ListenerArn }: Input) => {
    listeners({ ListenerArns: [ListenerArn] } as unknown as Input);
    return { Rules: [{ IsDefault: true, Priority: "default" }, ...(world().rules ?? [])] };
  };
  const elb: Answers = {
    DescribeListenersCommand: listeners,
    DescribeRulesCommand: rules,
    DescribeTargetHealthCommand: targetHealth,
  };
  const autoScaling: Answers = {
    DescribeAutoScalingGroupsCommand: groups,
    DescribeScalingActivitiesCommand: activities,
  };
  return { elb: client(elb), autoScaling: client(autoScaling) } as unknown as AwsClients;
}

type Answers = Record<string, (input: Input) => object>;

const client = (answers: Answers) => ({
  // The host's clock is right.
  config: { systemClockOffset: 0 },
  send: ({ constructor: { name }, input }: { constructor: { name: string }; input: Input }) => {
    if (!answers[name]) throw new Error(`nobody expected ${name}`);
    return Promise.resolve().then(() => answers[name](input));
  },
});
