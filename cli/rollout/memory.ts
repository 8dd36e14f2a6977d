import type { ByColor } from "../../deployment/model.ts";
import type { Memory, Next } from "./next.ts";

/** What a run knows at its beginning. */
export const nothingDone: Memory = { fit: false, checked: false, staged: 0, repaired: false };

/** Whether a step gives the image instances or traffic. */
export const needsFitImage = ({ kind }: Next): boolean => kind === "stage" || kind === "shift" || kind === "flip";

/**
 * What a run knows after a step that went well.
 * @param live the weights that the step was done with, in percent
 */
export function remember(memory: Memory, done: Next, live: ByColor<number>): Memory {
  const known = { ...memory, fit: memory.fit || needsFitImage(done) };
  switch (done.kind) {
    case "recover":
      return { ...known, repaired: true };
    case "stage":
      return { ...known, staged: known.staged + 1 };
    case "check":
      return { ...known, checked: true };
    case "hold":
      return { ...known, watched: live[done.color] };
    case "shift":
    case "flip":
    case "bake":
    case "rollback":
    case "keep":
    case "retire":
    case "done":
    case "refuse":
      return known;
  }
}
