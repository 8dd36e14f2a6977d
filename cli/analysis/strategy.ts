import { CliError } from "../error.ts";
import { durationForm, secondsOf } from "./duration.ts";

/** How traffic moves to a new colour: through these weights, then all of it by the flip. */
export interface Strategy {
  /** As it was given, for example `canary=10%,10m`. */
  readonly text: string;
  /** Ascending weights from 1 to 99 percent, each with the seconds that it is held at least; none: all at once. */
  readonly steps: readonly Step[];
}

interface Step {
  readonly weight: number;
  readonly seconds: number;
}

export type Move =
  { readonly kind: "shift"; readonly weight: number } | { readonly kind: "hold"; readonly seconds: number } | Flip;

/** All of the traffic goes to the new colour: it becomes the active one, never a standby with a weight of 100. */
interface Flip {
  readonly kind: "flip";
}

const forms = [
  "all-at-once",
  "canary=10%,10m (or several steps: canary=5%,10m,25%,10m)",
  "linear=10%/6m (10 % more every 6 minutes)",
].join(", ");

/**
 * Reads `all-at-once`, `canary=P%,T[,P%,T ...]` or `linear=P%/T`.
 * @throws CliError (usage) that names all that is wrong with it
 */
export function parseStrategy(text: string): Strategy {
  const faults: string[] = [];
  const steps = stepsOf(text, faults);
  if (faults.length === 0) return { text, steps };
  throw new CliError("usage", `${JSON.stringify(text)} is no strategy: ${faults.join("; ")}. Allowed: ${forms}.`);
}

function stepsOf(text: string, faults: string[]): Step[] {
  if (text === "all-at-once") return [];
  const [, kind, rest = ""] = /^(canary|linear)=(.*)$/.exec(text) ?? [];
  if (kind === "canary") return canarySteps(rest, faults);
  if (kind === "linear") return linearSteps(rest, faults);
  faults.push("no such kind");
  return [];
}

function canarySteps(rest: string, faults: string[]): Step[] {
  const parts = rest.split(",");
  if (parts.length % 2 !== 0) faults.push("each weight needs a time after it");
  const steps: Step[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const step = { weight: percent(parts[index], faults), seconds: time(parts[index + 1], faults) };
    const before = steps.at(-1);
    if (before && step.weight <= before.weight) {
      faults.push(`its weights must rise: ${step.weight}% comes after ${before.weight}%`);
    }
    steps.push(step);
  }
  return steps;
}

function linearSteps(rest: string, faults: string[]): Step[] {
  const [part, every, ...more] = rest.split("/");
  if (every === undefined || more.length > 0) {
    faults.push("it needs one weight and one time");
    return [];
  }
  const [weight, seconds] = [percent(part, faults), time(every, faults)];
  if (faults.length > 0) return [];
  const count = Math.ceil(100 / weight) - 1;
  return Array.from({ length: count }, (_, index) => ({ weight: weight * (index + 1), seconds }));
}

function percent(text: string, faults: string[]): number {
  const [, digits] = /^(\d{1,2})%$/.exec(text) ?? [];
  const value = Number(digits);
  if (value >= 1) return value;
  faults.push(`${JSON.stringify(text)} must be a whole percentage from 1% to 99%`);
  return NaN;
}

function time(text: string, faults: string[]): number {
  const seconds = secondsOf(text) ?? 0;
  if (seconds > 0) return seconds;
  faults.push(`${JSON.stringify(text)} must be ${durationForm}, and more than 0s`);
  return NaN;
}

/**
 * What comes next, from the weight that is really live: an interrupted release, or one that somebody has shifted by
 * hand, goes on from where it is. A weight is held for the time of the step that it has reached, also when it is more
 * than that step's own weight; then the next greater step comes, and after the last one the flip.
 * @param live.weight percent of the requests that the new colour really gets
 * @param live.heldSeconds how long it has had them; 0 where nobody knows
 */
export function nextMove({ steps }: Strategy, live: { weight: number; heldSeconds: number }): Move {
  if (live.weight >= 100) return { kind: "flip" };
  const reached = steps.filter(({ weight }) => weight <= live.weight).at(-1);
  const left = reached ? reached.seconds - Math.max(0, live.heldSeconds) : 0;
  if (left > 0) return { kind: "hold", seconds: left };
  const next = steps.find(({ weight }) => weight > live.weight);
  return next ? { kind: "shift", weight: next.weight } : { kind: "flip" };
}
