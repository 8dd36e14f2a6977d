import { outcomeOf, partsOf, priceOf } from "../../../rehearsal/bench/outcome.ts";
import type { CommandEvent } from "../../../rehearsal/scenarios/commands-process.ts";
import type { Sample } from "../../../rehearsal/load/samples.ts";

type Status = "started" | "done" | "failed";
const step = (name: string, status: Status, seconds?: number): CommandEvent & { seconds?: number } => ({
  type: "step",
  step: name,
  status,
  seconds,
});
const done = (name: string, seconds = 1) => [step(name, "started"), step(name, "done", seconds)];
const failed = (name: string) => [step(name, "started"), step(name, "failed", 1)];

describe("outcomeOf", () => {
  const staged = [...done("stage"), ...done("check")];
  const shifted = [...staged, ...done("cutover")];
  test.each([
    ["a release that ends well", 0, [...shifted, ...done("cutover"), ...done("bake"), ...done("check")], "released"],
    ["an image that the stack forbids", 3, done("look"), "refused"],
    ["a fleet that never gets ready", 4, [...failed("stage"), ...done("rollback")], "stage"],
    ["checks that say no", 4, [...staged, ...done("rollback")], "check"],
    ["a canary that is not well", 4, [...shifted, ...failed("cutover"), ...done("cutover")], "canary"],
    ["a bake that goes wrong", 4, [...shifted, ...failed("bake"), ...done("cutover")], "bake"],
    [
      "checks after the bake that say no",
      4,
      [...shifted, ...done("bake"), ...done("check"), ...done("cutover")],
      "bake",
    ],
    ["an error on the way", 1, failed("stage"), "failed"],
    ["a failed step that judges nothing", 4, failed("notice"), "failed"],
    ["a signal", undefined, staged, "failed"],
  ])("of %s", (_, code, events, expected) => {
    expect(outcomeOf({ code, events })).toBe(expected);
  });
});

describe("partsOf", () => {
  test("adds up a release's steps; its checks count for the bake when they come after it", () => {
    const events = [
      ...done("look", 0.5),
      ...done("stage", 6),
      ...done("check", 2),
      ...done("cutover", 3),
      ...done("cutover", 10),
      ...done("cutover", 3.5),
      ...done("bake", 11),
      ...done("check", 1.5),
    ];
    const parts = partsOf({ events, seconds: 40 });
    expect(parts).toEqual({ stage: 6, check: 2, "cut-over": 16.5, bake: 12.5, "the rest": 3 });
  });

  test("leaves out what is not done", () => {
    const parts = partsOf({ events: failed("stage"), seconds: 5 });
    expect(parts).toEqual({ stage: 0, check: 0, "cut-over": 0, bake: 0, "the rest": 5 });
  });
});

describe("priceOf", () => {
  const sample = (version: string | undefined, status: number | undefined): Sample => ({
    at: 0,
    ms: 1,
    version,
    status,
    failure: "it failed",
  });
  test.each([
    ["an answer of the bad image itself", sample("v2.6.0", 500), 1],
    ["another version's answer", sample("v1.0.0", 500), 0],
    ["an answer of the load balancer", sample(undefined, 502), 0],
    ["a bad image that could not be reached", sample("v2.6.0", 503), 0],
    ["a lost connection", sample(undefined, undefined), 0],
  ])("%s", (_, error, expected) => {
    expect(priceOf([error], "v2.6.0")).toBe(expected);
  });
});
