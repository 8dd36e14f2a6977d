import { setTimeout as pause } from "node:timers/promises";
import { other, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import type { Counts, Evidence } from "../analysis/evidence.ts";
import { Measure } from "../analysis/measure.ts";
import { defaultLimits, type Rules } from "../analysis/limits.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { closest } from "../analysis/shown-evidence.ts";
import { Trials, type SourceEvidence } from "../analysis/trials.ts";
import { verdict, type Verdict } from "../analysis/verdict.ts";
import { toCliError } from "../aws-errors.ts";
import { CliError } from "../error.ts";
import type { VerdictRecord } from "../state/model.ts";
import { bar, type WatchTeller } from "../ui.ts";
import type { Look } from "../watch-lines.ts";
import type { RolloutContext } from "./context.ts";
import { RollbackRequired } from "./hooks.ts";
import { previewOf } from "./preview.ts";

/** Seconds between two looks, and between two notes of evidence in the record where the verdict stays the same. */
const every = 1;
const noteEvery = 60;

/**
 * Seconds that a release waits at most, beyond the time that it was to hold, for a verdict that nothing stands against. At
 * least ten minutes: alarms on a load balancer's metrics have been seen to go off nine minutes late.
 */
const patience = (seconds: number): number => Math.max(600, seconds);

/**
 * Watches a colour for a time, and judges it by alarms and by measures of its own. The record gets the evidence.
 * @param seconds how long at least; 0: one look
 * @throws RollbackRequired when something stands against it, or when nobody can tell in the end
 * @throws CliError when no more traffic may move, for a cause that both colours share
 */
export async function analyze(
  rollout: RolloutContext,
  color: Color,
  seconds: number,
  tell: WatchTeller,
): Promise<void> {
  const { session } = rollout;
  const rules = rulesOf(rollout);
  const isObserved = observes(rollout);
  const measure = measureOf(rollout, color, rules, tell);
  const begun = Date.now();
  let noted = { kind: "", at: 0 };
  for (;;) {
    session.signal.throwIfAborted();
    const evidence = await measure.look().catch((error: unknown) => {
      throw toCliError(error);
    });
    const found = verdict(evidence, rules);
    const elapsed = (Date.now() - begun) / 1000;
    tell.watch(progress(evidence, found, elapsed, seconds), lookOf(evidence, found));
    const isOver = elapsed >= seconds && (found.kind === "go" || seconds === 0 || isObserved);
    if (isOver || found.kind !== noted.kind || Date.now() - noted.at >= noteEvery * 1000) {
      if (isObserved && found.kind === "back" && noted.kind !== "back")
        tell.keep(`observed, so nothing changes: ${textOf(found)}`);
      noted = { kind: found.kind, at: Date.now() };
      await rollout.tryNote({ kind: "verdict", verdict: recordOf(evidence, found, isObserved) });
    }
    if (isOver) return tell.keep(closest(evidence.found));
    if (!isObserved) requireNothingAgainst(found, color, elapsed - seconds - patience(seconds));
    await pause(every * 1000, undefined, { signal: session.signal });
  }
}

/** @param late seconds since nobody waits any longer; below 0: it can still wait */
function requireNothingAgainst(found: Verdict, color: Color, late: number): void {
  if (found.kind === "back") throw new RollbackRequired(found.why.join("; "));
  if (found.kind === "go" || late < 0) return;
  if (!found.isCommon) throw new RollbackRequired(`nobody can tell whether ${color} is well: ${found.why}`);
  throw new CliError(
    "failed",
    `No more traffic moves: ${found.why}. ${color} is no worse than the old colour, so it keeps what it has. When the cause is mended, give the same command again; or go back: bluegreen rollback.`,
  );
}

function measureOf(rollout: RolloutContext, color: Color, rules: Rules, tell: WatchTeller): Measure {
  const { session, recorded, world, record } = rollout;
  const weight = world.weights.live[color];
  const metricsPath = readProjectFile(session.stackRef.folder).metrics;
  const servesSince = record?.servesSince === undefined ? Date.now() : Date.parse(record.servesSince);
  const args = {
    clients: session.clients,
    outputs: recorded.outputs,
    release: color,
    preview: previewOf(recorded, session),
    whole: wholeOf(rollout, color),
    judgedSince: firstTraffic(rollout, color),
    servesSince: weight === 100 ? servesSince : undefined,
    // What an earlier step or run has found counts on: alpha is the whole release's.
    trials: new Trials({
      alpha: rules.alpha,
      effect: rules.effect,
      isCounted: metricsPath !== undefined,
      before: record?.color === color ? (record.verdict?.evidence as readonly SourceEvidence[] | undefined) : undefined,
    }),
    rules,
    metricsPath,
    note: (line: string) => tell.keep(line),
  };
  return new Measure(args, weight);
}

/** What a release of this stack is judged by: its alarm's share of errors, and what the project file says. */
export function rulesOf({ session }: RolloutContext): Rules {
  const { limits: own, alpha, effect } = readProjectFile(session.stackRef.folder);
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    limits: { ...defaultLimits, errorPercent: session.settings.alarmErrorPercent, ...given },
    alpha,
    effect,
    floor: { percent: own.errorPercent ?? 0, points: own.errorPoints ?? 0 },
  };
}

