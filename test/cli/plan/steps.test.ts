import { parseStrategy } from "../../../cli/analysis/strategy.ts";
import { foresee } from "../../../cli/plan/steps.ts";
import type { Goal } from "../../../cli/rollout/next.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { before, fleet, off, record, releaseGoal, settled, v2, weights, world } from "../worlds.ts";

const v3 = { ...v2, imageId: "ami-00000000000000003", version: "v3.0.0" };
const goal = (change: Partial<Goal> = {}): Goal =>
  releaseGoal({ imageId: v3.imageId, strategy: parseStrategy("canary=10%,5m"), ...change });
const seen = (here: LiveState, change: Partial<Goal> = {}) =>
  foresee(here, goal(change), v3, { minSize: 2, maxSize: 4 });
const kinds = (here: LiveState, change: Partial<Goal> = {}) =>
  seen(here, change)
    .steps.map(({ kind }) => kind)
    .join(" ");

test("given blue serves, then a release is staged, checked, shifted, held, flipped and baked", () => {
  const { steps, refusal } = seen(world());
  expect(refusal).toBeUndefined();
  expect(steps.map(({ kind, what, seconds }) => [kind, what, seconds])).toEqual([
    ["stage", "green gets v3.0.0, 2 instances", undefined],
    ["check", "v3.0.0 is tried through the preview listener", undefined],
    ["shift", "green gets 10 % of the requests", undefined],
    ["hold", "v3.0.0 is watched with 10 %", 300],
    ["flip", "green gets all requests", undefined],
    ["bake", "v3.0.0 is watched with all requests, and checked again", 600],
  ]);
  expect(steps[0].change).toEqual({ standby: "warm", greenAmi: v3.imageId, capacityFloor: 2, previewSize: 0 });
  expect(steps[4].change).toMatchObject({ activeColor: "green", standbyWeight: 0 });
});

test.each<[string, LiveState, Partial<Goal>, string]>([
  ["all at once", world(), { strategy: parseStrategy("all-at-once") }, "stage check flip bake"],
  ["a linear strategy", world(), { strategy: parseStrategy("linear=50%/1m") }, "stage check shift hold flip bake"],
  ["a preview of one instance", world(), { previewSize: 1 }, "stage check stage shift hold flip bake"],
  ["a rollback that is proved", world(), { provesRollback: true }, "stage check prove shift hold flip bake"],
  [
    "a rollback that is proved, and a preview of one instance",
    world(),
    { provesRollback: true, previewSize: 1 },
    "stage check stage prove shift hold flip bake",
  ],
  ["a retirement later", world(), { retireAfterSeconds: 60 }, "stage check shift hold flip bake keep retire"],
  ["what was cut off", world({ pending: ["urn::x"] }), {}, "recover stage check shift hold flip bake"],
  [
    "an empty standby",
    world({ fleets: { blue: fleet("blue"), green: off("green") } }),
    {},
    "stage check shift hold flip bake",
  ],
  [
    "the image staged already",
    world({ fleets: { blue: fleet("blue"), green: fleet("green", { image: v3 }) } }),
    {},
    "check shift hold flip bake",
  ],
  [
    "a canary that has had two of its five minutes",
    world({
      weights: weights(90, 10),
      fleets: { blue: fleet("blue"), green: fleet("green", { image: v3 }) },
      record: record({ image: v3, weights: [{ at: before(120), blue: 90, green: 10 }] }),
    }),
    {},
    "hold flip bake",
  ],
  [
    "the image that serves",
    world({
      weights: weights(0, 100),
      settings: settled({ activeColor: "green" }),
      fleets: { blue: fleet("blue"), green: fleet("green", { image: v3 }) },
    }),
    {},
    "",
  ],
])("given %s, then the steps are those of the release", (_, here, change, expected) =>
  expect(kinds(here, change)).toBe(expected),
);

test("the proof names both releases", () =>
  expect(seen(world(), { provesRollback: true }).steps[2].what).toBe(
    "v3.0.0 and v1.0.0 on blue read what the other one writes",
  ));

test("a canary's remaining time is what is left of it", () => {
  const here = world({
    weights: weights(90, 10),
    fleets: { blue: fleet("blue"), green: fleet("green", { image: v3 }) },
    record: record({ image: v3, weights: [{ at: before(120), blue: 90, green: 10 }] }),
  });
  expect(seen(here).steps[0]).toMatchObject({ kind: "hold", seconds: 180 });
});

test("given the bake of another release, then it is refused as the release would be", () => {
  const here = world({
    weights: weights(0, 100),
    settings: settled({ activeColor: "green" }),
    record: record({ servesSince: before(10) }),
  });
  expect(seen(here)).toMatchObject({
    steps: [],
    refusal: expect.stringMatching(/the bake of v2.0.0 is not over/) as string,
  });
});

test("the longest strategy ends", () =>
  expect(seen(world(), { strategy: parseStrategy("linear=1%/1s") }).refusal).toBeUndefined());

test("the world that it begins with is left as it was", () => {
  const here = world();
  const copy = structuredClone(here);
  seen(here, { retireAfterSeconds: 0 });
  expect(here).toEqual(copy);
});

test("given a pause after the checks, then it is a step with its time-out, and the release goes on behind it", () => {
  const pauses = [{ after: "check", timeout: 3600, then: "rollback" }] as const;
  const { steps, refusal } = seen(world(), { pauses });
  expect(refusal).toBeUndefined();
  expect(steps.map(({ kind }) => kind).join(" ")).toBe("stage check pause shift hold flip bake");
  expect(steps[2]?.what).toBe("it waits for somebody after its checks, at most 1h, and then: rollback");
});
