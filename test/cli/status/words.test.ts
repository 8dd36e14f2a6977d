import { ageText, imageLine, roleOf, serving, sinceText } from "../../../cli/status/words.ts";
import { before, fleet, now, off, settled, v1, weights, world } from "../worlds.ts";

test.each<[number, string]>([
  [-1, "0 s"],
  [0, "0 s"],
  [999, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [86_399_999, "23 h"],
  [86_400_000, "1 d"],
  [9 * 86_400_000, "9 d"],
])("%i milliseconds are %s", (milliseconds, text) => expect(ageText(milliseconds)).toBe(text));

test("a moment has its date, its minute and its age", () =>
  expect(sinceText(before(200), now)).toBe("2026-11-21 14:02 UTC (3 min)"));

test("an image's line has what its tags tell, and nothing for what they don't", () => {
  expect(imageLine(v1, now)).toBe("v1.0.0, commit 1111111, ami-00000000000000001, built 9 d ago");
  expect(imageLine({ imageId: "ami-1" }, now)).toBe("ami-1");
});

describe("roles", () => {
  const roles = (change: Parameters<typeof world>[0]) => {
    const state = world(change);
    return [serving(state), roleOf(state, "blue"), roleOf(state, "green")];
  };
  test("the declared colour serves as long as it has traffic, the other one is its canary", () => {
    expect(roles({ weights: weights(1, 99) })).toEqual(["blue", "serving", "canary"]);
    expect(roles({ weights: weights(50, 50) })).toEqual(["blue", "serving", "canary"]);
    expect(roles({ weights: weights(0, 100) })).toEqual(["green", "standby", "serving"]);
    expect(roles({ weights: weights(1, 99), settings: settled({ activeColor: "green" }) })).toEqual([
      "green",
      "canary",
      "serving",
    ]);
  });
  test("nobody serves where neither has traffic", () =>
    expect(roles({ weights: weights(0, 0) })).toEqual([undefined, "standby", "standby"]));
  test("a fleet is off when it may hold nothing, and holds nothing", () => {
    const draining = fleet("green", { capacity: { minSize: 0, maxSize: 0 } });
    const empty = fleet("green", { instances: [] });
    const role = (green: typeof draining) => roles({ fleets: { blue: fleet("blue"), green } })[2];
    expect([role(off("green")), role(draining), role(empty)]).toEqual(["off", "standby", "standby"]);
  });
});
