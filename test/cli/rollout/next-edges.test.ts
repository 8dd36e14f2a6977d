import { nothingDone } from "../../../cli/rollout/memory.ts";
import { nextStep, unfinished, type Goal, type Memory, type Next } from "../../../cli/rollout/next.ts";
import type { FleetFacts, LiveState } from "../../../cli/state/model.ts";
import { before, fleet, off, record, releaseGoal, settled, v2, weights, world } from "../worlds.ts";

const checked: Memory = { ...nothingDone, checked: true };
const next = (change: Partial<LiveState>, memory: Memory = checked, other: Partial<Goal> = {}): Next =>
  nextStep(world(change), releaseGoal(other), memory);
const green = (change: Partial<FleetFacts>): LiveState["fleets"] => ({
  blue: fleet("blue"),
  green: fleet("green", change),
});
const stage: Next = { kind: "stage", color: "green", previewSize: 0 };
const served = { weights: weights(0, 100), settings: settled({ activeColor: "green" }) };

describe("given a fleet that never gets whole", () => {
  const ill = { fleets: green({ healthy: 1 }) };

  test("when it was staged four times, then once more", () =>
    expect(next(ill, { ...checked, staged: 4 })).toEqual(stage));

  test("when it was staged five times, then it is refused with what it needs, and without targets that nobody has seen", () => {
    const refused = next(ill, { ...checked, staged: 5 });
    expect(refused).toEqual({
      kind: "refuse",
      why: expect.stringMatching(/1 of 2 instances are healthy, and it needs 2\. Look at it/) as string,
    });
  });

  test("when it was staged five times and is whole now, then it goes on", () =>
    expect(next({}, { ...checked, staged: 5 })).toEqual({ kind: "shift", color: "green", weight: 10 }));
});

describe("given instances that are only to be tried", () => {
  const tried = (previewSize: number, change: Partial<FleetFacts>) => ({
    settings: settled({ previewSize }),
    fleets: green(change),
  });

  test("when more are wanted than serve, then as many as serve are enough", () =>
    expect(next(tried(3, { healthy: 2 }), nothingDone)).toEqual({ kind: "check", color: "green" }));

  test("when fewer are healthy than are wanted, then they are staged again", () =>
    expect(next(tried(2, { healthy: 1 }), nothingDone)).toEqual({ kind: "stage", color: "green", previewSize: 2 }));

  test("when they have requests already, then their number is no preview any more", () =>
    expect(next({ ...tried(1, { healthy: 1 }), weights: weights(90, 10) })).toMatchObject({ kind: "hold" }));
});

test("given a rollback without a reason, then it goes on all the same", () =>
  expect(next({ record: record({ stage: "rollback" }) })).toEqual({
    kind: "rollback",
    to: "blue",
    why: "it was begun",
  }));

describe("given a canary", () => {
  const canary = { weights: weights(90, 10), record: record({ weights: [{ at: before(70), blue: 90, green: 10 }] }) };

  test("when its image is on record for another release, then nobody knows how long it has had its share", () => {
    const others = record({ ...canary.record, outcome: "released" });
    expect(next({ ...canary, record: others })).toEqual({ kind: "hold", color: "green", seconds: 60 });
  });

  test("when its fleet lacks an instance that it wants, then the look at it decides, and no update", () =>
    expect(next({ ...canary, fleets: green({ healthy: 1, desired: 2 }) }, { ...checked, watched: 10 })).toEqual({
      kind: "flip",
      color: "green",
    }));

  test("when targets of others are among its own, then the look at it decides, too", () =>
    expect(next({ ...canary, fleets: green({ staleTargets: ["i-9"] }) }, { ...checked, watched: 10 })).toEqual({
      kind: "flip",
      color: "green",
    }));

  test("when half of it was shifted by hand since, then its time begins anew", () => {
    const shifted = record({ weights: [{ at: before(70), blue: 50, green: 10 }] });
    expect(next({ ...canary, record: shifted })).toEqual({ kind: "hold", color: "green", seconds: 60 });
  });

  test("when it was watched and its checks have not been made by this run, then it needs none any more", () =>
    expect(next(canary, { ...nothingDone, watched: 10 })).toEqual({ kind: "flip", color: "green" }));
});

