import { bootGate } from "./boot-gate";
import { destroy } from "./destroy";
import { driftSteps } from "./drift";
import { faults } from "./faults";
import { guardSteps } from "./guards";
import { interruptions } from "./interruptions";
import { release } from "./release";
import type { Step } from "./context";

/** The whole story, in its order. */
export const story: Step[] = [...release, ...faults, bootGate, ...guardSteps, ...interruptions, ...driftSteps, destroy];

/**
 * The steps of a run.
 * @param names of the steps wanted; none: all. The last one, destroy, always belongs to it.
 * @throws Error that names the steps there are.
 */
export function chosen(names: readonly string[]): Step[] {
  const unknown = names.filter((name) => !story.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new Error(`no step is called ${unknown.join(" or ")}; there are ${story.map(({ name }) => name).join(", ")}`);
  }
  return names.length === 0 ? story : story.filter((step) => names.includes(step.name) || step === destroy);
}
