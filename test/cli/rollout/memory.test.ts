import { nothingDone, remember } from "../../../cli/rollout/memory.ts";
import type { Memory, Next } from "../../../cli/rollout/next.ts";

const live = { blue: 90, green: 10 };
const color = "green" as const;
const staged: Memory = { fit: true, unfrozen: true, checked: false, proved: false, staged: 1, repaired: false };
const watched: Memory = { ...staged, checked: true, watched: 5 };

test.each<[Memory, Next, Memory]>([
  [nothingDone, { kind: "stage", color, previewSize: 0 }, { ...nothingDone, fit: true, unfrozen: true, staged: 1 }],
  [staged, { kind: "stage", color, previewSize: 0 }, { ...staged, staged: 2 }],
  [staged, { kind: "check", color }, { ...staged, checked: true }],
  [nothingDone, { kind: "check", color }, { ...nothingDone, unfrozen: true, checked: true }],
  [staged, { kind: "prove", color }, { ...staged, proved: true }],
  [nothingDone, { kind: "prove", color }, { ...nothingDone, unfrozen: true, proved: true }],
  [nothingDone, { kind: "shift", color, weight: 10 }, { ...nothingDone, fit: true, unfrozen: true }],
  [nothingDone, { kind: "flip", color }, { ...nothingDone, fit: true, unfrozen: true }],
  [staged, { kind: "hold", color, seconds: 1 }, { ...staged, watched: 10 }],
  [watched, { kind: "hold", color, seconds: 1 }, { ...watched, watched: 10 }],
  [staged, { kind: "recover", why: "pending" }, { ...staged, repaired: true }],
  [watched, { kind: "stage", color, previewSize: 0 }, { ...watched, staged: 2 }],
  [watched, { kind: "bake", color, seconds: 1 }, watched],
  [watched, { kind: "rollback", to: "blue", why: "errors" }, watched],
  [watched, { kind: "keep", seconds: 1 }, watched],
  [watched, { kind: "retire", color: "blue" }, watched],
  [watched, { kind: "done", color }, watched],
  [watched, { kind: "refuse", why: "split" }, watched],
])("given %j, when %j is done, then a run knows %j", (memory, done, after) => {
  const before = structuredClone(memory);
  expect(remember(memory, done, live)).toEqual(after);
  expect(memory).toEqual(before);
});
