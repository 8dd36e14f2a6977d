import { parseStrategy } from "../../../cli/analysis/strategy.ts";
import type { FleetFacts, LiveState } from "../../../cli/state/model.ts";
import { nextStep, unfinished, type Goal, type Memory, type Next } from "../../../cli/rollout/next.ts";
import { nothingDone } from "../../../cli/rollout/memory.ts";
import { before, fleet, instance, off, record, releaseGoal, settled, v1, v2, weights, world } from "../worlds.ts";

const v3 = { ...v2, imageId: "ami-00000000000000003" };
const v4 = { ...v2, imageId: "ami-00000000000000004" };
const green = (change: Partial<FleetFacts>): LiveState["fleets"] => ({
  blue: fleet("blue"),
  green: fleet("green", change),
});
const since = (seconds: number, blue: number, share: number) => ({ at: before(seconds), blue, green: share });
const running = (change: Parameters<typeof record>[0] = {}) => ({ record: record(change) });
const checked: Memory = { ...nothingDone, checked: true };
const repaired: Memory = { ...checked, repaired: true };
const fresh = nothingDone;
const grown = { blue: fleet("blue", { registered: 3, healthy: 3, desired: 3 }), green: fleet("green") };
const served = { weights: weights(0, 100), settings: settled({ activeColor: "green" }) };
const bakes = (seconds: number) => ({
  ...served,
  ...running({ stage: "bake", servesSince: before(seconds), weights: [since(seconds, 0, 100)] }),
});
const released = { ...served, ...running({ outcome: "released", endedAt: before(100) }) };

