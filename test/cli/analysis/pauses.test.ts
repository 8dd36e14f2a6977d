import { parseProjectFile } from "../../../cli/analysis/project-file.ts";
import { requirePausesIn, type Pause } from "../../../cli/analysis/pauses.ts";
import { parseStrategy } from "../../../cli/analysis/strategy.ts";

const points = "stage, check, cutover, or a share of a canary such as 10%";
const times = "days, hours, minutes and seconds such as 2d, 36h or 30m, more than 0s and at most 14d";

test("each point, with its time-out and what happens then", () =>
  expect(
    parseProjectFile(`
pauses:
  - { after: stage, timeout: 14d, then: rollback }
  - { after: check, timeout: 1d12h, then: continue }
  - { after: 5%, timeout: 90s, then: rollback }
  - { after: 10%, timeout: 90s, then: rollback }
  - { after: cutover, timeout: 336h, then: continue }
`).pauses,
  ).toEqual([
    { after: "stage", timeout: 1_209_600, then: "rollback" },
    { after: "check", timeout: 129_600, then: "continue" },
    { after: "5%", timeout: 90, then: "rollback" },
    { after: "10%", timeout: 90, then: "rollback" },
    { after: "cutover", timeout: 1_209_600, then: "continue" },
  ]));

test.each<[string, string, string[]]>([
  [
    "a point that is none",
    "{ after: bake, timeout: 1h, then: rollback }",
    [`pauses.0.after: "bake". Allowed: ${points}`],
  ],
  ["a share of nothing", "{ after: 0%, timeout: 1h, then: rollback }", [`pauses.0.after: "0%". Allowed: ${points}`]],
  [
    "all requests as a share",
    "{ after: 100%, timeout: 1h, then: rollback }",
    [`pauses.0.after: "100%". Allowed: ${points}`],
  ],
  [
    "a word with a point in it",
    "{ after: restage, timeout: 1h, then: rollback }",
    [`pauses.0.after: "restage". Allowed: ${points}`],
  ],
  [
    "a point with more behind it",
    "{ after: 10%%, timeout: 1h, then: rollback }",
    [`pauses.0.after: "10%%". Allowed: ${points}`],
  ],
  [
    "a share of three digits",
    "{ after: 101%, timeout: 1h, then: rollback }",
    [`pauses.0.after: "101%". Allowed: ${points}`],
  ],
  ["a number", "{ after: 10, timeout: 1h, then: rollback }", [`pauses.0.after: 10. Allowed: ${points}`]],
  ["no time", "{ after: check, timeout: 0s, then: rollback }", [`pauses.0.timeout: "0s". Allowed: ${times}`]],
  [
    "more than 14 days",
    "{ after: check, timeout: 14d1s, then: rollback }",
    [`pauses.0.timeout: "14d1s". Allowed: ${times}`],
  ],
  ["no time-out", "{ after: check, then: rollback }", [`pauses.0.timeout: not set. Allowed: ${times}`]],
  [
    "another end",
    "{ after: check, timeout: 1h, then: fail }",
    ['pauses.0.then: "fail". Allowed: rollback or continue'],
  ],
  [
    "an unknown key",
    "{ after: check, timeout: 1h, then: rollback, by: ann }",
    ['pauses.0.by: "ann". Allowed: no such key; one of after, timeout, then'],
  ],
])("fails on %s, in one line", (_, entry, said) =>
  expect(() => parseProjectFile(`pauses: [${entry}]`)).toThrow(said.map((one) => `  line 1: ${one}`).join("\n")),
);

test("a strategy that would pass a pause by is a fault of usage", () => {
  const pause: Pause = { after: "10%", timeout: 60, then: "rollback" };
  expect(() => requirePausesIn(parseStrategy("all-at-once"), [pause])).toThrow(
    expect.objectContaining({ code: "usage" }) as Error,
  );
});

test("fails on what is no list, in one line", () =>
  expect(() => parseProjectFile("pauses: 1")).toThrow(
    "line 1: pauses: 1. Allowed: a list of pauses, each with after, timeout and then",
  ));

test("none are given, none are there", () => expect(parseProjectFile("").pauses).toEqual([]));

test("fails on a second pause at one point", () =>
  expect(() =>
    parseProjectFile(
      "pauses:\n  - { after: check, timeout: 1h, then: rollback }\n  - { after: check, timeout: 2h, then: continue }",
    ),
  ).toThrow(`line 3: pauses.1.after: "check". Allowed: a point at which no other pause is: ${points}`));

describe("a strategy beside pauses", () => {
  const after = (...shares: Pause["after"][]): Pause[] =>
    shares.map((share) => ({ after: share, timeout: 60, then: "rollback" }));

  test("that has all of their shares is taken", () =>
    expect(() => requirePausesIn(parseStrategy("canary=5%,1m,25%,1m"), after("5%", "25%", "check"))).not.toThrow());

  test("fails with all shares that it lacks, and those that it has", () =>
    expect(() => requirePausesIn(parseStrategy("canary=5%,1m,50%,1m"), after("10%", "5%", "99%", "stage"))).toThrow(
      "a pause after 10% and 99%, and the strategy canary=5%,1m,50%,1m has the shares 5%, 50%. Allowed:",
    ));

  test.each([
    ["canary=5%,1m", "a pause after 10%, and the strategy canary=5%,1m has the shares 5%."],
    ["all-at-once", "a pause after 10%, and the strategy all-at-once has no shares."],
  ])("fails where %s would pass one by", (strategy, said) =>
    expect(() => requirePausesIn(parseStrategy(strategy), after("check", "10%"))).toThrow(said),
  );
});
