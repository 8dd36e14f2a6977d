import {
  gaining,
  healthyTargetsNeeded,
  servingColor,
  weightsFor,
  type ByColor,
  type Color,
} from "../../deployment/model.ts";

describe("weights", () => {
  test.each<[Color, number, ByColor<number>]>([
    ["blue", 0, { blue: 100, green: 0 }],
    ["blue", 10, { blue: 90, green: 10 }],
    ["blue", 100, { blue: 0, green: 100 }],
    ["green", 0, { blue: 0, green: 100 }],
    ["green", 1, { blue: 1, green: 99 }],
  ])("%s serves, %i %% to the standby", (activeColor, standbyWeight, expected) =>
    expect(weightsFor(activeColor, standbyWeight)).toEqual(expected),
  );
});

describe("who gains", () => {
  test.each<[string, ByColor<number>, ByColor<number> | undefined, Color[]]>([
    ["nobody, nothing moves", { blue: 100, green: 0 }, { blue: 100, green: 0 }, []],
    ["green on a flip", { blue: 0, green: 100 }, { blue: 100, green: 0 }, ["green"]],
    ["blue when a canary is taken back", { blue: 100, green: 0 }, { blue: 90, green: 10 }, ["blue"]],
    ["whoever gets any on the first day", { blue: 100, green: 0 }, undefined, ["blue"]],
    ["both on a first day with a canary", { blue: 90, green: 10 }, undefined, ["blue", "green"]],
    ["both from a listener that names neither", { blue: 90, green: 10 }, { blue: 0, green: 0 }, ["blue", "green"]],
  ])("%s", (_, weights, recorded, expected) => expect(gaining(weights, recorded)).toEqual(expected));
});

test.each<[string, ByColor<number>, Color, Color]>([
  ["the active colour with all requests", { blue: 100, green: 0 }, "blue", "blue"],
  ["the active colour beside a canary that has more", { blue: 1, green: 99 }, "blue", "blue"],
  ["the other one, where the active one has none", { blue: 100, green: 0 }, "green", "blue"],
  ["the other one at a canary of all", { blue: 0, green: 100 }, "blue", "green"],
])("who serves: %s", (_, weights, active, expected) => expect(servingColor(weights, active)).toBe(expected));

test.each<[weight: number, whole: number, needed: number]>([
  [0, 4, 0],
  [1, 4, 1],
  [25, 4, 1],
  [26, 4, 2],
  [100, 4, 4],
  [10, 0, 1],
  [100, 0, 1],
])("given a share of %i %% of what %i healthy targets answer, then %i are needed", (weight, whole, needed) =>
  expect(healthyTargetsNeeded(weight, whole)).toBe(needed),
);
