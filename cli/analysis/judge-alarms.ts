import type { AlarmFacts } from "../state/model.ts";
import type { Evidence } from "./evidence.ts";

/** What alarms say of a release. */
export interface AlarmFindings {
  /** It goes back. */
  readonly back: string[];
  /** No more traffic moves for now. */
  readonly wait: string[];
  /** The same, and it is not the release's doing: it never goes back for that. */
  readonly common: string[];
}

/**
 * An alarm about the time before `judgedSince`, also one that CloudWatch sets off minutes after it, is no evidence against the
 * release: a standby that boots, or that held a bad image, sets it off. Neither can it warn as long as it is on, so the release
 * waits until it is off.
 *
 * An alarm of the load balancer is about both colours, and one that is on for both has a cause that they share. The alarms on
 * errors and on times know nothing of the old colour, and a percentile of a canary's few answers is far off by chance: where
 * requests or times are compared with the old colour's, that comparison decides.
 */
export function judgeAlarms(evidence: Evidence, alarmSeconds: number): AlarmFindings {
  const found: AlarmFindings = { back: [], wait: [], common: [] };
  const { release, baseline, alarms, loadBalancerAlarms } = evidence;
  const composite = alarms.find((alarm) => alarm.composite);
  const parts = alarms.filter((alarm) => !alarm.composite && isOn(alarm));
  found.common.push(...loadBalancerAlarms.filter(isOn).map(said));
  if (composite && !isOn(composite)) {
    found.wait.push(...parts.map((part) => `${said(part)}; ${release.color}'s composite alarm has not followed yet`));
    return found;
  }
  const oldOnes = evidence.baselineAlarms.filter(isOn).map((alarm) => partOf(alarm, baseline.color));
  // The composite's own time is its first part's: a part that goes off later is news all the same.
  for (const alarm of parts.length > 0 ? parts : alarms.filter(isOn)) {
    const part = partOf(alarm, release.color);
    if (!isNew(alarm, evidence.judgedSince, alarmSeconds * 1000))
      found.wait.push(
        `${said(alarm)} (about the time before the release got requests: once it is off, it can warn again)`,
      );
    else if (oldOnes.includes(part)) found.common.push(`${said(alarm)} (${baseline.color}'s is on, too)`);
    else if (part === "errors" && evidence.isCompared)
      found.common.push(`${said(alarm)} (no evidence that ${release.color} fails more than ${baseline.color})`);
    else if (isOfTime(part) && isTimeCompared(evidence))
      found.common.push(`${said(alarm)} (no evidence that ${release.color} is slower than ${baseline.color})`);
    else found.back.push(said(alarm));
  }
  return found;
}

const isOfTime = (part: string): boolean => part === "p95" || part === "p99";

/** Whether answers of both colours were compared by their times. */
const isTimeCompared = ({ found }: Evidence): boolean =>
  found.some(({ source, baseline }) => (source === "latency" || source === "histogram") && baseline.sent >= fewest);

/** Answers from which on times say something. */
const fewest = 200;

const isOn = ({ state }: AlarmFacts): boolean => state === "ALARM";

function isNew({ since, badSince }: AlarmFacts, judgedSince: number, length: number): boolean {
  if (badSince !== undefined) return Date.parse(badSince) + length > judgedSince;
  return since === undefined || Date.parse(since) >= judgedSince + length;
}

/** What an alarm is about, which is the same word for both colours; empty for the composite one. Pulumi ends names with 7 digits. */
function partOf({ name, composite }: AlarmFacts, color: string): string {
  return composite ? "" : (new RegExp(`(?:^|-)${color}-([a-z0-9]+?)(?:-[0-9a-f]{7})?$`).exec(name)?.[1] ?? name);
}

const said = ({ name, reason }: AlarmFacts): string => `alarm ${name} is on${reason ? `: ${reason}` : ""}`;
