import { byColor, type ByColor } from "./model.ts";

/** An action of a listener, as Elastic Load Balancing spells it or as the provider does. */
export type ListenerAction =
  | { readonly ForwardConfig?: { readonly TargetGroups?: readonly { TargetGroupArn?: string; Weight?: number }[] } }
  | { readonly forward?: { readonly targetGroups?: readonly { arn: string; weight?: number }[] } | null };

/** The target groups that actions forward to, with their weights. */
const forwarded = (actions: readonly ListenerAction[]): { arn?: string; weight?: number }[] =>
  actions.flatMap((action): { arn?: string; weight?: number }[] => {
    if ("forward" in action) return [...(action.forward?.targetGroups ?? [])];
    const { TargetGroups = [] } = ("ForwardConfig" in action ? action.ForwardConfig : undefined) ?? {};
    return TargetGroups.map(({ TargetGroupArn: arn, Weight: weight }) => ({ arn, weight }));
  });

/** The weights that a listener's actions give the colours; 0 for one that they don't name. */
export function weightsIn(actions: readonly ListenerAction[], targetGroupArns: ByColor<string>): ByColor<number> {
  const groups = forwarded(actions);
  return byColor((color) => groups.find(({ arn }) => arn === targetGroupArns[color])?.weight ?? 0);
}

/** Whether a listener's actions name a target group, with whatever weight. */
export const forwardsTo = (actions: readonly ListenerAction[], targetGroupArn: string): boolean =>
  forwarded(actions).some(({ arn }) => arn === targetGroupArn);
