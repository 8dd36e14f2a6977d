import { byColor, type ByColor } from "./model.ts";

/** An action of a listener, as Elastic Load Balancing spells it or as the provider does; one alone names its group in short. */
export type ListenerAction =
  | {
      readonly TargetGroupArn?: string;
      readonly ForwardConfig?: { readonly TargetGroups?: readonly { TargetGroupArn?: string; Weight?: number }[] };
    }
  | { readonly forward?: { readonly targetGroups?: readonly WeightedGroup[] } | null };

/** A target group in a forward action. */
export interface WeightedGroup {
  readonly arn: string;
  /** Where it is not said, AWS takes 1. */
  readonly weight?: number;
}

/** The target groups that actions forward to, with their weights. */
export const forwardedGroups = (actions: readonly ListenerAction[]): WeightedGroup[] =>
  actions.flatMap((action): readonly WeightedGroup[] => {
    if ("forward" in action) return action.forward?.targetGroups ?? [];
    const { ForwardConfig, TargetGroupArn } = action as Exclude<ListenerAction, { forward?: unknown }>;
    const groups = ForwardConfig?.TargetGroups ?? (TargetGroupArn === undefined ? [] : [{ TargetGroupArn }]);
    return groups.map(({ TargetGroupArn: arn = "", Weight: weight }: { TargetGroupArn?: string; Weight?: number }) => ({
      arn,
      weight,
    }));
  });

/**
 * The share of the requests that a listener's actions really give each colour, in whole percent of all that they forward, other
 * groups included; 0 for a colour that they don't name. A share that is neither nothing nor everything never looks like it.
 */
export function weightsIn(actions: readonly ListenerAction[], targetGroupArns: ByColor<string>): ByColor<number> {
  const groups = forwardedGroups(actions);
  const sum = (of: readonly WeightedGroup[]) => of.reduce((all, { weight = 1 }) => all + weight, 0);
  const total = sum(groups);
  const own = byColor((color) => sum(groups.filter(({ arn }) => arn === targetGroupArns[color])));
  const percent = (part: number) => Math.min(99, Math.max(1, Math.round((100 * part) / total)));
  const share = byColor((color) => (own[color] === 0 ? 0 : own[color] === total ? 100 : percent(own[color])));
  // Rounded apart, halves would add up to 101.
  return own.green > 0 && own.blue + own.green === total ? { blue: share.blue, green: 100 - share.blue } : share;
}

/** Whether a listener's actions name a target group, with whatever weight. */
export const forwardsTo = (actions: readonly ListenerAction[], targetGroupArn: string): boolean =>
  forwardedGroups(actions).some(({ arn }) => arn === targetGroupArn);
