import {
  colors,
  gaining,
  healthyTargetsNeeded,
  shares,
  type ByColor,
  type Capacity,
  type Color,
  type TargetHealthSummary,
} from "./model.ts";
import { overrideVariable } from "./variables.ts";

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

/** Why the listener may not change, and what to do. */
export interface GateReason {
  readonly what: string;
  readonly advice?: string;
}

/** Reasons not to let the listener change, as sentences. Empty: the gate is open. */
export const gateVerdict = (question: GateQuestion): string[] =>
  gateReasons(question).map(({ what, advice }) => (advice === undefined ? what : `${what}. ${advice}`));

/** Reasons not to let the listener change. Empty: the gate is open. */
export function gateReasons(question: GateQuestion): GateReason[] {
  const { weights, recorded, live, foreign, abortTo, pending, observed, preview } = question;
  const reasons: GateReason[] = [];
  if (recorded && live && colors.some((color) => recorded[color] !== live[color])) {
    reasons.push({
      what: `the live weights are ${shares(live)}, the state says ${shares(recorded)}: somebody moved traffic by hand`,
      advice: "Run pulumi refresh, look, and update again.",
    });
  }
  if (foreign.length > 0) reasons.push({ what: foreignFault(foreign) });
  for (const color of gaining(weights, recorded)) {
    if (pending.includes(color)) continue;
    const { healthy, staleTargets } = observed[color];
    const needed = neededTargets(color, question);
    if (needed !== undefined && healthy < needed) {
      reasons.push({
        what: `${color} has ${healthy} healthy targets and needs ${needed} for ${weights[color]} % of the requests`,
        advice: `Raise capacityFloor to what the serving fleet runs, or wait until ${color} is healthy.`,
      });
    }
    if (color === abortTo) continue;
    if (staleTargets.length > 0) {
      reasons.push({
        what: `${color}'s target group also holds ${staleTargets.join(", ")}, which its group does not have`,
        advice:
          "Instances of an earlier fleet leave when its update is finished: pulumi up with the present weights. What somebody " +
          "registered by hand leaves by aws elbv2 deregister-targets.",
      });
    }
    const answer = preview[color];
    if (answer && "faults" in answer)
      reasons.push(...answer.faults.map((fault) => ({ what: `${color} through the preview listener: ${fault}` })));
  }
  return reasons;
}

/** Why nothing is changed while somebody else's traffic is on the listener: a change of the weights takes other groups away. */
export const foreignFault = (foreign: readonly string[]): string =>
  `the listener also sends ${foreign.join("; ")}, which this stack does not declare: a change of the weights would take ` +
  `other target groups away. Find out whose they are, and remove them; or go on without them: ${overrideVariable}="why".`;

/**
 * Healthy targets that a colour needs for its share of what the serving fleet answers with now. Without a serving fleet: of its
 * own minimum. On the rollback from a canary: one. Undefined while the serving fleet is pending.
 */
function neededTargets(
  color: Color,
  { weights, recorded, capacity, abortTo, pending, observed }: GateQuestion,
): number | undefined {
  if (color === abortTo) return 1;
  const serving = recorded && colors.find((candidate) => candidate !== color && recorded[candidate] > 0);
  if (serving && pending.includes(serving)) return undefined;
  return healthyTargetsNeeded(weights[color], serving ? observed[serving].healthy : capacity[color].minSize);
}
