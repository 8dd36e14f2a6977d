import fc from "fast-check";
import { boundaryOf, planOf, randomOf } from "../../../rehearsal/scenarios/kills-plan.ts";
import type { CommandEvent } from "../../../rehearsal/scenarios/commands-process.ts";

const take = (count: number, random: () => number) => Array.from({ length: count }, () => random());

describe("randomOf", () => {
  test("gives the same numbers for a seed, from 0 to below 1, and others for another seed", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const numbers = take(20, randomOf(seed));
        expect(take(20, randomOf(seed))).toEqual(numbers);
        expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
        expect(take(20, randomOf(seed + 1))).not.toEqual(numbers);
      }),
    );
  });

  test("spreads them", () => {
    const numbers = take(1000, randomOf(7));
    for (let tenth = 0; tenth < 10; tenth++)
      expect(numbers.filter((number) => Math.floor(number * 10) === tenth).length).toBeGreaterThan(50);
  });
});

describe("planOf", () => {
  const plans = Array.from({ length: 12 }, (_, index) => planOf(index, () => 0.5));

  test("takes good and bad images in turn, and the slow one once", () => {
    expect(plans.map(({ image }) => (image === "good" ? "+" : "-")).join("")).toBe("+-+-+-+-+-+-");
    expect(plans.filter(({ image }) => image === "never-healthy")).toHaveLength(1);
  });

  test("cuts one good and one bad image off at every boundary, and the others at random moments", () => {
    expect(plans.map((plan) => plan.moment().kind)).toEqual([
      ...["boundary", "boundary"],
      ...Array.from({ length: 10 }, () => "after"),
    ]);
    const times = [0, 0.999999].map((number) => planOf(5, () => number).moment());
    expect(times).toEqual([
      { kind: "after", ms: 300 },
      { kind: "after", ms: 9000 },
    ]);
  });
});

test.each<[string | undefined, CommandEvent]>([
  ["stage started: Staging v2", { type: "step", step: "stage", status: "started", title: "Staging v2" }],
  ["check failed: Checking v2", { type: "step", step: "check", status: "failed", title: "Checking v2" }],
  ["recover done: ", { type: "step", step: "recover", status: "done", title: "Putting in order: app-blue-group" }],
  [undefined, { type: "progress", step: "stage", text: "update app-listener" }],
  [undefined, { type: "message", text: "blue serves v2." }],
])("boundaryOf: %s", (expected, event) => {
  expect(boundaryOf(event)).toBe(expected);
});
