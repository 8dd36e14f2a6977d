import { countsOf, type Evidence } from "../../cli/analysis/evidence.ts";
import { errorsFinding, latencyFinding } from "../../cli/analysis/built-in.ts";
import { grossLooks } from "../../cli/analysis/gross.ts";
import { defaultRules } from "../../cli/analysis/limits.ts";
import { allowedShare, referenceOf, type Reference } from "../../cli/analysis/reference.ts";
import { clumpsOf } from "../../cli/analysis/requests.ts";
import { askInRounds } from "../../cli/analysis/rounds.ts";
import { Trials } from "../../cli/analysis/trials.ts";
import { verdict } from "../../cli/analysis/verdict.ts";
import type { Interval } from "../../cli/analysis/wagers.ts";
import { alarmsOf } from "./alarms.ts";
import { good, type Cell, type Change } from "./cells.ts";
import { both, Colour, nobody, samplesOf, type Counted } from "./colour.ts";
import type { Random } from "./random.ts";
import { sentBackByShare } from "./today.ts";

/** Seconds of the canary and of the bake, and minutes of the old colour that CloudWatch knows before them. */
const canarySeconds = 600;
const totalSeconds = 1_200;
const minutesBefore = 180;
/** Seconds until CloudWatch tells a minute. */
const late = 60;
/** Requests of ours to each colour a second, and in doubt. */
const probes = { usual: 5, doubt: 25 } as const;
/** Seconds between two bursts in the mean, their length, and the percent of requests that fail in one. */
const burst = { every: 300, seconds: 30, percent: 10 } as const;
/** Requests of ours that the rule before kept, in seconds, and minutes of CloudWatch's. */
const kept = { seconds: 40, minutes: 5 } as const;

export type Rule = "test" | "counters" | "before";

/** How a release ended. */
export interface Ended {
  /** What sent it back: a check, a source of evidence, an alarm; undefined: nothing. */
  readonly by?: string;
  /** Whether its first check would have. */
  readonly isChecked: boolean;
  /** Users' requests that had failed, or were slow, on the release by then. */
  readonly failed: number;
  readonly slow: number;
}

/**
 * One release with its checks, its canary and its bake, judged by the commands' own rules, or by the rule before them. A bad one that its first
 * check finds goes on all the same: there are faults that only users meet.
 */
export async function simulate(cell: Cell, change: Change, rule: Rule, alpha: number, random: Random): Promise<Ended> {
  const rules = { ...defaultRules, alpha };
  const { background, slow = 2 } = cell;
  const release = new Colour(cell, { failed: background + change.failed, slow: slow + change.slow }, random);
  const old = new Colour(cell, { failed: background + good.failed, slow }, random);
  const during = burstsOf(cell, random);
  const fails = async (second: number): Promise<boolean> => {
    let at = second;
    const ask = (count: number) => {
      at = Math.min(at + 1, during.length - 1);
      const share = during[at] === true ? burst.percent : 0;
      return Promise.resolve({ own: samplesOf(release.own(count, share)), old: samplesOf(old.own(count, share)) });
    };
    const rounds = await askInRounds({ rules, requests: 200, ask, pause: () => Promise.resolve() });
    return !errorsFinding(rounds, rules).ok || !latencyFinding(rounds).ok;
  };
  const isChecked = rule !== "before" && (await fails(0));
  if (isChecked && change === good) return { by: "check", isChecked, failed: 0, slow: 0 };
  const watched = new Watch({ cell, rule, release, old, during, random, rules });
  for (let second = 1; second <= totalSeconds; second++) {
    const by = watched.second(second);
    if (by !== undefined) return { by, isChecked, failed: watched.failed, slow: watched.slow };
  }
  const { failed, slow: slowOnes } = watched;
  const isLate = change === good && rule !== "before" && (await fails(totalSeconds));
  return { by: isLate ? "check" : undefined, isChecked, failed, slow: slowOnes };
}

