import { comparison } from "../../../rehearsal/bench/comparison.ts";
import { wentWell, type Release } from "../../../rehearsal/bench/releases.ts";

const good: Release = {
  image: "good-v2",
  description: "serves, version 2",
  expected: "released",
  outcome: "released",
  seconds: 100,
  requests: 10_000,
  failed: 0,
  price: 0,
  isRight: true,
};
const bad: Release = { ...good, image: "error-500", expected: "check", outcome: "check", seconds: 10 };

describe("wentWell", () => {
  test.each<[string, Partial<Release>, boolean]>([
    ["as it was to go", {}, true],
    ["with the price of a canary", { price: 30 }, true],
    ["with another outcome", { outcome: "canary" }, false],
    ["with a request lost", { failed: 1 }, false],
    ["with users on the wrong image", { isRight: false }, false],
  ])("%s", (_, change, expected) => {
    expect(wentWell({ ...bad, ...change })).toBe(expected);
  });
});

describe("comparison", () => {
  const missed = (releases: Release[], rollbackSeconds = 2) =>
    comparison(releases, rollbackSeconds)
      .filter(({ ok }) => !ok)
      .map(({ name }) => name.split(":")[0].split(",")[0]);

  test("tells the longest good release, all lost requests, and the sum of the seconds", () => {
    const figures = comparison([good, { ...good, seconds: 117.2 }, { ...bad, seconds: 200 }], 2.34);
    expect(figures.map(({ value }) => value)).toEqual(["117.2", "2.3", "0", "1", "417"]);
  });

  test.each<[string, Release[], number, string[]]>([
    ["all is well", [good, bad], 2, []],
    ["a good release is too long", [{ ...good, seconds: 301 }, bad], 2, ["deploy within 5 minutes"]],
    ["only a bad one is long", [good, { ...bad, seconds: 301 }], 2, []],
    ["the rollback is too long", [good, bad], 301, ["rollback within 5 minutes"]],
    ["a request is lost", [{ ...good, failed: 1 }, bad], 2, ["no downtime"]],
    [
      "a bad image goes through",
      [good, { ...bad, outcome: "released" }],
      2,
      ["bad images of 1 that the release itself caught"],
    ],
    ["a day is not enough", [good, { ...bad, seconds: 90_000 }], 2, ["10 deploys a day"]],
  ])("when %s", (_, releases, rollbackSeconds, expected) => {
    expect(missed(releases, rollbackSeconds)).toEqual(expected);
  });
});
