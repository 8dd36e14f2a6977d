import { countsOf, slowOf, tallyOf, type Counts, type Sample } from "./evidence.ts";
import type { Rules } from "./limits.ts";
import { slowFrom } from "./shares.ts";
import type { Source } from "./sources.ts";
import { Trials, type SourceEvidence } from "./trials.ts";

/** Requests to each colour in a round after the first one; each round has one vote. */
const round = 100;

/** Requests to each colour at most: 2 % that fail beside none are told apart by 2,000 in the median. */
const most = 3_000;

/** What the requests of `errors` and `latency` have shown. */
export interface Rounds {
  readonly own: Counts;
  readonly old?: Counts;
  /** That it fails more, where there is an old colour to compare with. */
  readonly evidence?: SourceEvidence;
  /** That more of its answers are slow by the old colour's p95, where that is known. */
  readonly slow?: SourceEvidence;
}

export interface RoundsArgs {
  readonly rules: Rules;
  /** Requests to each colour at least, which are the first round. */
  readonly requests: number;
  /** Sends so many requests to both; the old colour's samples are undefined where there is none. */
  readonly ask: (count: number) => Promise<{ own: Sample[]; old?: Sample[] }>;
  /** Waits between two rounds: what fails for a moment is to be over by then, so that it has one vote or two. */
  readonly pause: () => Promise<void>;
}

/**
 * Asks a colour, and the old one at the same time, so under the same load. As long as more fail than of the old one's, or its p95 is
 * above what the old one's allows, it asks on until the tests have made up their minds: no user is harmed by that, and one failure
 * is no verdict.
 */
export async function askInRounds({ rules, requests, ask, pause }: RoundsArgs): Promise<Rounds> {
  const { alpha, effect, limits } = rules;
  const trials = new Trials({ alpha, effect, isCounted: false });
  const own: Sample[] = [];
  const old: Sample[] = [];
  let [ownFailed, oldFailed, slowOnes] = [0, 0, 0];
  let isCompared = false;
  let bound: number | undefined;
  for (let count = requests; ; count = round) {
    const sent = await ask(count);
    own.push(...sent.own);
    ownFailed += tallyOf(sent.own).failed;
    if (sent.old !== undefined) {
      isCompared = true;
      old.push(...sent.old);
      oldFailed += tallyOf(sent.old).failed;
      trials.take("check", { release: tallyOf(sent.own), baseline: tallyOf(sent.old) });
      if (bound !== undefined)
        trials.take("checkLatency", { release: slowOf(sent.own, bound), baseline: slowOf(sent.old, bound) });
    }
    const found = (source: Source) => trials.found().find((one) => one.source === source);
    const [evidence, slow] = [found("check"), found("checkLatency")];
    // The first round says what is slow, the others how much is: what is judged by must not be what it was chosen by.
    if (isCompared && own.length === sent.own.length) {
      const { p95 } = countsOf(old);
      bound = p95 === undefined ? undefined : slowFrom(p95, limits);
    }
    slowOnes += bound === undefined ? 0 : slowOf(sent.own, bound).failed;
    const isWorse = isCompared && ownFailed * old.length > oldFailed * own.length;
    const isSlow = slowOnes > 0.05 * (own.length - ownFailed);
    const isDoubtful = (isWorse && !isDecided(evidence)) || (isSlow && !isDecided(slow));
    if (!isDoubtful || own.length >= most)
      return { own: countsOf(own), old: isCompared ? countsOf(old) : undefined, evidence, slow };
    await pause();
  }
}

const isDecided = (one: SourceEvidence | undefined): boolean => one !== undefined && one.evidence >= one.threshold;
