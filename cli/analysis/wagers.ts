/**
 * The sequential test of a release against the old colour: on which colour do the failures fall?
 *
 * Where the release is no worse, its part of the failures is its part of the requests, whatever the share of failures is at that
 * time. Bets are laid that its part is larger, and what they have grown to is E, the evidence. Without a difference its mean never
 * grows, so that it reaches 1/alpha at any time with a probability of alpha at most (Ville), however often one looks: a mixture
 * sequential test, Lindon and Malek, arXiv 2011.03567.
 *
 * Failures come in clumps, and a clump is one event. Each failure counts for one divided by the size of a clump: the likelihood
 * ratio to a power of at most 1, whose mean stays below 1 for all clumps of that size and smaller ones, also where the two colours
 * have clumps of different sizes (Jensen: the mean of a power is no more than the power of the mean). Where both colours are asked
 * in the same way, an interval has one vote instead, by the part of its failures that fell on the release, whatever the size of
 * its clumps (Waudby-Smith and Ramdas, arXiv 2010.09686: a mean between 0 and 1, tested by betting).
 */

/** Requests of a colour in one interval, and those that failed. */
export interface Tally {
  readonly sent: number;
  readonly failed: number;
}

/** What the two colours had in the same interval. */
export interface Interval {
  readonly release: Tally;
  readonly baseline: Tally;
}

/** Money on each bet; the first is kept back. Their sum is E. */
export type Wagers = readonly number[];

/** How many times the allowed share of failures each bet says that the release has. */
const ratios = [1, 1.5, 2, 3, 5, 10, 25, 100, 1000];

/**
 * Where the money goes at the beginning: a third is kept back, so that a good hour can't lose it; most of the rest says that
 * several times as many fail, which is what a fault does.
 */
const portions: Wagers = [0.35, 0.05, 0.07, 0.1, 0.13, 0.13, 0.1, 0.05, 0.02];

/** Part of the money that is laid anew after each interval, so that a fault that begins late is bet on, too. */
const renewed = 0.02;

/** E is told no further: nothing is decided beyond. */
const greatest = 1e12;

/** Wagers that have grown to an evidence; 1 is none. */
export const wagersOf = (evidence = 1): Wagers => portions.map((portion) => portion * evidence);

export const evidenceOf = (wagers: Wagers): number => wagers.reduce((sum, wager) => sum + wager, 0);

/**
 * The wagers after an interval; one without failures, or in which only one colour had requests, changes nothing.
 * @param effect times the old colour's share of failures that the release may have
 * @param clump failures that come together at most; undefined: both colours are asked in the same way
 */
export function wagersAfter(
  wagers: Wagers,
  { release, baseline }: Interval,
  effect: number,
  clump: number | undefined,
): Wagers {
  const failed = release.failed + baseline.failed;
  if (failed === 0 || release.sent === 0 || baseline.sent === 0) return wagers;
  const allowed = (effect * release.sent) / (effect * release.sent + baseline.sent);
  const part = release.failed / failed;
  return settled(wagers, (ratio) => {
    const expected = 1 + (ratio - 1) * allowed;
    return clump === undefined ? (1 + (ratio - 1) * part) / expected : (ratio ** part / expected) ** (failed / clump);
  });
}

/**
 * The wagers after an interval in which the old colour had no requests to compare with.
 * @param share of the release's requests that failed
 * @param allowed share of failures that is no worse, above 0
 */
export function wagersAgainst(wagers: Wagers, share: number, allowed: number): Wagers {
  // A bet of a ratio lays so much of its money that it doubles where the share is that many times the allowed one or so.
  return settled(wagers, (ratio) => 1 + (1 - 1 / ratio) * (share / allowed - 1));
}

function settled(wagers: Wagers, payment: (ratio: number) => number): Wagers {
  const paid = wagers.map((wager, index) => wager * payment(ratios[index] ?? 1));
  const total = Math.min(greatest, evidenceOf(paid));
  const scale = total / evidenceOf(paid);
  return paid.map((wager, index) => (1 - renewed) * wager * scale + renewed * total * (portions[index] ?? 0));
}