test.each<[string, Partial<LiveState>, Partial<Goal>, Memory, Next]>([
  [
    "another image waits: stage",
    { fleets: green({ image: v1 }) },
    {},
    fresh,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "the standby has come up, and the state doesn't know it yet: stage",
    { settings: settled({ standby: "off" }) },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "the standby is off: stage",
    { fleets: { blue: fleet("blue"), green: off("green") } },
    { previewSize: 1 },
    fresh,
    { kind: "stage", color: "green", previewSize: 1 },
  ],
  ["staged: check", {}, {}, fresh, { kind: "check", color: "green" }],
  ["checked: the first share", {}, {}, checked, { kind: "shift", color: "green", weight: 10 }],
  [
    "checked, and the rollback is to be proved: prove",
    {},
    { provesRollback: true },
    checked,
    { kind: "prove", color: "green" },
  ],
  [
    "proved: the first share",
    {},
    { provesRollback: true },
    { ...checked, proved: true },
    { kind: "shift", color: "green", weight: 10 },
  ],
  [
    "a preview that was checked, and the rollback is to be proved: grow first",
    { settings: settled({ previewSize: 1 }), fleets: green({ healthy: 1, registered: 1 }) },
    { provesRollback: true },
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "not as healthy as what serves, and the rollback is to be proved: stage",
    { fleets: green({ healthy: 1 }) },
    { provesRollback: true },
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "it has requests: nothing is proved any more",
    { weights: weights(90, 10), ...running({ weights: [since(0, 90, 10)] }) },
    { provesRollback: true },
    fresh,
    { kind: "hold", color: "green", seconds: 60 },
  ],
  [
    "checked, all at once: flip",
    {},
    { strategy: parseStrategy("all-at-once") },
    checked,
    { kind: "flip", color: "green" },
  ],
  [
    "not as healthy as what serves: stage",
    { fleets: green({ healthy: 1 }) },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "targets of others: stage",
    { fleets: green({ staleTargets: ["i-1"] }) },
    {},
    repaired,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "the serving fleet has grown: stage",
    { fleets: grown },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "a preview that isn't whole: stage it again",
    { settings: settled({ previewSize: 1 }), fleets: green({ healthy: 0 }) },
    {},
    fresh,
    { kind: "stage", color: "green", previewSize: 1 },
  ],
  [
    "a preview: check",
    { settings: settled({ previewSize: 1 }), fleets: green({ healthy: 1, registered: 1 }) },
    {},
    fresh,
    { kind: "check", color: "green" },
  ],
  [
    "a preview that was checked: grow",
    { settings: settled({ previewSize: 1 }), fleets: green({ healthy: 1, registered: 1 }) },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "a share since 20 s: hold",
    { weights: weights(90, 10), ...running({ weights: [since(20, 90, 10)] }) },
    {},
    fresh,
    { kind: "hold", color: "green", seconds: 40 },
  ],
  [
    "a share that nobody knows the age of: hold it whole",
    { weights: weights(90, 10), ...running({ weights: [since(20, 95, 5)] }) },
    {},
    fresh,
    { kind: "hold", color: "green", seconds: 60 },
  ],
  [
    "a share since a minute, which another run has watched: one more look",
    { weights: weights(90, 10), ...running({ weights: [since(70, 90, 10)] }) },
    {},
    fresh,
    { kind: "hold", color: "green", seconds: 1 },
  ],
  [
    "a share since a minute: flip",
    { weights: weights(90, 10), ...running({ weights: [since(60, 90, 10)] }) },
    {},
    { ...fresh, watched: 10 },
    { kind: "flip", color: "green" },
  ],
  [
    "a canary that is not healthy is for the look to judge",
    { weights: weights(90, 10), fleets: green({ healthy: 1 }), ...running({ weights: [since(0, 90, 10)] }) },
    {},
    fresh,
    { kind: "hold", color: "green", seconds: 60 },
  ],
  [
    "a canary beside a fleet that has grown: grow",
    { weights: weights(90, 10), fleets: grown, ...running() },
    {},
    fresh,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  ["all traffic since 200 s: bake the rest", bakes(200), {}, fresh, { kind: "bake", color: "green", seconds: 400 }],
  ["all traffic for long: one look at least", bakes(700), {}, fresh, { kind: "bake", color: "green", seconds: 0 }],
  ["released: done", released, {}, fresh, { kind: "done", color: "green" }],
  [
    "released, the old fleet to stay 5 minutes: keep",
    released,
    { retireAfterSeconds: 300 },
    fresh,
    { kind: "keep", seconds: 200 },
  ],
  [
    "released, and kept long enough: retire",
    released,
    { retireAfterSeconds: 100 },
    fresh,
    { kind: "retire", color: "blue" },
  ],
  [
    "released, and retired: done",
    { ...released, fleets: { blue: off("blue"), green: fleet("green") } },
    { retireAfterSeconds: 0 },
    fresh,
    { kind: "done", color: "green" },
  ],
  [
    "served before any record: retire at once",
    { ...served, record: undefined },
    { retireAfterSeconds: 300 },
    fresh,
    { kind: "retire", color: "blue" },
  ],
  [
    "a rollback was begun",
    { ...served, ...running({ stage: "rollback", why: "errors" }) },
    {},
    checked,
    { kind: "rollback", to: "blue", why: "errors" },
  ],
  [
    "given a whole fleet whose launch template a failed staging left changed: stage before traffic moves, or the guard refuses",
    { fleets: green({ templateImage: v3.imageId }) },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "given a whole fleet that is bound to an earlier version of its launch template: stage, or the flip would replace it",
    { fleets: green({ templateAhead: true }) },
    {},
    checked,
    { kind: "stage", color: "green", previewSize: 0 },
  ],
  [
    "given targets that are none of the fleet's, when they were not looked into yet: put it in order",
    { fleets: green({ staleTargets: ["i-1"] }) },
    {},
    checked,
    { kind: "recover", why: "the target group of green holds i-1, which are none of its fleet" },
  ],
  [
    "given a group that the state doesn't know: put it in order before anything else",
    { unknownGroups: ["app-green-group-9"], ...running({ stage: "rollback" }) },
    {},
    fresh,
    {
      kind: "recover",
      why: "Auto Scaling groups carry this stack's tags and are not in its state: app-green-group-9",
    },
  ],
  [
    "given a scaling policy that the state doesn't know: put it in order, or its successor is refused",
    { unknownPolicies: ["app-green-cpu-9999999"] },
    {},
    fresh,
    { kind: "recover", why: "scaling policies of this stack's groups are not in its state: app-green-cpu-9999999" },
  ],
  [
    "given a group whose bounds a lost answer hides from the state: put it in order, or no update ever lowers them",
    { changedGroups: ["app-blue-group-1"] },
    {},
    fresh,
    { kind: "recover", why: "Auto Scaling groups have other bounds than the state says: app-blue-group-1" },
  ],
  [
    "given a record whose colour serves another image, when a third is released: its bake blocks no other release",
    { ...served, ...running({ image: v3, servesSince: before(100) }) },
    { imageId: v4.imageId },
    fresh,
    { kind: "stage", color: "blue", previewSize: 0 },
  ],
  [
    "given a record of the same image on the other colour, when its release is given again: nothing to bake",
    { ...served, ...running({ color: "blue", from: { color: "green", image: v1 } }) },
    {},
    fresh,
    { kind: "done", color: "green" },
  ],
  [
    "given a rollback of another image, it goes on",
    running({ stage: "rollback", image: v1 }),
    {},
    fresh,
    { kind: "check", color: "green" },
  ],
  [
    "given an earlier rollback that has ended, it goes on",
    running({ stage: "rollback", outcome: "rolled-back" }),
    {},
    fresh,
    { kind: "check", color: "green" },
  ],
])("%s", (_, change, wanted, memory, next) => {
  expect(nextStep(world(change), releaseGoal(wanted), memory)).toEqual(next);
});

test.each<[string, Partial<LiveState>, Partial<Goal>, Memory, Next["kind"], RegExp]>([
  [
    "another image while this one bakes: refused, the old fleet is the rollback",
    bakes(60),
    { imageId: "ami-33333333" },
    fresh,
    "refuse",
    /the bake of v2\.0\.0 is not over, and blue is its rollback target/,
  ],
  [
    "pending operations come first",
    { pending: ["urn:pulumi:dev::a::b::app-listener"], ...bakes(1) },
    {},
    checked,
    "recover",
    /worked on app-listener$/,
  ],
  [
    "traffic that the state doesn't know comes first, too",
    { weights: { live: { blue: 0, green: 100 }, recorded: { blue: 100, green: 0 } } },
    {},
    checked,
    "recover",
    /live weights are blue 0 %, green 100 %, the state says blue 100 %, green 0 %/,
  ],
  [
    "another release has a share",
    { weights: weights(90, 10), fleets: green({ image: v1 }) },
    {},
    checked,
    "refuse",
    /green \(v1.0.0\) gets 10 % .* bluegreen rollback/,
  ],
  [
    "another release has a share beside this image",
    { weights: weights(10, 90), settings: settled({ activeColor: "green" }) },
    {},
    checked,
    "refuse",
    /split \(blue 10 %, green 90 %\) while green already has this image/,
  ],
  [
    "given five stagings without effect, it is refused",
    { fleets: green({ staleTargets: ["i-9"] }) },
    {},
    { ...repaired, staged: 5 },
    "refuse",
    /green is not whole after 5 updates: 2 of 2 .* holds i-9/,
  ],
])("%s", (_, change, wanted, memory, kind, why) => {
  expect(nextStep(world(change), releaseGoal(wanted), memory)).toEqual({
    kind,
    why: expect.stringMatching(why) as string,
  });
});

test("nothing is unfinished in a stack at rest", () => expect(unfinished(world())).toBeUndefined());

describe("a fleet that can't go is not replaced", () => {
  const held = { image: v1, suspended: ["Terminate (me)"] };
  test.each<[string, Partial<FleetFacts>, Next["kind"]]>([
    ["its group ends no instances", held, "refuse"],
    ["an instance is in Standby", { image: v1, instances: [instance("green", 1, { lifecycle: "Standby" })] }, "refuse"],
    ["it holds nothing", { ...held, instances: [] }, "stage"],
    ["it holds the image already", { ...held, image: v2, healthy: 1 }, "stage"],
  ])("%s: %s", (_, change, kind) =>
    expect(nextStep(world({ fleets: green(change) }), releaseGoal(), checked).kind).toBe(kind),
  );
});
