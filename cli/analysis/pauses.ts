/** Points at which a release waits for people: what the project file says of them. Without a call. */
import { z } from "zod";
import type { PausePoint } from "../state/model.ts";
import { CliError } from "../error.ts";
import { parsePauseTimeout, pauseTimeoutForm } from "./duration.ts";
import type { Strategy } from "./strategy.ts";

const pointForm = "stage, check, cutover, or a share of a canary such as 10%";
const thenForm = "rollback or continue";

const isPoint = (text: string): text is PausePoint => /^(stage|check|cutover|[1-9]\d?%)$/.test(text);

const entry = z.strictObject({
  after: z.string({ error: pointForm }).refine(isPoint, { error: pointForm }),
  timeout: z.string({ error: pauseTimeoutForm }).transform((text, context) => {
    const seconds = parsePauseTimeout(text);
    if (seconds !== undefined) return seconds;
    context.addIssue({ code: "custom", message: pauseTimeoutForm });
    return z.NEVER;
  }),
  then: z.enum(["rollback", "continue"], { error: thenForm }),
});
export const pauseKeys = entry;

/** A point at which a release waits: after what, for how many seconds at most, and what happens when nobody has decided then. */
export type Pause = z.output<typeof entry>;

export const pausesSchema = z
  .array(entry, { error: "a list of pauses, each with after, timeout and then" })
  .superRefine((pauses, context) => {
    for (const [index, { after }] of pauses.entries()) {
      if (!pauses.slice(0, index).some((earlier) => earlier.after === after)) continue;
      const message = `a point at which no other pause is: ${pointForm}`;
      context.addIssue({ code: "custom", path: [index, "after"], message });
    }
  })
  .default([]);

/** The share of the requests behind whose watch a pause comes; undefined: it comes at no share. */
export const shareOf = (after: PausePoint): number | undefined =>
  after.endsWith("%") ? Number(after.slice(0, -1)) : undefined;

/**
 * Refuses a strategy that would leave a pause out: whoever wrote it down wants to be asked.
 * @throws CliError (usage)
 */
export function requirePausesIn({ text, steps }: Strategy, pauses: readonly Pause[]): void {
  const missing = pauses.filter(({ after }) => {
    const share = shareOf(after);
    return share !== undefined && !steps.some(({ weight }) => weight === share);
  });
  if (missing.length === 0) return;
  const shares = missing.map(({ after }) => after).join(" and ");
  const has = steps.length === 0 ? "no shares" : `the shares ${steps.map(({ weight }) => `${weight}%`).join(", ")}`;
  throw new CliError(
    "usage",
    `bluegreen.yaml has a pause after ${shares}, and the strategy ${text} has ${has}. Allowed: a strategy with that share, or pauses after stage, check and cutover.`,
  );
}
