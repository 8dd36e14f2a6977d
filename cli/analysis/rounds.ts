import { countsOf, tallyOf, type Counts, type Sample } from "./evidence.ts";
import type { Rules } from "./limits.ts";
import { percent } from "./shares.ts";
import { Trials, type SourceEvidence } from "./trials.ts";

/** Requests to each colour in a round after the first one; each round has one vote. */
const round = 100;

/** Requests to each colour at most: 2 % that fail beside none are told apart by 2,000 in the median. */
const most = 3_000;

/** What the requests of `errors` and `latency` have shown. */
export interface Rounds {
  readonly own: Counts;
  readonly old?: Counts;
  /** Where there is an old colour to compare with. */
  readonly evidence?: SourceEvidence;
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
 * Asks a colour, and the old one at the same time, so under the same load. As long as more fail than of the old one's, it asks on
 * until the test has made up its mind: no user is harmed by that, and one failure is no verdict.
 */
export async function askInRounds({ rules, requests, ask, pause }: RoundsArgs): Promise<Rounds> {
  const { alpha, effect } = rules;
  const trials = new Trials({ alpha, effect, isCounted: false });
  const own: Sample[] = [];
  const old: Sample[] = [];
  let isCompared = false;
  for (let count = requests; ; count = round) {
    const sent = await ask(count);
    own.push(...sent.own);
    if (sent.old !== undefined) {
      isCompared = true;
      old.push(...sent.old);
      trials.take("check", { release: tallyOf(sent.own), baseline: tallyOf(sent.old) });
    }
    const [evidence] = trials.found();
    const counts: Rounds = { own: countsOf(own), old: isCompared ? countsOf(old) : undefined, evidence };
    const isDoubtful = counts.old !== undefined && percent(counts.own) > percent(counts.old);
    const isDecided = evidence !== undefined && evidence.evidence >= evidence.threshold;
    if (!isDoubtful || isDecided || own.length >= most) return counts;
    await pause();
  }
}
