import { clumpOf, unknownClump } from "./dispersion.ts";
import { sources, thresholdOf, type Source } from "./sources.ts";
import { evidenceOf, wagersAfter, wagersAgainst, wagersOf, type Interval, type Tally, type Wagers } from "./wagers.ts";

/**
 * Milliseconds of an interval of what is counted by the second: what fails for a moment is over by then, so that it has one vote,
 * and processes that answer in turn have all been heard.
 */
const block = 5_000;

/** What the evidence of one source is, for people and for the record. */
export interface SourceEvidence {
  readonly source: Source;
  /** E: how much better "it is worse" fits than "it is no worse". */
  readonly evidence: number;
  /** E from which on it counts. */
  readonly threshold: number;
  /** Requests and failures, or slow answers, of both colours that it is of, in this release. */
  readonly release: Tally;
  readonly baseline: Tally;
}

export interface TrialsArgs {
  readonly alpha: number;
  readonly effect: number;
  /** Whether the service has counters of its own, which get a part of alpha then. */
  readonly isCounted: boolean;
  /** What an earlier step or run of the same release has found; default: nothing. */
  readonly before?: readonly SourceEvidence[];
}

/** Failures that come together at most, of all requests and of our own ones. */
export interface Clumps {
  readonly all: number;
  readonly own: number;
}

interface Trial {
  wagers: Wagers;
  /** Half of the money, where each failure is bet on, too, beside each interval's vote. */
  each?: Wagers;
  release: Tally;
  baseline: Tally;
  /** The old colour's intervals, where their clumps are their own. */
  readonly blocks: Tally[];
  /** The interval that is not over yet. */
  open?: Interval & { readonly index: number; readonly allowed?: number };
}

/** The evidence against a release, source by source, over the whole of it. */
export class Trials {
  /** As far as is known. */
  clumps: Clumps = { all: unknownClump, own: unknownClump };

  private readonly trials = new Map<Source, Trial>();

  private readonly args: TrialsArgs;

  constructor(args: TrialsArgs) {
    this.args = args;
    for (const { source, evidence, release, baseline } of args.before ?? []) {
      this.trials.set(source, { ...fresh(source, evidence), release, baseline });
    }
  }

  /**
   * What was counted in a moment; it joins the interval that is under way.
   * @param at milliseconds
   * @param allowed share of failures that is no worse, where the old colour can't be compared with; default: it can
   */
  count(source: Source, at: number, { release, baseline }: Interval, allowed?: number): void {
    const trial = this.trial(source);
    const index = Math.floor(at / block);
    if (trial.open !== undefined && trial.open.index !== index) this.end(source);
    const { open } = trial;
    trial.open = { index, allowed, release: sumOf(open?.release, release), baseline: sumOf(open?.baseline, baseline) };
    // Sent at the same moment, so that each can be bet on at once.
    if (allowed === undefined && trial.each !== undefined)
      trial.each = wagersAfter(trial.each, { release, baseline }, this.args.effect, this.clumps.own);
  }

  /** A whole interval. */
  take(source: Source, interval: Interval): void {
    const trial = this.trial(source);
    add(trial, interval);
    trial.wagers = wagersAfter(trial.wagers, interval, this.args.effect, this.clump(source, trial));
    if (source === "histogram") trial.blocks.push(interval.baseline);
  }

  /** An interval in which the old colour has no requests to compare with. @param allowed share of failures that is no worse */
  takeAlone(source: Source, release: Tally, allowed: number): void {
    if (release.sent === 0) return;
    const trial = this.trial(source);
    add(trial, { release, baseline: nothing });
    trial.wagers = wagersAgainst(trial.wagers, release.failed / release.sent, allowed);
  }

  /** Of the sources that have been asked, in their order. */
  found(): SourceEvidence[] {
    const { alpha, isCounted } = this.args;
    return sources.flatMap((source) => {
      const trial = this.trials.get(source);
      if (trial === undefined) return [];
      const { release, baseline } = trial;
      return [
        { source, evidence: totalOf(trial), threshold: thresholdOf(source, alpha, isCounted), release, baseline },
      ];
    });
  }

  /** Whether more speaks against the release than for it, so that more requests of our own are worth their while. */
  get isInDoubt(): boolean {
    return watched.some((source) => {
      const trial = this.trials.get(source);
      return trial !== undefined && totalOf(trial) > 1 + rounding;
    });
  }

  /** Failures that come together at most; undefined: both colours are asked alike, so that an interval has one vote. */
  private clump(source: Source, { blocks }: Trial): number | undefined {
    if (isAskedAlike(source)) return undefined;
    // Slow answers come in clumps of their own, which the old colour shows while it is compared with.
    return source === "histogram" ? clumpOf(blocks) : this.clumps.all;
  }

  private end(source: Source): void {
    const trial = this.trial(source);
    const { open } = trial;
    trial.open = undefined;
    if (open?.allowed !== undefined) this.takeAlone(source, open.release, open.allowed);
    else if (open !== undefined) this.take(source, open);
  }

  private trial(source: Source): Trial {
    let trial = this.trials.get(source);
    if (trial === undefined) {
      trial = fresh(source);
      this.trials.set(source, trial);
    }
    return trial;
  }
}

/** What sums of fractions may be off by: no doubt of anything. */
const rounding = 1e-9;

/** Sources whose doubt more requests of our own can settle. */
const watched: readonly Source[] = ["requests", "counters", "probes"];

/** Whether we send the requests ourselves: as many to both colours, at the same times, one a connection. */
const isAskedAlike = (source: Source): boolean => askedAlike.includes(source);
const askedAlike: readonly Source[] = ["probes", "latency", "check", "checkLatency"];

const nothing: Tally = { sent: 0, failed: 0 };

const fresh = (source: Source, evidence = 1): Trial => ({
  wagers: wagersOf(evidence),
  each: source === "probes" ? wagersOf(evidence) : undefined,
  release: nothing,
  baseline: nothing,
  blocks: [],
});

const totalOf = (trial: Trial): number => {
  const { wagers, each } = trial;
  return each === undefined ? evidenceOf(wagers) : (evidenceOf(wagers) + evidenceOf(each)) / 2;
};

function add(trial: Trial, interval: Interval): void {
  trial.release = sumOf(trial.release, interval.release);
  trial.baseline = sumOf(trial.baseline, interval.baseline);
}

const sumOf = (one: Tally = nothing, another: Tally): Tally => ({
  sent: one.sent + another.sent,
  failed: one.failed + another.failed,
});
