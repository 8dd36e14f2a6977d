import type { LiveState } from "../../../cli/state/model.ts";
import { retireFault } from "../../../cli/rollout/retire.ts";
import { fleet, record, settled, v1, weights, world } from "../worlds.ts";

const greenServes = { weights: weights(0, 100), settings: settled({ activeColor: "green" }) };

test.each<[string, Partial<LiveState>]>([
  ["all is well", {}],
  ["the release has ended", { ...greenServes, record: record({ outcome: "released" }) }],
  ["given a record whose colour serves another image", { ...greenServes, record: record({ image: v1 }) }],
  ["what was staged is given up", { record: record({ stage: "check" }) }],
  [
    "what is suspended keeps no instance",
    { fleets: { blue: fleet("blue"), green: fleet("green", { suspended: ["Launch (me)"] }) } },
  ],
  ["the old fleet is ill", { fleets: { blue: fleet("blue"), green: fleet("green", { healthy: 0 }) } }],
])("the other fleet may go: %s", (_, change) => expect(retireFault(world(change))).toBeUndefined());

test.each<[string, Partial<LiveState>, RegExp]>([
  ["it has a share", { weights: weights(90, 10) }, /^green still gets 10 % .* Finish the cut-over/],
  [
    "the bake goes on",
    { ...greenServes, record: record({ stage: "bake" }) },
    /^the bake of v2.0.0 is not over, and blue/,
  ],
  [
    "its group ends no instances",
    { fleets: { blue: fleet("blue"), green: fleet("green", { suspended: ["Launch (me)", "Terminate (me)"] }) } },
    /^green's instances would stay: of its group app-green-group-1234567 Terminate \(me\) is suspended\. Resume it: aws/,
  ],
  [
    "what serves is ill",
    { fleets: { blue: fleet("blue", { healthy: 1 }), green: fleet("green") } },
    /^blue serves with 1 healthy instances and wants 2: green may be needed/,
  ],
])("the other fleet stays: %s", (_, change, fault) => expect(retireFault(world(change))).toMatch(fault));
