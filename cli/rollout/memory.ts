import type { ByColor } from "../../deployment/model.ts";
import type { Memory, Next } from "./next.ts";

/** What a run knows at its beginning. */
export const nothingDone: Memory = {
  fit: false,
  unfrozen: false,
  checked: false,
  proved: false,
  staged: 0,
  repaired: false,
};

/** Whether a step gives the image instances or traffic. */
export const needsFitImage = ({ kind }: Next): boolean => kind === "stage" || kind === "shift" || kind === "flip";

/** Whether a step leads the image to traffic. */
export const isForward = (next: Next): boolean =>
  needsFitImage(next) || next.kind === "check" || next.kind === "prove" || next.kind === "hold";

/** Whether a freeze forbids a step: what leads forward, and what takes the rollback away that a freeze leaves open. */
export const isFrozen = (next: Next): boolean =>
  isForward(next) || next.kind === "retire" || (next.kind === "expire" && next.pause.then === "continue");

/**
 * What a run knows after a step that went well.
 * @param live the weights that the step was done with, in percent
 */
export function remember(memory: Memory, done: Next, live: ByColor<number>): Memory {
  const known = {
    ...memory,
    fit: memory.fit || needsFitImage(done),
    unfrozen: memory.unfrozen || isFrozen(done),
  };
  switch (done.kind) {
    case "recover":
      return { ...known, repaired: true };
    case "stage":
      return { ...known, staged: known.staged + 1 };
    case "check":
      return { ...known, checked: true };
    case "prove":
      return { ...known, proved: true };
    case "hold":
      return { ...known, watched: live[done.color] };
    case "shift":
    case "flip":
    case "bake":
    case "rollback":
    case "keep":
    case "pause":
    case "paused":
    case "expire":
    case "retire":
    case "done":
    case "refuse":
      return known;
  }
}
