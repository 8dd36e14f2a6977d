import type { Evidence } from "./evidence.ts";
import { isGross } from "./gross.ts";
import { judgeAlarms } from "./judge-alarms.ts";
import { defaultRules, type Rules } from "./limits.ts";
import { percent, shareOf } from "./shares.ts";
import { evidenceText, sourceText } from "./shown-evidence.ts";
import type { Source } from "./sources.ts";
import type { SourceEvidence } from "./trials.ts";
import type { Interval } from "./wagers.ts";

export type Verdict =
  | { readonly kind: "go" }
  /** Traffic stays where it is, for now. `isCommon`: for a cause that both colours share, which no release goes back for. */
  | { readonly kind: "wait"; readonly why: string; readonly isCommon?: boolean }
  | { readonly kind: "back"; readonly why: readonly string[] };

/**
 * Whether a release may go on: for a step of its shift, and for its bake, in which the old colour is known by what it had before,
 * and by probes.
 */
export function verdict(evidence: Evidence, rules: Rules = defaultRules): Verdict {
  const { limits } = rules;
  const { release, recent } = evidence;
  const alarms = judgeAlarms(evidence, limits.alarmSeconds);
  const back: string[] = [];
  if (release.healthy < release.needed) {
    back.push(`${release.color} has ${release.healthy} healthy targets and needs ${release.needed}`);
  }
  back.push(...alarms.back);
  if (isGross(recent.probes)) back.push(downText(recent.probes, evidence, sourceText("probes")));
  else if (recent.minute && isGross(recent.minute))
    back.push(downText(recent.minute, evidence, sourceText("requests")));
  back.push(...evidence.found.filter((one) => isWorse(one, rules)).map((one) => said(one, evidence)));
  if (back.length > 0) return { kind: "back", why: back };

  const wait = [...alarms.wait];
  if (!enough(evidence, rules)) {
    const known = Math.max(release.probes.sent, release.metrics?.sent ?? 0);
    wait.push(`too little is known of ${release.color} yet: ${known} of ${limits.requests} requests`);
  }
  if (wait.length + alarms.common.length === 0) return { kind: "go" };
  return { kind: "wait", why: [...wait, ...alarms.common].join("; "), isCommon: wait.length === 0 };
}

const downText = ({ release: own }: Interval, { release }: Evidence, what: string): string =>
  `${release.color} is down: it failed ${shareOf(own)} ${what}`;

/** Whether a source counts slow answers, which no floor of failures is about. */
const isOfTime = (source: Source): boolean => source === "latency" || source === "histogram";

/** Whether a source's evidence counts, and what it is of is no less than the floor. */
export function isWorse(
  { source, evidence, threshold, release, baseline }: SourceEvidence,
  { limits, floor }: Rules,
): boolean {
  if (evidence < threshold || release.failed < limits.failures) return false;
  if (isOfTime(source)) return true;
  const before = baseline.sent > 0 ? percent(baseline) : 0;
  return percent(release) > Math.max(floor.percent, floor.points > 0 ? before + floor.points : 0);
}

function said(one: SourceEvidence, { release, baseline, reference }: Evidence): string {
  const { source } = one;
  const verb = isOfTime(source) ? "had" : "failed";
  const old =
    source === "bake" && reference
      ? `${baseline.color} ${shareOf(reference)} before the cut-over`
      : `${baseline.color} ${shareOf(one.baseline)}`;
  return `${release.color} ${verb} ${shareOf(one.release)}, ${old}, ${sourceText(source)} (${evidenceText(one)})`;
}

function enough({ release: { probes, metrics }, unreachable }: Evidence, { limits }: Rules): boolean {
  const { requests, quietMinutes } = limits;
  if (probes.sent >= requests) return true;
  if (metrics === undefined) return false;
  return metrics.sent >= requests || (unreachable !== undefined && metrics.minutes >= quietMinutes);
}
