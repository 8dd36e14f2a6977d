import { unknownClump } from "./dispersion.ts";
import { sources, thresholdOf, type Source } from "./sources.ts";
import { evidenceOf, wagersAfter, wagersAgainst, wagersOf, type Interval, type Tally, type Wagers } from "./wagers.ts";

/**
 * Milliseconds of an interval of what is counted by the second: what fails for a moment is over by then, so that it has one vote,
 * and 2 % of ten requests a second still fail once in it.
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
  /** What an earlier step or run of the same release has found; default: nothing. */
  readonly before?: readonly SourceEvidence[];
}

interface Trial {
  wagers: Wagers;
  release: Tally;
  baseline: Tally;
  /** The interval that is not over yet. */
  open?: Interval & { readonly index: number; readonly allowed?: number };
}

/** The evidence against a release, source by source, over the whole of it. */
export class Trials {
  /** Failures that come together at most, as far as is known. */
  clump = unknownClump;

  private readonly trials = new Map<Source, Trial>();

  private readonly args: TrialsArgs;

  constructor(args: TrialsArgs) {
    this.args = args;
    for (const { source, evidence, release, baseline } of args.before ?? []) {
      this.trials.set(source, { wagers: wagersOf(evidence), release, baseline });
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
  }

  /** A whole interval. */
  take(source: Source, interval: Interval): void {
    const trial = this.trial(source);
    add(trial, interval);
    trial.wagers = wagersAfter(trial.wagers, interval, this.args.effect, isAskedAlike(source) ? undefined : this.clump);
  }

  /** An interval in which the old colour has no requests to compare with. @param allowed share of failures that is no worse */
  takeAlone(source: Source, release: Tally, allowed: number): void {
    if (release.sent === 0) return;
    const trial = this.trial(source);
    add(trial, { release, baseline: nothing });
    trial.wagers = wagersAgainst(trial.wagers, release.failed / release.sent, allowed);
  }

  /** Of the sources that have been asked, in the order of their parts. */
  found(): SourceEvidence[] {
    return (Object.keys(sources) as Source[]).flatMap((source) => {
      const trial = this.trials.get(source);
      if (trial === undefined) return [];
      const threshold = thresholdOf(source, this.args.alpha);
      const { release, baseline } = trial;
      return [{ source, evidence: evidenceOf(trial.wagers), threshold, release, baseline }];
    });
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
      trial = { wagers: wagersOf(), release: nothing, baseline: nothing };
      this.trials.set(source, trial);
    }
    return trial;
  }
}

/** Whether we send the requests ourselves: as many to both colours, at the same times, one a connection. */
const isAskedAlike = (source: Source): boolean => source === "probes" || source === "latency" || source === "check";

const nothing: Tally = { sent: 0, failed: 0 };

function add(trial: Trial, interval: Interval): void {
  trial.release = sumOf(trial.release, interval.release);
  trial.baseline = sumOf(trial.baseline, interval.baseline);
}

const sumOf = (one: Tally = nothing, another: Tally): Tally => ({
  sent: one.sent + another.sent,
  failed: one.failed + another.failed,
});
