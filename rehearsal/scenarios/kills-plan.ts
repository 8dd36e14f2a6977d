import type { CommandEvent } from "./commands-process.ts";

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When a run of the command is cut off: at the next step boundary that no run of its release was cut off at, or after a time. */
export type Moment = { readonly kind: "boundary" } | { readonly kind: "after"; readonly ms: number };

/** How often a release is cut off, and with what. */
export interface Plan {
  readonly image: "good" | "error-500" | "never-healthy";
  readonly kills: number;
  readonly moment: () => Moment;
  /** Every so many runs are interrupted instead, as Ctrl-C does; 0: none. */
  readonly interruptEvery: number;
}

/** Milliseconds within which a random moment lies: a run that is not cut off takes about so long. */
const longest = 9_000;

/**
 * The releases that are cut off: one good and one bad image at every step boundary, then others at random moments, good and
 * bad in turn; one of them never gets healthy, which is slow.
 */
export function planOf(index: number, random: () => number): Plan {
  const image = index % 2 === 0 ? "good" : index === 3 ? "never-healthy" : "error-500";
  if (index < 2) return { image, kills: 40, moment: () => ({ kind: "boundary" }), interruptEvery: 0 };
  const moment = (): Moment => ({ kind: "after", ms: Math.round(300 + random() * (longest - 300)) });
  return { image, kills: 5, moment, interruptEvery: 4 };
}

/** What a step boundary is called; undefined: the event is none. Numbers and reasons that differ from run to run are left out. */
export function boundaryOf({ type, step, status, title }: CommandEvent): string | undefined {
  if (type !== "step") return undefined;
  return `${step} ${status}: ${step === "recover" ? "" : title}`;
}
