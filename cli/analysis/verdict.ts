import type { AlarmFacts } from "../state/model.ts";
import type { ColorEvidence, Counts, Evidence } from "./evidence.ts";

export interface Limits {
  /** Requests from which on a share or a percentile says something. */
  readonly requests: number;
  /** Failed requests from which on they count: a single one among few is no share, and may be the network's. */
  readonly failures: number;
  /** Percent of its requests that the release may fail: what the stack's alarm allows. */
  readonly errorPercent: number;
  /** Percentage points that it may fail beyond the old colour: what fails in both is not the release's doing. */
  readonly errorPoints: number;
  /** Its p95 may be so many times the old colour's and so many milliseconds more: a new process is slower for a while. */
  readonly p95Factor: number;
  readonly p95Slack: number;
  /** Whole minutes of metrics after which too few requests are no reason to wait, where nobody can send any from here. */
  readonly quietMinutes: number;
  /**
   * Seconds of the stack's alarms' data points: one that began so long before `judgedSince` speaks of the time before. Where
   * CloudWatch tells no data points, an alarm that went off sooner after `judgedSince` does: of its two bad minutes one can be
   * so young at most.
   */
  readonly alarmSeconds: number;
}

export const defaultLimits: Limits = {
  requests: 20,
  failures: 2,
  errorPercent: 1,
  errorPoints: 1,
  p95Factor: 2,
  p95Slack: 100,
  quietMinutes: 3,
  alarmSeconds: 60,
};

export type Verdict =
  | { readonly kind: "go" }
  /** Traffic stays where it is, for now. */
  | { readonly kind: "wait"; readonly why: string }
  | { readonly kind: "back"; readonly why: readonly string[] };

interface Findings {
  readonly back: string[];
  readonly wait: string[];
}

/**
 * Whether a release may go on: for a step of its shift, and for its bake, in which the old colour is known by probes alone.
 *
 * An alarm about the time before `judgedSince`, also one that CloudWatch sets off minutes after it, is no evidence against the release: a standby that boots, or that held a bad
 * image, sets it off. Neither can it warn as long as it is on, so the release waits until it is off.
 * An alarm of the load balancer is about both colours: it never sends a release back, but no more traffic moves.
 */
export function verdict(evidence: Evidence, limits: Limits = defaultLimits): Verdict {
  const { release, baseline } = evidence;
  const found: Findings = { back: [], wait: [] };
  if (release.healthy < release.needed) {
    found.back.push(`${release.color} has ${release.healthy} healthy targets and needs ${release.needed}`);
  }
  judgeAlarms(evidence, limits, found);
  const probed = `requests through the preview listener`;
  compare(release, baseline, (color) => color.probes, probed, limits, found);
  compare(release, baseline, (color) => color.metrics, `requests, by CloudWatch`, limits, found);
  if (!enough(evidence, limits)) {
    const known = Math.max(release.probes.sent, release.metrics?.sent ?? 0);
    found.wait.push(`too little is known of ${release.color} yet: ${known} of ${limits.requests} requests`);
  }
  if (found.back.length > 0) return { kind: "back", why: found.back };
  return found.wait.length > 0 ? { kind: "wait", why: found.wait.join("; ") } : { kind: "go" };
}

function judgeAlarms(evidence: Evidence, { alarmSeconds }: Limits, found: Findings): void {
  const isOn = ({ state }: AlarmFacts) => state === "ALARM";
  const { release, alarms, loadBalancerAlarms, judgedSince } = evidence;
  const composite = alarms.find((alarm) => alarm.composite);
  const parts = alarms.filter((alarm) => !alarm.composite && isOn(alarm));
  const isNew = ({ since, badSince }: AlarmFacts) => {
    const length = alarmSeconds * 1000;
    if (badSince !== undefined) return Date.parse(badSince) + length > judgedSince;
    return since === undefined || Date.parse(since) >= judgedSince + length;
  };
  if (composite && !isOn(composite)) {
    found.wait.push(...parts.map((part) => `${said(part)}; ${release.color}'s composite alarm has not followed yet`));
  } else {
    // The composite's own time is its first part's: a part that goes off later is news all the same.
    const on = parts.length > 0 ? parts : alarms.filter(isOn);
    for (const alarm of on) {
      if (isNew(alarm)) found.back.push(said(alarm));
      else
        found.wait.push(
          `${said(alarm)} (about the time before the release got requests: once it is off, it can warn again)`,
        );
    }
  }
  found.wait.push(...loadBalancerAlarms.filter(isOn).map(said));
}

const said = ({ name, reason }: AlarmFacts): string => `alarm ${name} is on${reason ? `: ${reason}` : ""}`;

function compare(
  release: ColorEvidence,
  baseline: ColorEvidence,
  pick: (color: ColorEvidence) => Counts | undefined,
  what: string,
  limits: Limits,
  found: Findings,
): void {
  const [counts, old] = [pick(release), pick(baseline)];
  if (counts === undefined) return;
  const failing = errorFault(counts, old, limits);
  if (failing) {
    const why = `${release.color} failed ${failing}; ${baseline.color} ${shareOf(old)} (${what})`;
    if (counts.failed >= limits.failures) found.back.push(why);
    else found.wait.push(`${why}; more requests will tell`);
  }
  const slow = latencyFault(counts, old, limits);
  if (slow) found.back.push(`${release.color}'s p95 is ${slow} (${what})`);
}

/** What is wrong with the share of failed requests; undefined: nothing, or too few requests. */
export function errorFault(counts: Counts, old: Counts | undefined, limits: Limits): string | undefined {
  const { requests, errorPercent, errorPoints } = limits;
  if (counts.sent < requests) return undefined;
  const before = old && old.sent >= requests ? percent(old) : 0;
  const allowed = Math.max(errorPercent, before + errorPoints);
  return percent(counts) > allowed ? `${shareOf(counts)}, ${digits(allowed)} % allowed` : undefined;
}

/** What is wrong with the latency; undefined: nothing, or too few answers of either colour. */
export function latencyFault(counts: Counts, old: Counts | undefined, limits: Limits): string | undefined {
  const answers = ({ sent, failed }: Counts) => sent - failed;
  if (old === undefined || answers(counts) < limits.requests || answers(old) < limits.requests) return undefined;
  if (counts.p95 === undefined || old.p95 === undefined) return undefined;
  const allowed = limits.p95Factor * old.p95 + limits.p95Slack;
  if (counts.p95 <= allowed) return undefined;
  return `${Math.round(counts.p95)} ms, ${Math.round(allowed)} ms allowed: the old colour's is ${Math.round(old.p95)} ms`;
}

function enough({ release: { probes, metrics }, unreachable }: Evidence, { requests, quietMinutes }: Limits): boolean {
  if (probes.sent >= requests) return true;
  if (metrics === undefined) return false;
  return metrics.sent >= requests || (unreachable !== undefined && metrics.minutes >= quietMinutes);
}

const percent = ({ sent, failed }: Counts): number => (100 * failed) / sent;

const shareOf = (counts: Counts | undefined): string =>
  counts && counts.sent > 0 ? `${digits(percent(counts))} % of ${counts.sent}` : "is not known";

const digits = (value: number): string => String(Math.round(value * 10) / 10);
