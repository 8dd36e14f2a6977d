import { overrideVariable } from "./override-variable.ts";
import { colors, gaining, shares, type ByColor, type Capacity, type Color, type TargetHealthSummary } from "./model.ts";

/** An answer through the preview listener: its faults, or why there was no way to ask. */
export type PreviewFinding = { faults: string[] } | { unreachable: string };

export interface GateQuestion {
  weights: ByColor<number>;
  /** Weights that the state holds and those that are really live; undefined while there is no listener. */
  recorded?: ByColor<number>;
  live?: ByColor<number>;
  /** Where the listener sends requests that is none of the stack's doing. */
  foreign: readonly string[];
  capacity: ByColor<Capacity>;
  /** The colour that takes back what it had given to its canary. */
  abortTo?: Color;
  /** Colours that can't be judged yet: in a preview, those that the update changes before it asks. */
  pending: Color[];
  observed: ByColor<TargetHealthSummary>;
  preview: Partial<ByColor<PreviewFinding>>;
}

/** Reasons not to let the listener change. Empty: the gate is open. */
export function gateVerdict(question: GateQuestion): string[] {
  const { weights, recorded, live, foreign, abortTo, pending, observed, preview } = question;
  const reasons: string[] = [];
  if (recorded && live && colors.some((color) => recorded[color] !== live[color])) {
    reasons.push(
      `the live weights are ${shares(live)}, the state says ${shares(recorded)}: somebody moved traffic by hand. ` +
        `Run pulumi refresh, look, and update again.`,
    );
  }
  if (foreign.length > 0) reasons.push(foreignFault(foreign));
  for (const color of gaining(weights, recorded)) {
    if (pending.includes(color)) continue;
    const { healthy, staleTargets } = observed[color];
    const needed = neededTargets(color, question);
    if (needed !== undefined && healthy < needed) {
      reasons.push(
        `${color} has ${healthy} healthy targets and needs ${needed} for ${weights[color]} % of the requests. ` +
          `Raise capacityFloor to what the serving fleet runs, or wait until ${color} is healthy.`,
      );
    }
    if (color === abortTo) continue;
    if (staleTargets.length > 0) {
      reasons.push(
        `${color}'s target group still holds ${staleTargets.join(", ")} of an earlier fleet. ` +
          `Finish that update first: pulumi up with the present weights.`,
      );
    }
    const answer = preview[color];
    if (answer && "faults" in answer)
      reasons.push(...answer.faults.map((fault) => `${color} through the preview listener: ${fault}`));
  }
  return reasons;
}

/** Why nothing is changed while somebody else's traffic is on the listener: a change of the weights takes other groups away. */
export const foreignFault = (foreign: readonly string[]): string =>
  `the listener also sends ${foreign.join("; ")}, which this stack does not declare: a change of the weights would take ` +
  `other target groups away. Find out whose they are, and remove them; or go on without them: ${overrideVariable}="why".`;

/**
 * Healthy targets that a colour needs for its share: at the whole of the traffic as many as the serving fleet really
 * runs, of a part the same part of them, and always one at least. Without a serving fleet: its own minimum. On the way
 * back from a canary: one. Undefined while the serving fleet is pending.
 */
function neededTargets(
  color: Color,
  { weights, recorded, capacity, abortTo, pending, observed }: GateQuestion,
): number | undefined {
  if (color === abortTo) return 1;
  const serving = recorded && colors.find((candidate) => candidate !== color && recorded[candidate] > 0);
  if (serving && pending.includes(serving)) return undefined;
  const whole = serving ? observed[serving].registered : capacity[color].minSize;
  return Math.max(1, Math.ceil((whole * weights[color]) / 100));
}