/** Whether verdicts are told and change nothing, by the command or by the project file. */
const observes = ({ session, isObserver }: RolloutContext): boolean =>
  isObserver || readProjectFile(session.stackRef.folder).mode === "observe";

const recordOf = ({ found: evidence }: Evidence, found: Verdict, observed: boolean): VerdictRecord => ({
  at: new Date().toISOString(),
  kind: found.kind,
  why: textOf(found),
  observed,
  evidence,
});

const textOf = (found: Verdict): string | undefined =>
  found.kind === "go" ? undefined : found.kind === "wait" ? found.why : found.why.join("; ");

/** Healthy targets that all of the requests need: what the fleets are pinned to, else what the other fleet answers with. */
function wholeOf({ world }: RolloutContext, color: Color): number {
  const { capacityFloor } = world.settings.deployed;
  return capacityFloor > 0 ? capacityFloor : world.fleets[other(color)].healthy;
}

/** When a colour first got requests in this release, by its record; else now. */
function firstTraffic({ record }: RolloutContext, color: Color): number {
  const first = record?.weights.find((weights) => weights[color] > 0);
  return first === undefined ? Date.now() : Date.parse(first.at);
}

/** What of a look is news in a log: what would be done and why, and what failed; not how many requests there were so far. */
export function lookOf({ release, baseline }: Evidence, found: Verdict): Look {
  const why = found.kind === "go" ? "" : [found.why].flat().join("; ");
  const figures = ({ probes, metrics, healthy }: Evidence["release"]) => [probes.failed, metrics?.failed, healthy];
  return {
    verdict: `${found.kind} ${why.replace(/[\d.]+/g, "#")}`,
    evidence: [...figures(release), ...figures(baseline)].join(),
  };
}

/** One line of a look: the time, and both colours beside each other. */
function progress(evidence: Evidence, found: Verdict, elapsed: number, seconds: number): string {
  const { release, baseline } = evidence;
  const left = Math.max(0, Math.ceil(seconds - elapsed));
  const time = left > 0 ? `${formatDuration(left)} left` : "one more look";
  const line = `${bar(seconds === 0 ? 1 : elapsed / seconds)} ${time} · ${counts(release)} · ${counts(baseline)} · ${closest(evidence.found)}`;
  const why = textOf(found);
  return why === undefined ? line : `${line} · ${why}`;
}

function counts({ color, probes, metrics, healthy }: Evidence["release"]): string {
  const seen: Counts = metrics && metrics.sent > probes.sent ? metrics : probes;
  const p95 = seen.p95 === undefined ? "" : `, p95 ${Math.round(seen.p95)} ms`;
  return `${color} ${seen.failed} of ${seen.sent} failed${p95}, ${healthy} healthy`;
}
