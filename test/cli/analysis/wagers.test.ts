import fc from "fast-check";
import { clumpOf, unknownClump } from "../../../cli/analysis/dispersion.ts";
import { allowedShare, referenceOf } from "../../../cli/analysis/reference.ts";
import { sources, thresholdOf, type Source } from "../../../cli/analysis/sources.ts";
import { Trials } from "../../../cli/analysis/trials.ts";
import {
  evidenceOf,
  wagersAfter,
  wagersAgainst,
  wagersOf,
  type Interval,
  type Tally,
} from "../../../cli/analysis/wagers.ts";

const tally = (sent: number, failed: number): Tally => ({ sent, failed });
const interval = (release: Tally, baseline: Tally): Interval => ({ release, baseline });
const evidenceAfter = (one: Interval, clump?: number, effect = 1) =>
  evidenceOf(wagersAfter(wagersOf(), one, effect, clump));

test("the sources' parts of alpha add up to all of it", () => {
  for (const isCounted of [true, false]) {
    // Two checks share theirs.
    const parts = sources.map((source) => (source.startsWith("check") ? 2 : 1) / thresholdOf(source, 1, isCounted));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1);
  }
  expect(thresholdOf("requests", 0.01, false)).toBeCloseTo(400);
  expect(thresholdOf("checkLatency", 0.01, true)).toBeCloseTo(5_000);
});

test.each<[string, Interval]>([
  ["nothing failed", interval(tally(10, 0), tally(90, 0))],
  ["the old colour had no requests", interval(tally(10, 5), tally(0, 0))],
  ["the release had no requests", interval(tally(0, 0), tally(90, 5))],
])("given an interval in which %s, then the wagers stay, also where they lie by now", (_, one) => {
  const grown = wagersAfter(wagersOf(3), interval(tally(10, 2), tally(90, 1)), 1.2, 1);
  for (const clump of [1, undefined]) expect(wagersAfter(grown, one, 1.2, clump)).toEqual(grown);
});

/** All ways in which clumps can fall on the two colours, with the chance of each: the release's first. */
function* falls(sizes: number[], share: number): Generator<[failed: [number, number], chance: number]> {
  for (let bits = 0; bits < 2 ** sizes.length; bits++) {
    let [own, old, chance] = [0, 0, 1];
    for (const [index, size] of sizes.entries()) {
      const isOwn = Math.floor(bits / 2 ** index) % 2 === 1;
      own += isOwn ? size : 0;
      old += isOwn ? 0 : size;
      chance *= isOwn ? share : 1 - share;
    }
    yield [[own, old], chance];
  }
}

test("given no difference, clumps of any size up to the one that is known, then the evidence's mean does not grow", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 99 }),
      fc.constantFrom(6, 10, undefined),
      (sizes, weight, clump) => {
        let mean = 0;
        for (const [[own, old], chance] of falls(sizes, weight / 100)) {
          const one = interval(tally(10_000 * weight, own), tally(10_000 * (100 - weight), old));
          mean += chance * evidenceAfter(one, clump);
        }
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
  ));

test("given failures in clumps that are larger than is known, then the mean grows: the size matters", () => {
  let mean = 0;
  for (const [[own, old], chance] of falls([6, 6], 0.1))
    mean += chance * evidenceAfter(interval(tally(100, own), tally(900, old)), 1);
  expect(mean).toBeGreaterThan(10);
});

test("given 2 % beside 0.1 %, a canary of 10 % and failures that come one by one, then a minute of it is enough", () => {
  const minute = interval(tally(600, 12), tally(5400, 5));
  expect(evidenceAfter(minute, 1.2, 1.2)).toBeGreaterThan(thresholdOf("requests", 0.01, false));
  expect(evidenceAfter(minute, 12, 1.2)).toBeLessThan(10);
});

test("given a release that is worse within the allowed effect, then there is no evidence", () =>
  expect(evidenceAfter(interval(tally(1000, 120), tally(1000, 100)), 1, 1.2)).toBeLessThan(1));

