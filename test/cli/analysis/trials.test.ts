import { Trials } from "../../../cli/analysis/trials.ts";
import { allowedShare, referenceOf } from "../../../cli/analysis/reference.ts";
import { evidenceOf, wagersAfter, wagersAgainst, wagersOf, type Tally } from "../../../cli/analysis/wagers.ts";

const of = (sent: number, failed: number): Tally => ({ sent, failed });
const one = { release: of(100, 4), baseline: of(100, 1) };
const trials = () => new Trials({ alpha: 0.01, effect: 1.2, isCounted: false });

test("given nothing was asked, then nothing is found", () => expect(trials().found()).toEqual([]));

test.each(["latency", "check", "checkLatency"] as const)(
  "of %s, which both colours get alike, an interval has one vote",
  (source) => {
    const judge = trials();
    judge.clumps = { all: 3, own: 3 };
    judge.take(source, one);
    const evidence = evidenceOf(wagersAfter(wagersOf(), one, 1.2, undefined));
    expect(judge.found()).toMatchObject([{ source, evidence, release: one.release, baseline: one.baseline }]);
  },
);

test.each(["requests", "counters"] as const)("of %s, failures come in clumps of the size that is known", (source) => {
  const judge = trials();
  judge.clumps = { all: 3, own: 3 };
  judge.take(source, one);
  expect(judge.found()[0]?.evidence).toBe(evidenceOf(wagersAfter(wagersOf(), one, 1.2, 3)));
});

test("an interval without an old colour is judged by what is allowed, and one without requests not at all", () => {
  const judge = trials();
  judge.takeAlone("bake", of(0, 0), 0.01);
  expect(judge.found()).toEqual([]);
  judge.takeAlone("bake", of(200, 6), 0.01);
  const evidence = evidenceOf(wagersAgainst(wagersOf(), 0.03, 0.01));
  expect(judge.found()).toMatchObject([{ source: "bake", evidence, release: of(200, 6), baseline: of(0, 0) }]);
});

test("what is counted by the moment joins in intervals of 5 s, each judged when the next begins, alone where that is allowed", () => {
  const judge = trials();
  for (const at of [0, 4_999]) judge.count("counters", at, one, 0.01);
  expect(judge.found()).toMatchObject([{ evidence: 1, release: of(0, 0) }]);
  judge.count("counters", 5_000, one);
  const alone = wagersAgainst(wagersOf(), 0.04, 0.01);
  expect(judge.found()).toMatchObject([{ evidence: evidenceOf(alone), release: of(200, 8), baseline: of(0, 0) }]);
  judge.count("counters", 10_000, one);
  const both = wagersAfter(alone, one, 1.2, judge.clumps.all);
  expect(judge.found()).toMatchObject([{ evidence: evidenceOf(both), release: of(300, 12), baseline: of(100, 1) }]);
});

describe("what the old colour had, by hand", () => {
  test("is its mean, three standard errors of the minutes' ratio, and three failures", () => {
    // Mean 0.03; squares (2-3)^2 + (4-3)^2 = 2; deviation sqrt(2 * 2 / 1) / 200.
    const reference = referenceOf([of(100, 2), of(100, 4), of(0, 0)], 200);
    expect(reference?.share).toBeCloseTo(0.03 + (3 * 2) / 200 + 3 / 200, 12);
    expect(referenceOf([of(100, 2), of(100, 4)], 201)).toBeUndefined();
  });

  test("is doubled only where more of our own requests fail than that and chance explain", () => {
    const reference = { sent: 1000, failed: 40, share: 0.04 };
    // 4 of 100 are expected, and 4 + 2 + 1 may be chance.
    expect(allowedShare(reference, 1.2, of(100, 7))).toBeCloseTo(1.2 * 0.04, 12);
    expect(allowedShare(reference, 1.2, of(100, 8))).toBeCloseTo(1.2 * 0.16, 12);
  });
});
