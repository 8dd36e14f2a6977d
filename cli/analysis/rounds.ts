import { countsOf, tallyOf, type Counts, type Sample } from "./evidence.ts";
import type { Rules } from "./limits.ts";
import { percent } from "./shares.ts";
import { Trials, type SourceEvidence } from "./trials.ts";

/** Requests to each colour in one round, which is one interval of the test. */
const round = 25;

/** Requests to each colour at most: 2 % that fail beside none are told apart by 900 in the median. */
const most = 2_000;

/** What the requests of `errors` and `latency` have shown. */
export interface Rounds {
  readonly own: Counts;
  readonly old?: Counts;
  /** Where there is an old colour to compare with. */
  readonly evidence?: SourceEvidence;
}

/**
 * Asks a colour, and the old one at the same time, so under the same load. As long as more fail than of the old one's, it asks on
 * until the test has made up its mind: no user is harmed by that, and one failure is no verdict.
 * @param requests to each colour at least
 * @param ask sends so many requests to both; the old colour's samples are undefined where there is none
 */
export async function askInRounds(
  rules: Rules,
  requests: number,
  ask: (count: number) => Promise<{ own: Sample[]; old?: Sample[] }>,
): Promise<Rounds> {
  const trials = new Trials(rules);
  const own: Sample[] = [];
  const old: Sample[] = [];
  let isCompared = false;
  for (;;) {
    const left = requests - own.length;
    const sent = await ask(left > 0 ? Math.min(round, left) : round);
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
    if (own.length >= requests && (!isDoubtful || isDecided || own.length >= most)) return counts;
  }
}
