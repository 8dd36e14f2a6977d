import { setTimeout as pause } from "node:timers/promises";
import { other, type Color } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import type { Counts, Evidence } from "../analysis/evidence.ts";
import { Measure } from "../analysis/measure.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { defaultLimits, verdict, type Limits, type Verdict } from "../analysis/verdict.ts";
import { toCliError } from "../aws-errors.ts";
import { bar, type WatchTeller } from "../ui.ts";
import type { Look } from "../watch-lines.ts";
import type { RolloutContext } from "./context.ts";
import { RollbackRequired } from "./hooks.ts";
import { previewOf } from "./preview.ts";

/** Seconds between two looks. */
const every = 1;

/**
 * Seconds that a release waits at most, beyond the time that it was to hold, for a verdict that nothing stands against. At
 * least ten minutes: alarms on a load balancer's metrics have been seen to go off nine minutes late.
 */
const patience = (seconds: number): number => Math.max(600, seconds);

/**
 * Watches a colour for a time, and judges it by alarms and by measures of its own.
 * @param seconds how long at least; 0: one look
 * @throws RollbackRequired when something stands against it, or when nobody can tell in the end
 */
export async function analyze(
  rollout: RolloutContext,
  color: Color,
  seconds: number,
  tell: WatchTeller,
): Promise<void> {
  const { session } = rollout;
  const weight = rollout.world.weights.live[color];
  const measure = new Measure(
    {
      clients: session.clients,
      outputs: rollout.recorded.outputs,
      release: color,
      preview: previewOf(rollout.recorded, session),
      whole: wholeOf(rollout, color),
      judgedSince: firstTraffic(rollout, color),
      note: (line) => tell.keep(line),
    },
    weight,
  );
  const limits = limitsOf(rollout);
  const begun = Date.now();
  for (;;) {
    session.signal.throwIfAborted();
    const evidence = await measure.look().catch((error: unknown) => {
      throw toCliError(error);
    });
    const found = verdict(evidence, limits);
    const elapsed = (Date.now() - begun) / 1000;
    tell.watch(progress(evidence, found, elapsed, seconds), lookOf(evidence, found));
    if (found.kind === "back") throw new RollbackRequired(found.why.join("; "));
    if (elapsed >= seconds) {
      if (found.kind === "go" || seconds === 0) return;
      if (elapsed >= seconds + patience(seconds))
        throw new RollbackRequired(`nobody can tell whether ${color} is well: ${found.why}`);
    }
    await pause(every * 1000, undefined, { signal: session.signal });
  }
}

/** What a release of this stack is judged by: its alarm's share of errors, and what the project file says. */
export function limitsOf({ session }: RolloutContext): Limits {
  const own = readProjectFile(session.stackRef.folder).limits;
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...defaultLimits, errorPercent: session.settings.alarmErrorPercent, ...given };
}

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
  const line = `${bar(seconds === 0 ? 1 : elapsed / seconds)} ${time} · ${counts(release)} · ${counts(baseline)}`;
  return found.kind === "go" ? line : `${line} · ${found.kind === "wait" ? found.why : found.why.join("; ")}`;
}

function counts({ color, probes, metrics, healthy }: Evidence["release"]): string {
  const seen: Counts = metrics && metrics.sent > probes.sent ? metrics : probes;
  const p95 = seen.p95 === undefined ? "" : `, p95 ${Math.round(seen.p95)} ms`;
  return `${color} ${seen.failed} of ${seen.sent} failed${p95}, ${healthy} healthy`;
}