test("given a good hour, then a fault that begins after it is still found", () => {
  let wagers = wagersOf();
  for (let minute = 0; minute < 60; minute++)
    wagers = wagersAfter(wagers, interval(tally(600, 1), tally(5400, 9)), 1.2, 1.2);
  expect(evidenceOf(wagers)).toBeGreaterThan(0.15);
  for (let minute = 0; minute < 3; minute++)
    wagers = wagersAfter(wagers, interval(tally(600, 12), tally(5400, 9)), 1.2, 1.2);
  expect(evidenceOf(wagers)).toBeGreaterThan(thresholdOf("requests", 0.01, false));
});

test("given shares with the allowed mean, however they come, then the evidence's mean does not grow", () =>
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      fc.double({ min: 1, max: 2, noNaN: true }),
      (allowed, times) => {
        const share = allowed * times;
        const chance = 1 / times;
        const mean =
          chance * evidenceOf(wagersAgainst(wagersOf(), share, allowed)) +
          (1 - chance) * evidenceOf(wagersAgainst(wagersOf(), 0, allowed));
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
  ));

test("given failures one by one, then the clump is small; given clumps of 9, then it is larger than they are; given few, then nobody knows", () => {
  const minutes = (...failed: number[]) => failed.map((one) => tally(1000, one));
  // A variance as large as the mean, which is 5.
  expect(clumpOf(minutes(2, 5, 8, 5, 3, 7, 5, 5, 8, 2))).toBeLessThan(2);
  expect(clumpOf(minutes(0, 9, 0, 18, 0, 0, 9, 0, 0, 9, 0, 0))).toBeGreaterThan(9);
  expect(clumpOf(minutes(0, 9, 9))).toBe(unknownClump);
  expect(clumpOf([])).toBe(unknownClump);
  // Of many requests hardly one failed: no clump can have been larger than that.
  expect(clumpOf(Array.from({ length: 20 }, () => tally(1000, 0)))).toBe(3);
  expect(clumpOf(Array.from({ length: 20 }, (_, index) => tally(1000, index < 5 ? 1 : 0)))).toBe(5);
});

describe("what the old colour had before the cut-over", () => {
  const minutes = Array.from({ length: 30 }, (_, index) => tally(3000, index % 2 === 0 ? 2 : 4));
  const reference = referenceOf(minutes, 20);

  test("is its share and what chance adds to it", () => {
    expect(reference).toMatchObject({ sent: 90_000, failed: 90 });
    expect(reference?.share).toBeGreaterThan(0.001);
    expect(reference?.share).toBeLessThan(0.0015);
  });

  test("is not known by a minute, or by few requests", () => {
    expect(referenceOf(minutes.slice(0, 1), 20)).toBeUndefined();
    expect(referenceOf([tally(9, 0), tally(9, 0), tally(0, 0)], 20)).toBeUndefined();
  });

  test("given nothing that failed, then a share is allowed all the same", () =>
    expect(referenceOf([tally(1500, 0), tally(1500, 0)], 20)?.share).toBeCloseTo(0.001));

  test("is what the release may fail, and twice what the old one fails now where that is more than chance", () => {
    const known = { sent: 90_000, failed: 90, share: 0.0012 };
    expect(allowedShare(known, 1, tally(300, 1))).toBeCloseTo(0.0012);
    expect(allowedShare(known, 1.2, tally(300, 15))).toBeCloseTo(1.2 * 0.1);
  });
});

