/** Evidence as people read it: in the line of a look, in the status and in the history. */
import type { EvidenceFacts } from "../state/model.ts";
import type { Source } from "./sources.ts";

/** How each source is called, after its counts. */
const words: Record<Source, string> = {
  requests: "of all requests, by CloudWatch",
  counters: "of all requests, by the service's counters",
  probes: "of our requests through the preview listener",
  latency: "of our answers slow",
  histogram: "of all answers slow, by the service's histogram",
  bake: "of all requests, by CloudWatch",
  check: "of the check's requests",
  checkLatency: "of the check's answers slow",
};

export const sourceText = (source: string): string => (words as Record<string, string>)[source] ?? source;

/** An E as people read it: `0.42`, `12`, `3.1e+5`. */
export const short = (evidence: number): string =>
  evidence < 10_000 ? String(Number(evidence.toPrecision(2))) : evidence.toExponential(1);

export const evidenceText = ({ evidence, threshold }: Pick<EvidenceFacts, "evidence" | "threshold">): string =>
  `evidence ${short(evidence)}, ${short(threshold)} needed`;

/** The source that is closest to a verdict, in a few words; the others are no nearer. */
export function closest(found: readonly EvidenceFacts[]): string {
  const [first] = [...found].sort((a, b) => b.evidence / b.threshold - a.evidence / a.threshold);
  return first === undefined ? "no evidence yet" : `${evidenceText(first)} (${first.source})`;
}

/** One source in a line, with the counts of both colours. */
export function evidenceLine(facts: EvidenceFacts): string {
  const { source, release, baseline } = facts;
  const old = source === "bake" ? "" : ` beside ${baseline.failed} of ${baseline.sent}`;
  return `${source}: ${release.failed} of ${release.sent}${old} ${sourceText(source)}; ${evidenceText(facts)}`;
}
