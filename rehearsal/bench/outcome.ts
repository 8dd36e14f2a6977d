import type { CommandEnd, CommandEvent } from "../scenarios/commands-process.ts";
import type { Sample } from "../load/samples.ts";

/** What becomes of an image that is released: who found out that it is bad, where somebody did. */
export type Outcome = "released" | "refused" | "stage" | "check" | "canary" | "bake" | "failed";

/** For people. */
export const outcomes: Record<Outcome, string> = {
  released: "released",
  refused: "refused before anything changed",
  stage: "caught when staged",
  check: "caught by the checks",
  canary: "caught in the canary",
  bake: "caught in the bake",
  failed: "failed",
};

/** A line of the command's, with how long a step took. */
type Event = CommandEvent & { readonly seconds?: number };

/** What `bluegreen release` came to, by its exit code and by the step that failed. */
export function outcomeOf({ code, events }: Pick<CommandEnd, "code" | "events">): Outcome {
  if (code === 0) return "released";
  if (code === 3) return "refused";
  return code === 4 ? caughtIn(events) : "failed";
}

/** The checks' own step ends well, whatever they found. */
function caughtIn(events: readonly CommandEvent[]): Outcome {
  const broken = events.find(({ type, status }) => type === "step" && status === "failed")?.step;
  if (broken === undefined) return events.some(({ step }) => step === "bake") ? "bake" : "check";
  const byStep: Record<string, Outcome> = { stage: "stage", cutover: "canary", bake: "bake" };
  return byStep[broken] ?? "failed";
}

export type Part = "stage" | "check" | "cut-over" | "bake" | "the rest";

/** Seconds of a release's parts. The bake ends with the same checks again; `the rest` is to look, to lock and to write down. */
export function partsOf({ events, seconds }: Pick<CommandEnd, "events" | "seconds">): Record<Part, number> {
  const parts: Record<Part, number> = { stage: 0, check: 0, "cut-over": 0, bake: 0, "the rest": seconds };
  let baking = false;
  for (const { type, step, status, seconds: took = 0 } of events as readonly Event[]) {
    if (type !== "step" || status !== "done") continue;
    baking ||= step === "bake";
    const part = baking ? "bake" : step === "cutover" ? "cut-over" : step;
    if (part !== "stage" && part !== "check" && part !== "cut-over" && part !== "bake") continue;
    parts[part] += took;
    parts["the rest"] -= took;
  }
  return parts;
}

/**
 * Of the requests that failed, those that a bad image answered itself while it had a canary's share: they are the price of
 * finding out what users alone can find out.
 */
export function priceOf(errors: readonly Sample[], version: string): number {
  return errors.filter((error) => error.version === version && error.status === 500).length;
}
