import { clumpOf } from "../../cli/analysis/dispersion.ts";
import { allowedShare, referenceOf, type Reference } from "../../cli/analysis/reference.ts";
import { Trials } from "../../cli/analysis/trials.ts";
import { isGross } from "../../cli/analysis/gross.ts";
import type { Interval, Tally } from "../../cli/analysis/wagers.ts";
import type { Cell } from "./cells.ts";
import type { Random } from "./random.ts";
import { sentBackByShare } from "./today.ts";
import { burstsOf, failuresOf, probesPerSecond, type Failures } from "./traffic.ts";

/** Seconds of the canary and of the bake, and minutes of the old colour that CloudWatch knows before them. */
const canarySeconds = 600;
const bakeSeconds = 600;
const minutesBefore = 60;
/** Seconds until CloudWatch tells a minute. */
const late = 60;
/** Samples of our own that the rule before kept, in seconds, and minutes of CloudWatch's. */
const kept = { seconds: 40, minutes: 5 } as const;

/** When a release was sent back, in seconds since its canary began; undefined: never. */
export interface Ended {
  /** By CloudWatch and our own requests. */
  readonly test?: number;
  /** Where the service has counters of its own, too. */
  readonly counters?: number;
  readonly before?: number;
  /** Users' requests that had failed on the release by then, second by second. */
  readonly users: Uint16Array;
}

/** One release with its canary and its bake, judged by the sequential test and by the rule before it. */
export function simulate(cell: Cell, points: number, alpha: number, random: Random): Ended {
  const total = canarySeconds + bakeSeconds;
  const during = burstsOf(cell, total, random);
  const canary = (cell.requests * cell.weight) / 100;
  const usersOf = (second: number): number => (second < canarySeconds ? canary : cell.requests);
  const release = failuresOf(cell, usersOf, cell.background + points, during, random);
  const baseline = failuresOf(cell, (second) => cell.requests - usersOf(second), cell.background, during, random);
  const seen: Seen = { cell, release, baseline, history: historyOf(cell, random), usersOf, random };
  const [test, counters] = byTest(seen, alpha);
  return { test, counters, before: byShare(seen), users: release.users };
}

interface Seen {
  readonly cell: Cell;
  readonly release: Failures;
  readonly baseline: Failures;
  readonly history: readonly Tally[];
  readonly usersOf: (second: number) => number;
  readonly random: Random;
}

function historyOf(cell: Cell, random: Random): Tally[] {
  const during = burstsOf(cell, minutesBefore * 60, random);
  const { users } = failuresOf(cell, () => cell.requests, cell.background, during, random);
  return Array.from({ length: minutesBefore }, (_, minute) => ({
    sent: random.poisson(60 * cell.requests),
    failed: sum(users, 60 * minute, 60 * minute + 60),
  }));
}

function byTest(seen: Seen, alpha: number): [number | undefined, number | undefined] {
  const trials = new Trials({ alpha, effect: 1.2 });
  const minutes = [...seen.history];
  trials.clump = clumpOf(minutes);
  let reference: Reference | undefined;
  let [test, counters]: (number | undefined)[] = [];
  for (let now = 5; now <= canarySeconds + bakeSeconds && test === undefined; now += 5) {
    const own = probesIn(seen, now - 5, now);
    if (now <= canarySeconds) {
      trials.take("probes", own);
      trials.take("counters", usersIn(seen, now - 5, now));
    } else {
      reference ??= referenceOf(minutes, 20);
      const asked = probesIn(seen, now - 60, now).baseline;
      if (reference) trials.takeAlone("probes", own.release, allowedShare(reference, 1.2, asked));
    }
    const minute = now - late;
    if (minute > 0 && minute % 60 === 0 && minute <= canarySeconds) {
      const both = allIn(seen, minute - 60, minute);
      trials.clump = clumpOf(minutes);
      trials.take("requests", both);
      minutes.push(both.baseline);
    } else if (minute % 60 === 0 && minute > canarySeconds) {
      const alone = allIn(seen, minute - 60, minute).release;
      const asked = probesIn(seen, minute - 60, minute).baseline;
      if (reference) trials.takeAlone("bake", alone, allowedShare(reference, 1.2, asked));
    }
    const last = probesIn(seen, now - 4, now);
    const found = trials
      .found()
      .filter(({ evidence, threshold, release }) => evidence >= threshold && release.failed >= 2);
    if (found.some(({ source }) => source !== "counters") || isGross(last)) test = now;
    if (test !== undefined || found.length > 0) counters ??= now;
  }
  return [test, counters];
}

function byShare(seen: Seen): number | undefined {
  for (let now = 1; now <= canarySeconds + bakeSeconds; now++) {
    const begun = now <= canarySeconds ? 0 : canarySeconds;
    const own = probesIn(seen, Math.max(begun, now - kept.seconds), now);
    if (sentBackByShare(own.release, own.baseline)) return now;
    const minute = now - late;
    if (minute % 60 !== 0 || minute <= begun) continue;
    const all = allIn(seen, Math.max(begun, minute - 60 * kept.minutes), minute);
    if (sentBackByShare(all.release, all.baseline)) return now;
  }
  return undefined;
}

const sum = (values: Uint16Array, from: number, to: number): number => {
  let total = 0;
  for (let second = Math.max(0, from); second < to; second++) total += values[second] ?? 0;
  return total;
};

function probesIn({ release, baseline }: Seen, from: number, to: number): Interval {
  const sent = probesPerSecond * (to - from);
  return {
    release: { sent, failed: sum(release.probes, from, to) },
    baseline: { sent, failed: sum(baseline.probes, from, to) },
  };
}

/** Users' requests, counted: more or fewer than their share by chance. */
function usersIn({ cell, release, baseline, usersOf, random }: Seen, from: number, to: number): Interval {
  const failed = [sum(release.users, from, to), sum(baseline.users, from, to)] as const;
  const users = usersOf(from);
  return {
    release: { failed: failed[0], sent: Math.max(failed[0], random.poisson((to - from) * users)) },
    baseline: { failed: failed[1], sent: Math.max(failed[1], random.poisson((to - from) * (cell.requests - users))) },
  };
}

/** All requests, as CloudWatch counts them: ours are among them. */
function allIn(seen: Seen, from: number, to: number): Interval {
  const [users, own] = [usersIn(seen, from, to), probesIn(seen, from, to)];
  return { release: both(users.release, own.release), baseline: both(users.baseline, own.baseline) };
}

const both = (one: Tally, another: Tally): Tally => ({
  sent: one.sent + another.sent,
  failed: one.failed + another.failed,
});
