import type { Color } from "../../deployment/model.ts";
import type { AlarmFacts } from "../state/model.ts";
import type { Reference } from "./reference.ts";
import type { SourceEvidence } from "./trials.ts";
import type { Interval, Tally } from "./wagers.ts";

/** What is known of a new colour and of the old one beside it while traffic moves, and after it has moved. */
export interface Evidence {
  /** The colour that is judged. */
  readonly release: ColorEvidence;
  /** The colour that it is compared with: what served before. */
  readonly baseline: ColorEvidence;
  /** What the sequential tests have found in the whole release. */
  readonly found: readonly SourceEvidence[];
  /** Our own last requests to both colours, and all requests of the last minute that CloudWatch has told. */
  readonly recent: { readonly probes: Interval; readonly minute?: Interval };
  /** What the old colour had before the cut-over; undefined: it has traffic of its own, or nobody knows. */
  readonly reference?: Reference;
  /** Whether a test compares all requests with the old colour's. */
  readonly isCompared: boolean;
  /** Alarms of the judged colour: its composite one and the parts of it. */
  readonly alarms: readonly AlarmFacts[];
  /** The same of the old colour. */
  readonly baselineAlarms: readonly AlarmFacts[];
  readonly loadBalancerAlarms: readonly AlarmFacts[];
  /** Milliseconds since 1970: when the release first got users' requests. What an alarm said before is not about that. */
  readonly judgedSince: number;
  /** Why the preview listener can't be asked from here; undefined: it can. */
  readonly unreachable?: string;
}

export interface ColorEvidence {
  readonly color: Color;
  /** Requests through the preview listener, of the present step. */
  readonly probes: Counts;
  /** All requests of the present step, by CloudWatch; undefined: it has not been asked yet, or could not be. */
  readonly metrics?: MetricCounts;
  /** Healthy targets, and how many its share of the requests needs. */
  readonly healthy: number;
  readonly needed: number;
}

/** Requests and what became of them. */
export interface Counts {
  readonly sent: number;
  /** Answered with 5xx, or not at all. */
  readonly failed: number;
  /** Milliseconds, of the answers that did not fail; undefined: there are none. */
  readonly p95?: number;
}

export interface MetricCounts extends Counts {
  /** Whole minutes that they are of. */
  readonly minutes: number;
}

/** One request and what became of it. */
export interface Sample {
  readonly failed: boolean;
  /** Milliseconds until the answer was complete. */
  readonly ms: number;
}

/**
 * Samples of a colour that still count. At five a second they are of the last 40 seconds, so that an hour of good answers
 * does not outweigh a fault that begins now.
 */
const kept = 200;

/** A record of samples with newer ones after it, without those that no longer count. */
export const slide = (record: readonly Sample[], newer: readonly Sample[]): readonly Sample[] =>
  [...record, ...newer].slice(-kept);

export const tallyOf = (samples: readonly Sample[]): Tally => ({
  sent: samples.length,
  failed: samples.filter(({ failed }) => failed).length,
});

/** Answers that did not fail, and those that took longer than a bound in milliseconds. */
export function slowOf(samples: readonly Sample[], bound: number): Tally {
  const answered = samples.filter(({ failed }) => !failed);
  return { sent: answered.length, failed: answered.filter(({ ms }) => ms > bound).length };
}

export function countsOf(samples: readonly Sample[]): Counts {
  const good = samples.filter(({ failed }) => !failed).map(({ ms }) => ms);
  const sorted = good.sort((a, b) => a - b);
  return {
    sent: samples.length,
    failed: samples.length - sorted.length,
    p95: sorted[Math.ceil(sorted.length * 0.95) - 1],
  };
}