describe("the evidence of a release", () => {
  const bad = interval(tally(5, 5), tally(5, 0));

  test("grows with the intervals of the clock, of which each counts when it is over", () => {
    const trials = new Trials({ alpha: 0.01, effect: 1, isCounted: false });
    trials.count("latency", 0, bad);
    trials.count("latency", 4_999, bad);
    expect(trials.found()[0]).toMatchObject({ evidence: 1, release: { sent: 0 } });
    trials.count("latency", 5_000, bad);
    expect(trials.found()[0]).toMatchObject({ release: { sent: 10, failed: 10 }, baseline: { sent: 10, failed: 0 } });
    expect(trials.found()[0].evidence).toBeGreaterThan(1.2);
  });

  test("goes on from what an earlier step has found", () => {
    const first = new Trials({ alpha: 0.01, effect: 1, isCounted: false });
    for (let block = 0; block < 5; block++) first.take("probes", bad);
    const second = new Trials({ alpha: 0.01, effect: 1, isCounted: false, before: first.found() });
    expect(second.found()[0].evidence).toBeCloseTo(first.found()[0].evidence);
    expect(second.found()[0].release).toEqual({ sent: 25, failed: 25 });
    second.take("probes", bad);
    expect(second.found()[0].evidence).toBeGreaterThan(first.found()[0].evidence);
    expect(second.found()[0].release).toEqual({ sent: 30, failed: 30 });
  });

  test("of our own requests is bet on at once, too: in doubt there are more of them", () => {
    const trials = new Trials({ alpha: 0.01, effect: 1, isCounted: false });
    trials.clumps = { all: 1, own: 1 };
    expect(trials.isInDoubt).toBe(false);
    trials.count("probes", 0, bad);
    expect(trials.isInDoubt).toBe(true);
    const votes = trials.found()[0].evidence;
    expect(votes).toBeGreaterThan(5);
    const other = new Trials({ alpha: 0.01, effect: 1, isCounted: false });
    other.count("probes", 0, interval(tally(5, 0), tally(5, 5)));
    expect(other.isInDoubt).toBe(false);
  });

  test("of our own requests has one vote an interval; of all requests each failure counts by the size of a clump", () => {
    const of = (source: Source, clump: number) => {
      const trials = new Trials({ alpha: 0.01, effect: 1, isCounted: false });
      trials.clumps = { all: clump, own: clump };
      trials.take(source, bad);
      return trials.found()[0].evidence;
    };
    expect(of("probes", 1)).toBe(of("probes", 50));
    expect(of("requests", 1)).toBeGreaterThan(of("requests", 50));
  });
});

describe("one interval, by hand: a third of the money is kept back, the rest lies on eight bets", () => {
  const ratios = [1.5, 2, 3, 5, 10, 25, 100, 1000];
  const portions = [0.05, 0.07, 0.1, 0.13, 0.13, 0.1, 0.05, 0.02];
  const sum = (payment: (ratio: number) => number) =>
    0.35 + ratios.reduce((all, ratio, index) => all + payment(ratio) * (portions[index] ?? 0), 0);

  test("given as many requests, a failure of the release pays 2r/(r+1) for each bet, one of the old colour 2/(r+1)", () => {
    for (const clump of [1, undefined]) {
      const own = interval(tally(10, 1), tally(10, 0));
      expect(evidenceAfter(own, clump)).toBeCloseTo(
        sum((ratio) => (2 * ratio) / (ratio + 1)),
        10,
      );
      const old = interval(tally(10, 0), tally(10, 1));
      expect(evidenceAfter(old, clump)).toBeCloseTo(
        sum((ratio) => 2 / (ratio + 1)),
        10,
      );
    }
  });

  test("given an effect and a clump, then the release may have more, and each failure counts for less", () => {
    const allowed = (1.2 * 10) / (1.2 * 10 + 30);
    const expected = (ratio: number) => 1 + (ratio - 1) * allowed;
    const one = interval(tally(10, 3), tally(30, 1));
    expect(evidenceAfter(one, 8, 1.2)).toBeCloseTo(
      sum((ratio) => (ratio ** 0.75 / expected(ratio)) ** 0.5),
      10,
    );
    expect(evidenceAfter(one, undefined, 1.2)).toBeCloseTo(
      sum((ratio) => (1 + (ratio - 1) * 0.75) / expected(ratio)),
      10,
    );
  });

  test("given no old colour to compare with, a bet of r gains 1 - 1/r where the share is twice the allowed one", () => {
    expect(evidenceOf(wagersAgainst(wagersOf(), 0.02, 0.01))).toBeCloseTo(
      sum((ratio) => 2 - 1 / ratio),
      10,
    );
    expect(evidenceOf(wagersAgainst(wagersOf(), 0, 0.01))).toBeCloseTo(
      sum((ratio) => 1 / ratio),
      10,
    );
  });

  test("a fiftieth of the money is laid anew, and nothing grows beyond what is told", () => {
    const own = interval(tally(10, 1), tally(10, 0));
    const after = wagersAfter(wagersOf(), own, 1, 1);
    expect(after[0]).toBeCloseTo(0.98 * 0.35 + 0.02 * evidenceOf(after) * 0.35, 10);
    expect(after[2]).toBeCloseTo(0.98 * (4 / 3) * 0.07 + 0.02 * evidenceOf(after) * 0.07, 10);
    expect(evidenceOf(wagersAfter(wagersOf(1e12), own, 1, 1))).toBeCloseTo(1e12, -1);
  });
});
