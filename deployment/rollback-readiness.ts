import { gateReasons } from "./gate-verdict.ts";
import {
  colors,
  other,
  servingColor,
  weightsFor,
  type ByColor,
  type Capacity,
  type Color,
  type TargetHealthSummary,
} from "./model.ts";

export interface RollbackQuestion {
  /** The live weights, and those that the state holds. */
  readonly weights: ByColor<number>;
  readonly recorded: ByColor<number>;
  /** The colour that is declared to serve. */
  readonly activeColor: Color;
  readonly capacity: ByColor<Capacity>;
  readonly imageIds: ByColor<string>;
  /** Where the listener sends requests that is none of the stack's doing, as words that follow "it sends". */
  readonly foreign: readonly string[];
  /** What is wrong with a colour's image where it is revoked, as words behind its name; default: nothing. */
  readonly revoked?: ByColor<string | undefined>;
  /** Leaves out, in a preview, the fleets that the update changes. */
  readonly observed: Partial<ByColor<TargetHealthSummary>>;
  /** Why the standby is nothing to go back to, by what is known of its image; undefined: nothing is. */
  readonly objection?: string;
}

/** How the reason begins in a preview that can't tell yet. */
export const knownLater = "known after the update";

/** Whether the traffic could go back at once. */
export interface RollbackReadiness {
  readonly ready: boolean;
  /** The colour that would have all of the requests; undefined while none serves. */
  readonly to?: Color;
  /** Why it is not ready. */
  readonly reason?: string;
  /** Colours that run a revoked image: a rollback to one asks for a reason. */
  readonly warning?: string;
}

/**
 * Whether one change of the listener would take the traffic back, by all that the health gate would ask. While a canary has a
 * share, back is the colour that serves beside it; else it is the standby.
 */
export function rollbackReadiness(question: RollbackQuestion): RollbackReadiness {
  const { revoked, capacity, imageIds } = question;
  const warnings = colors
    .filter((color) => capacity[color].maxSize > 0 && revoked?.[color] !== undefined)
    .map((color) => `${color}'s image ${imageIds[color]} ${revoked?.[color]}`);
  const readiness = readinessNow(question);
  return warnings.length === 0 ? readiness : { ...readiness, warning: warnings.join("; ") };
}

function readinessNow(question: RollbackQuestion): RollbackReadiness {
  const { weights, recorded, activeColor, capacity, imageIds, foreign, observed, objection } = question;
  if (weights.blue + weights.green === 0)
    return { ready: false, reason: "the listener sends requests to neither colour" };
  const serving = servingColor(weights, activeColor);
  const isCanary = weights[other(serving)] > 0;
  const to = isCanary ? serving : other(serving);
  const no = (reason: string) => ({ ready: false, to, reason });
  if (!isCanary) {
    if (capacity[to].maxSize === 0) return no(`${to} is off (standby: off)`);
    if (imageIds[to] === imageIds[serving]) return no(`${to} runs the same image as ${serving}`);
    if (objection !== undefined) return no(objection);
  }
  const { blue, green } = observed;
  if (!blue || !green) {
    const changed = colors.filter((color) => !observed[color]);
    return no(`${knownLater}, which changes ${changed.join(" and ")}`);
  }
  const reasons = gateReasons({
    weights: weightsFor(to, 0),
    recorded,
    live: weights,
    foreign,
    capacity,
    abortTo: isCanary ? to : undefined,
    pending: [],
    observed: { blue, green },
    preview: {},
  });
  return reasons.length === 0 ? { ready: true, to } : no(reasons.map(({ what }) => what).join("; "));
}
