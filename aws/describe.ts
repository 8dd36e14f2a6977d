import { DescribeAutoScalingGroupsCommand, type AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ListenerNotFoundException,
  type Rule,
  type RuleCondition,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "./clients.ts";
import { forwardedGroups, weightsIn } from "../deployment/listener-weights.ts";
import { colors, type ByColor, type TargetHealthSummary } from "../deployment/model.ts";

/** Reads of what is really there. AWS's errors pass through. */

/** Percent of the requests that each colour gets by the listener; undefined when there is no such listener. */
export async function liveWeights(
  { elb }: AwsClients,
  listenerArn: string,
  targetGroupArns: ByColor<string>,
): Promise<ByColor<number> | undefined> {
  try {
    const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
    return weightsIn(Listeners[0]?.DefaultActions ?? [], targetGroupArns);
  } catch (error) {
    if (error instanceof ListenerNotFoundException) return undefined;
    throw error;
  }
}

/** Where a listener sends requests. */
export interface ListenerTraffic {
  /** Percent of the requests that each colour gets. */
  readonly weights: ByColor<number>;
  /**
   * What is none of the stack's doing, as words that follow "it sends": other target groups in its default action, and every
   * rule, since the stack gives it none.
   */
  readonly foreign: string[];
}

/** All of a listener's traffic, by one look at it; undefined when there is no such listener. */
export async function listenerTraffic(
  { elb }: AwsClients,
  listenerArn: string,
  targetGroupArns: ByColor<string>,
): Promise<ListenerTraffic | undefined> {
  try {
    const [{ Listeners = [] }, { Rules = [] }] = await Promise.all([
      elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] })),
      elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn })),
    ]);
    const actions = Listeners[0]?.DefaultActions ?? [];
    const nameOf = (arn: string) => colors.find((color) => targetGroupArns[color] === arn) ?? targetGroupName(arn);
    const groups = forwardedGroups(actions);
    const total = groups.reduce((sum, { weight = 1 }) => sum + weight, 0);
    const others = groups
      .filter(({ arn, weight }) => weight !== 0 && colors.every((color) => targetGroupArns[color] !== arn))
      .map(({ arn, weight = 1 }) => `${Math.max(1, Math.round((100 * weight) / total))} % to ${targetGroupName(arn)}`);
    const rules = Rules.filter(({ IsDefault }) => !IsDefault).map((rule) => ruleText(rule, nameOf));
    return { weights: weightsIn(actions, targetGroupArns), foreign: [...others, ...rules] };
  } catch (error) {
    if (error instanceof ListenerNotFoundException) return undefined;
    throw error;
  }
}

/** `arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/NAME/ID` is `target group NAME`. */
const targetGroupName = (arn: string): string => `target group ${arn.split("/").at(-2) ?? arn}`;

function ruleText({ Priority, Conditions = [], Actions = [] }: Rule, nameOf: (arn: string) => string): string {
  const targets = forwardedGroups(Actions).map(({ arn }) => nameOf(arn));
  const where = targets.length > 0 ? targets.join(" and ") : `a ${Actions.at(-1)?.Type ?? "rule"}`;
  return `${Conditions.map(conditionText).join(" and ")} to ${where} (rule ${Priority})`;
}

/** A condition's values stand in a block of the field's own name, and for some fields in `Values`, too. */
function conditionText({ Field = "condition", ...condition }: RuleCondition): string {
  const config = Object.values(condition).find((value) => typeof value === "object" && "Values" in value);
  const own: readonly unknown[] = (config as { Values?: unknown[] } | undefined)?.Values ?? [];
  const values = own.length > 0 ? own : (condition.Values ?? []);
  return [Field, ...values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))].join(" ");
}

export async function targetHealth({ elb }: AwsClients, targetGroupArn: string): Promise<TargetHealthDescription[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  return TargetHealthDescriptions;
}

export async function autoScalingGroup(
  { autoScaling }: AwsClients,
  name: string,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return AutoScalingGroups[0];
}

/**
 * Suspended processes of a group, each with the reason.
 * @param names those that are asked about; default: all
 */
export const suspendedIn = (group: AutoScalingGroup | undefined, names?: readonly string[]): string[] =>
  (group?.SuspendedProcesses ?? [])
    .filter(({ ProcessName = "" }) => names?.includes(ProcessName) ?? true)
    .map(({ ProcessName, SuspensionReason }) => `${ProcessName} (${SuspensionReason ?? "no reason given"})`);

/**
 * A colour's targets that are not leaving.
 * @param group its present group; without it nobody can tell whose targets are, and every healthy one counts
 */
export function observe(
  targets: TargetHealthDescription[],
  group?: Partial<Pick<AutoScalingGroup, "Instances" | "DesiredCapacity">>,
): TargetHealthSummary {
  const idsIn = (states: TargetHealthDescription[]) => states.map(({ Target }) => Target?.Id ?? "");
  const staying = targets.filter(({ TargetHealth }) => !["draining", "unused"].includes(TargetHealth?.State ?? ""));
  const healthy = idsIn(staying.filter(({ TargetHealth }) => TargetHealth?.State === "healthy"));
  if (!group) return { registered: staying.length, healthy: healthy.length, staleTargets: [] };
  const { Instances = [], DesiredCapacity = 0 } = group;
  const lifecycleOf = new Map(Instances.map(({ InstanceId = "", LifecycleState }) => [InstanceId, LifecycleState]));
  const inService = healthy.filter((id) => lifecycleOf.get(id) === "InService");
  return {
    registered: staying.length,
    healthy: Math.min(inService.length, DesiredCapacity),
    staleTargets: idsIn(staying).filter((id) => !lifecycleOf.has(id)),
  };
}
