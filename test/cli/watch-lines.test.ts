import { WatchLines, type Look } from "../../cli/watch-lines.ts";

/** Seconds of the looks that are said. */
function said(looks: readonly [second: number, verdict: string, evidence: string][]): number[] {
  const lines = new WatchLines();
  return looks.flatMap(([second, verdict, evidence]) =>
    lines.isDue({ verdict, evidence } satisfies Look, second * 1000) ? [second] : [],
  );
}

test("the first look is said, and the same one again after a minute", () =>
  expect(said([0, 1, 59, 60, 61, 119, 120].map((second) => [second, "go", "0"]))).toEqual([0, 60, 120]));

test("another verdict is said at once", () =>
  expect(
    said([
      [0, "go", "0"],
      [1, "wait", "0"],
      [2, "wait", "0"],
      [3, "go", "0"],
    ]),
  ).toEqual([0, 1, 3]));

test("other evidence is said ten seconds after the last line, and not before", () =>
  expect(
    said([
      [0, "go", "0"],
      [3, "go", "1"],
      [9, "go", "2"],
      [10, "go", "2"],
      [11, "go", "3"],
      [20, "go", "3"],
    ]),
  ).toEqual([0, 10, 20]));