function burstsOf({ bursts }: Cell, random: Random): boolean[] {
  const during = new Array<boolean>(totalSeconds + 1).fill(false);
  for (let second = 0; bursts === true && second < totalSeconds; second++)
    if (random.uniform() < 1 / burst.every) during.fill(true, second, second + burst.seconds);
  return during;
}

interface WatchArgs {
  readonly cell: Cell;
  readonly rule: Rule;
  readonly release: Colour;
  readonly old: Colour;
  readonly during: readonly boolean[];
  readonly random: Random;
  readonly rules: typeof defaultRules;
}

interface Pair {
  readonly release: Counted;
  readonly old: Counted;
}

/** A canary and a bake, second by second. */
class Watch {
  failed = 0;
  slow = 0;
  private readonly trials: Trials;
  private readonly history: Counted[] = [];
  private readonly own: Pair[] = [];
  private readonly minutes: Pair[] = [];
  private minute: Pair = { release: nobody, old: nobody };
  private reference?: Reference;
  private last?: Interval;
  private allowed?: number;
  private readonly since = { release: new Map<string, string>(), old: new Map<string, string>() };

  private readonly args: WatchArgs;

  constructor(args: WatchArgs) {
    this.args = args;
    const { cell, old, rules, rule, random } = args;
    this.trials = new Trials({ alpha: rules.alpha, effect: rules.effect, isCounted: rule === "counters" });
    if (rule === "before") return;
    const bursts = new Array<boolean>(60 * minutesBefore).fill(false);
    for (let second = 0; cell.bursts === true && second < bursts.length; second++)
      if (random.uniform() < 1 / burst.every)
        bursts.fill(true, second, Math.min(bursts.length, second + burst.seconds));
    for (let at = 0; at < minutesBefore; at++) {
      const isBad = bursts.slice(60 * at, 60 * at + 60).filter(Boolean).length / 60;
      // A minute at once: its clumps fall into it.
      const usual = Math.max(cell.background, isBad * burst.percent);
      this.history.push(old.users(60 * cell.requests, isBad > 0 ? usual : 0));
    }
    this.trials.clumps = clumpsOf(this.history);
  }

  /** @returns what sends it back; undefined: nothing yet */
  second(now: number): string | undefined {
    const { cell, release, old, during, rule } = this.args;
    const isCanary = now <= canarySeconds;
    const canary = isCanary ? (cell.requests * cell.weight) / 100 : cell.requests;
    const share = during[now] === true ? burst.percent : 0;
    const count = rule !== "before" && this.trials.isInDoubt ? probes.doubt : probes.usual;
    const own: Pair = { release: release.own(count, share), old: old.own(count, share) };
    const users: Pair = { release: release.users(canary, share), old: old.users(cell.requests - canary, share) };
    this.failed += users.release.failed;
    this.slow += users.release.slow;
    this.own.push(own);
    const all: Pair = { release: both(users.release, own.release), old: both(users.old, own.old) };
    this.minute = { release: both(this.minute.release, all.release), old: both(this.minute.old, all.old) };
    if (now % 60 === 0) {
      this.minutes.push(this.minute);
      this.minute = { release: nobody, old: nobody };
    }
    if (rule === "before") return this.byShare(now);
    this.count(now, own, all);
    if (now % 60 === 0 && now > late) this.tell(now - late);
    return now % 5 === 0 ? this.judged(now) : undefined;
  }

