import { nextStep, type Goal } from "../../../cli/rollout/next.ts";
import { nothingDone } from "../../../cli/rollout/memory.ts";
import { before, record, v2, world } from "../worlds.ts";

// A canary of ten minutes, begun a quarter of an hour ago by a run that was cut off.
const goal: Goal = {
  imageId: v2.imageId,
  strategy: { text: "canary=10%,10m", steps: [{ weight: 10, seconds: 600 }] },
  bakeSeconds: 600,
  previewSize: 0,
  pauses: [],
  until: "ended",
};
const canary = { blue: 90, green: 10 };
const held = (seconds: number) =>
  world({
    weights: { live: canary, recorded: canary },
    record: record({ weights: [{ at: before(seconds), ...canary }] }),
  });

test.each([
  ["this run has not watched it: it is watched once more", held(900), undefined, { kind: "hold", seconds: 1 }],
  ["it was watched with another share", held(900), 5, { kind: "hold", seconds: 1 }],
  ["it was watched", held(900), 10, { kind: "flip" }],
  ["its time is not over", held(400), 10, { kind: "hold", seconds: 200 }],
])("a canary whose time is over: %s", (_what, here, watched, expected) => {
  expect(nextStep(here, goal, { ...nothingDone, checked: true, watched })).toEqual({
    color: "green",
    ...expected,
  });
});