describe("given all of the requests", () => {
  test("when nobody has noted since when, then the bake is a whole one", () =>
    expect(next({ ...served, record: record() })).toEqual({ kind: "bake", color: "green", seconds: 600 }));

  test("when the record is of another image, then there is nothing to bake", () =>
    expect(next({ ...served, record: record({ image: { ...v2, imageId: "ami-9" } }) })).toEqual({
      kind: "done",
      color: "green",
    }));

  test("when the release was given up, then there is nothing to bake", () =>
    expect(next({ ...served, record: record({ outcome: "superseded" }) })).toEqual({ kind: "done", color: "green" }));

  test("when nobody says when the release ended, then the old fleet is retired at once", () =>
    expect(next({ ...served, record: record({ outcome: "released" }) }, checked, { retireAfterSeconds: 300 })).toEqual({
      kind: "retire",
      color: "blue",
    }));

  test("when the old fleet is off already, then it is done", () =>
    expect(
      next({ ...served, fleets: { blue: off("blue"), green: fleet("green") } }, checked, { retireAfterSeconds: 300 }),
    ).toEqual({ kind: "done", color: "green" }));
});

test("given a bake of another image, when this image waits on the standby already, then its release goes on", () =>
  expect(
    next({ record: record({ color: "blue", image: world().fleets.blue.image, from: { color: "green", image: v2 } }) }),
  ).toEqual({ kind: "shift", color: "green", weight: 10 }));

test("given several resources that an update was cut off at, then each is named by its logical name", () =>
  expect(unfinished(world({ pending: ["urn:a::b::app-listener", "urn:a::b::app-blue-group"] }))).toBe(
    "an update was cut off while it worked on app-listener, app-blue-group",
  ));

test("given one colour whose weight differs from the state's, then that is unfinished", () => {
  const recorded = { blue: 100, green: 0 };
  expect(unfinished(world({ weights: { live: { blue: 57, green: 0 }, recorded } }))).toMatch(/^the live weights are/);
  expect(unfinished(world({ weights: { live: { blue: 100, green: 10 }, recorded } }))).toMatch(/^the live weights are/);
});

describe("given another image than the standby holds", () => {
  const v4 = { imageId: "ami-00000000000000004" };
  const wanted = { goal: { imageId: v4.imageId } };

  test("when the last release has ended well, then its old fleet may be replaced", () =>
    expect(next({ ...served, record: record({ outcome: "released" }) }, checked, wanted.goal)).toEqual({
      kind: "stage",
      color: "blue",
      previewSize: 0,
    }));

  test("when a release was staged and has no requests, then its fleet may be replaced", () =>
    expect(next({ record: record() }, checked, wanted.goal)).toEqual(stage));

  test("when its group ends no instances, then the refusal says which process to resume", () =>
    expect(next({ fleets: green({ suspended: ["Terminate (me)"] }) }, checked, wanted.goal)).toEqual({
      kind: "refuse",
      why: expect.stringMatching(/Terminate \(me\) is suspended\. Resume it: aws autoscaling .*\.$/) as string,
    }));
});

test("given the image itself on a standby whose state is behind, when its group ends no instances, then none has to go", () =>
  expect(
    next({ settings: settled({ standby: "off" }), fleets: green({ suspended: ["Terminate (me)"] }) }, checked),
  ).toEqual(stage));

test("given a launch template that has the fleet's own image, then the fleet is as it should be", () =>
  expect(next({ fleets: green({ templateImage: v2.imageId }) })).toEqual({
    kind: "shift",
    color: "green",
    weight: 10,
  }));

test("given a share whose other part went elsewhere since it was noted, then nobody knows how long it is held", () => {
  const noted = record({ weights: [{ at: before(70), blue: 90, green: 5 }] });
  expect(next({ weights: weights(90, 10), record: noted })).toEqual({ kind: "hold", color: "green", seconds: 60 });
});

test("given several things out of order, then each is named", () => {
  const two = ["one", "two"];
  expect(unfinished(world({ unknownGroups: two }))).toMatch(/not in its state: one, two$/);
  expect(unfinished(world({ unknownPolicies: two }))).toMatch(/not in its state: one, two$/);
  expect(unfinished(world({ changedGroups: two }))).toMatch(/than the state says: one, two$/);
  const stale = { fleets: green({ staleTargets: two }) };
  expect(next(stale)).toEqual({ kind: "recover", why: expect.stringContaining("holds one, two, which") as string });
  expect(next(stale, { ...checked, repaired: true, staged: 5 })).toEqual({
    kind: "refuse",
    why: expect.stringContaining("holds one, two, which are none of its own") as string,
  });
});

test("given a run that begins, then it must ask first whether the image may be released here", () =>
  expect(nothingDone.fit).toBe(false));
