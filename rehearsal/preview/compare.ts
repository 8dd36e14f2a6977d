import { isDeepStrictEqual } from "node:util";
import { codesIn, type ErrorCode } from "../../deployment/error-codes.ts";
import { colors, type Color } from "../../deployment/model.ts";
import { fleetPartName } from "../../deployment/names.ts";
import { knownLater } from "../../deployment/rollback-readiness.ts";
import type { Outcome } from "./engine.ts";

/** How a preview and its update agreed, or what they disagreed in. */
export type Agreement = { verdict: string } | { disagreement: string };

/** Both colours' templates are guarded at once, and the first refusal ends the run: which one it is is chance. */
const templateReason = /(a changed template .* change reach) (blue|green)/;

/** The reasons of a refusal, one a line. */
const reasonsIn = (texts: readonly string[]): string[] => [
  ...new Set(
    texts.flatMap((text) =>
      text
        .split("\n")
        .filter((line) => line.startsWith("  "))
        .map((line) => line.replace(templateReason, "$1 a fleet")),
    ),
  ),
];

const hasCode = (text: string, wanted: ErrorCode): boolean => codesIn(text).some(({ code }) => code === wanted);

/** The colours whose fleets are not ready, by warnings or by errors. */
const notReady = (texts: readonly string[]): Color[] =>
  texts.flatMap(codesIn).flatMap(({ code, color }) => (code === "fleet-not-ready" && color ? [color] : []));

/** Whether the update was to change the colour's group before it judged it. */
const changesGroup = ({ steps }: Outcome, color: Color) =>
  steps.some((step) => step.endsWith(`::${fleetPartName(color, "group")}`));

/**
 * Judges a preview by the update after it, in a cloud where nothing changed between the two.
 *
 * What the update did must be what the preview had listed, all of it where the update went through. Where it did not, the
 * preview has said so in the same words; only a fleet that the update itself changed first may come as a surprise.
 */
export function compare(preview: Outcome, update: Outcome): Agreement {
  const listed = listFault(preview, update);
  if (listed) return { disagreement: listed };
  const verdict = verdictOf(preview, update);
  if ("disagreement" in verdict || !update.ok) return verdict;
  const [foretold, came] = [preview, update].map(({ outputs }) => outputs.rollbackReady as { reason?: string });
  if (!foretold) return { disagreement: "the preview says nothing of rollbackReady" };
  if (!foretold.reason?.startsWith(knownLater) && !isDeepStrictEqual(foretold, came)) {
    return { disagreement: `rollbackReady: ${JSON.stringify(foretold)} in the preview, then ${JSON.stringify(came)}` };
  }
  return verdict;
}

function listFault(preview: Outcome, update: Outcome): string | undefined {
  const left = [...preview.steps];
  const unlisted = update.steps.filter((step) => {
    const at = left.indexOf(step);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  // A preview that is refused ends before its list is whole, and so may the update, elsewhere: they run in parallel.
  if (unlisted.length > 0 && preview.ok) return `the update did what the preview did not list: ${unlisted.join(", ")}`;
  if (update.ok && left.length > 0) return `the update did not do what the preview lists: ${left.join(", ")}`;
  return undefined;
}

function verdictOf(preview: Outcome, update: Outcome): Agreement {
  const said = update.errors.join("\n");
  if (!preview.ok) {
    if (update.ok) return { disagreement: `only the preview is refused: ${preview.errors.join("\n")}` };
    const reasons = reasonsIn(update.errors);
    if (reasonsIn(preview.errors).some((reason) => reasons.includes(reason))) return { verdict: "refused by both" };
    return { disagreement: `refused for different reasons: ${preview.errors.join("\n")}\nthen: ${said}` };
  }
  const foreseen = preview.warnings.filter((warning) => hasCode(warning, "gate-closed"));
  const waiting = notReady(preview.warnings);
  if (update.ok) return accepted(foreseen, waiting, update);
  const [late] = notReady(update.errors);
  if (late) {
    if (waiting.includes(late)) return { verdict: "a fleet is not ready, as foreseen" };
    if (changesGroup(preview, late)) return { verdict: "accepted; a fleet that came new did not get ready" };
    return { disagreement: `the preview did not say that ${late} is not ready: ${said}` };
  }
  if (!hasCode(said, "gate-closed")) return { disagreement: `the preview is accepted, the update is refused: ${said}` };
  const reasons = reasonsIn(update.errors);
  const foretold = reasonsIn(foreseen).filter((reason) => reason.startsWith("  - "));
  const unsaid = reasons.filter((reason) => !foretold.includes(reason));
  const unkept = foretold.filter((reason) => !reasons.includes(reason));
  // Which colour a reason is about stands in its words, but a fleet's need hangs on the other one, too.
  const surprises = colors.some((color) => changesGroup(preview, color)) ? [] : unsaid;
  if (unkept.length > 0 || surprises.length > 0) {
    const differing = [...unkept.map((one) => `said in vain:${one}`), ...surprises.map((one) => `not said:${one}`)];
    return { disagreement: `the health gate: ${differing.join("; ")}` };
  }
  return {
    verdict: unsaid.length > 0 ? "the health gate refuses what came new" : "the health gate refuses, as foreseen",
  };
}

/** The update went through: nothing may have been foreseen against it but what the override lets pass. */
function accepted(foreseen: string[], waiting: string[], update: Outcome): Agreement {
  if (waiting.length > 0) return { disagreement: `${waiting.join(", ")} was to be waited for, and was not` };
  if (foreseen.length === 0) return { verdict: "accepted by both" };
  const overridden = reasonsIn(update.warnings);
  const unkept = reasonsIn(foreseen).filter((reason) => !overridden.includes(reason));
  return unkept.length === 0
    ? { verdict: "the health gate overridden, as foreseen" }
    : { disagreement: `the health gate let pass what the preview foresaw: ${unkept.join("; ")}` };
}
