import { answerFault } from "../../aws/gate.ts";
import type { PreviewAnswer } from "../../aws/preview.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import type { Rules } from "./limits.ts";
import type { Rounds } from "./rounds.ts";
import { errorFault } from "./shares.ts";
import { evidenceText } from "./shown-evidence.ts";
import { isWorse } from "./verdict.ts";

/** What every release is tried for, in this order. */
export const builtInChecks = ["ready", "version", "errors", "latency"] as const;

/** Milliseconds of p95 that a release may take where no old colour is there to compare it with: the stack's alarm. */
const p95Alone = 1_000;

/** How a check went, before it has a name. */
export interface Finding {
  readonly ok: boolean;
  readonly detail: string;
}

/** `ready`: each answer to the health check's path is 200, as the target group wants it. */
export function readyFinding(path: string, answers: readonly PreviewAnswer[]): Finding {
  const bad = answers.find(({ status }) => status !== 200);
  return bad
    ? { ok: false, detail: `GET ${path} answered ${bad.status}; it must answer 200` }
    : { ok: true, detail: `${answers.length} times 200 from ${path}` };
}

/**
 * `version`: each answer is of the version, and of the commit, that the image is tagged with; without tags, it answers. One of several
 * answers that is 5xx is a matter of `errors`, which asks the old colour, too.
 */
export function versionFinding(
  path: string,
  answers: readonly PreviewAnswer[],
  image: { readonly version?: string; readonly commit?: string },
): Finding {
  const told = answers.filter(({ status }) => status < 500);
  for (const answer of told.length > 0 ? told : answers) {
    const fault = answerFault(path, answer, image.version) ?? commitFault(path, answer, image.commit);
    if (fault) return { ok: false, detail: fault };
  }
  const what = [image.version, image.commit?.slice(0, 12)].filter((part) => part !== undefined).join(" ");
  return { ok: true, detail: what === "" ? "the image has no tag Version; it answers" : what };
}

/** A commit may be answered in short, with 7 digits or more. */
function commitFault(path: string, { body }: PreviewAnswer, commit: string | undefined): string | undefined {
  if (commit === undefined) return undefined;
  const answered = commitIn(body);
  const isSame = answered !== undefined && answered.length >= 7 && commit.startsWith(answered);
  if (isSame || answered === commit) return undefined;
  return `GET ${path} answered ${answered === undefined ? "no commit" : `commit ${answered}`}; the image is tagged ${commit}`;
}

function commitIn(body: string): string | undefined {
  try {
    const answer = JSON.parse(body) as { commit?: unknown } | null;
    return typeof answer?.commit === "string" ? outsideText(answer.commit) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `errors`: beside an old colour the evidence that it fails more; where there is none, the share of failed requests, as a limit.
 */
export function errorsFinding({ own, old, evidence }: Rounds, rules: Rules): Finding {
  const said = `${own.failed} of ${own.sent} requests failed`;
  if (old === undefined || evidence === undefined) {
    const fault = errorFault(own, undefined, rules.limits);
    return { ok: fault === undefined, detail: fault ?? said };
  }
  if (own.failed === 0) return { ok: true, detail: said };
  return {
    ok: !isWorse(evidence, rules),
    detail: `${said}, ${old.failed} of the old colour's ${old.sent} (${evidenceText(evidence)})`,
  };
}

/** `latency`: beside an old colour the evidence that more of its answers are slow; where there is none, a p95 below 1 s. */
export function latencyFinding({ own: counts, old, slow }: Rounds): Finding {
  if (counts.p95 === undefined) return { ok: false, detail: `none of ${counts.sent} requests was answered` };
  const said = `p95 ${Math.round(counts.p95)} ms`;
  if (old?.p95 === undefined)
    return { ok: counts.p95 <= p95Alone, detail: counts.p95 <= p95Alone ? said : `${said}, ${p95Alone} ms allowed` };
  const beside = `${said}, the old colour's ${Math.round(old.p95)} ms`;
  if (slow === undefined || slow.release.failed === 0) return { ok: true, detail: beside };
  const counted = `${slow.release.failed} of ${slow.release.sent} slow, ${slow.baseline.failed} of the old colour's ${slow.baseline.sent}`;
  return { ok: slow.evidence < slow.threshold, detail: `${beside}; ${counted} (${evidenceText(slow)})` };
}