  private count(now: number, own: Pair, all: Pair): void {
    const { trials } = this;
    const at = 1_000 * (now - 1);
    const isCanary = now <= canarySeconds;
    // The last one of an interval counts.
    if (!isCanary && this.reference && now % 5 === 0) this.allowed = allowedShare(this.reference, 1.2, this.asked(now));
    const { allowed } = this;
    if (isCanary || allowed !== undefined) {
      trials.count("probes", at, { release: own.release, baseline: own.old }, allowed);
      if (this.args.rule === "counters")
        trials.count("counters", at, { release: all.release, baseline: all.old }, allowed);
    }
    // An answer is slow by the old colour's p95, which is that of a slow one where too many are.
    const recent = this.sumOf(this.own.slice(-40), "old");
    if (now > 4 && recent.slow <= 0.05 * recent.sent)
      trials.count("latency", at, { release: slowIn(own.release), baseline: slowIn(own.old) });
    if (this.args.rule === "counters" && isCanary && (this.args.cell.slow ?? 2) < 5)
      trials.count("histogram", at, { release: slowIn(all.release), baseline: slowIn(all.old) });
  }

  /** CloudWatch tells the minute that ended then. */
  private tell(ended: number): void {
    const { release, old } = this.minutes[ended / 60 - 1] ?? { release: nobody, old: nobody };
    if (ended <= canarySeconds) {
      this.trials.clumps = clumpsOf(this.history);
      this.last = { release, baseline: old };
      this.trials.take("requests", this.last);
      this.history.push(old);
      return;
    }
    this.reference ??= referenceOf(this.history, 20);
    if (this.reference) this.trials.takeAlone("bake", release, allowedShare(this.reference, 1.2, this.asked(ended)));
  }

  private judged(now: number): string | undefined {
    const isCanary = now <= canarySeconds;
    const recent = this.own.slice(-grossLooks);
    const told = this.minutes.slice(0, Math.max(0, Math.floor((now - late) / 60)));
    const at = new Date(1_000 * now).toISOString();
    const color = (name: "release" | "old") => ({
      color: name === "release" ? ("green" as const) : ("blue" as const),
      probes: countsOf([]),
      healthy: 2,
      needed: 2,
    });
    if (!isCanary) this.reference ??= referenceOf(this.history, 20);
    const of = (name: "release" | "old") => {
      const minutes = told.map((pair) => pair[name]);
      return alarmsOf(name === "release" ? "green" : "blue", minutes, this.since[name], at);
    };
    const evidence: Evidence = {
      release: { ...color("release"), probes: { sent: 20, failed: 0 } },
      baseline: color("old"),
      found: this.trials.found(),
      recent: {
        probes: { release: this.sumOf(recent, "release"), baseline: this.sumOf(recent, "old") },
        minute: this.last,
      },
      reference: isCanary ? undefined : this.reference,
      isCompared: isCanary ? told.length > 0 || this.args.rule === "counters" : this.reference !== undefined,
      alarms: of("release"),
      baselineAlarms: of("old"),
      loadBalancerAlarms: [],
      judgedSince: 0,
    };
    const found = verdict(evidence, this.args.rules);
    return found.kind === "back" ? found.why[0] : undefined;
  }

  private byShare(now: number): string | undefined {
    const begun = now <= canarySeconds ? 0 : canarySeconds;
    const own = this.own.slice(Math.max(begun, now - kept.seconds));
    if (sentBackByShare(this.sumOf(own, "release"), this.sumOf(own, "old"))) return "probes";
    const ended = now - late;
    if (ended % 60 !== 0 || ended <= begun) return undefined;
    const told = this.minutes.slice(Math.max(begun / 60, ended / 60 - kept.minutes), ended / 60);
    return sentBackByShare(this.sumOf(told, "release"), this.sumOf(told, "old")) ? "requests" : undefined;
  }

  /** Our own requests to the old colour of the last minute. */
  private asked(now: number): Counted {
    return this.sumOf(this.own.slice(Math.max(0, now - 60), now), "old");
  }

  private sumOf(pairs: readonly Pair[], name: "release" | "old"): Counted {
    const sum = { sent: 0, failed: 0, slow: 0 };
    for (const { [name]: one } of pairs) {
      sum.sent += one.sent;
      sum.failed += one.failed;
      sum.slow += one.slow;
    }
    return sum;
  }
}

const slowIn = ({ sent, failed, slow }: Counted) => ({ sent: sent - failed, failed: slow });
