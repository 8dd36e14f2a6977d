import { costOf, costText, type CostArgs } from "../../../cli/plan/cost.ts";
import type { PlannedStep } from "../../../cli/plan/steps.ts";
import { fleet, off, world } from "../worlds.ts";

const stage = (capacityFloor: number, previewSize = 0): PlannedStep => ({
  kind: "stage",
  what: "",
  change: { capacityFloor, previewSize },
});
const bake: PlannedStep = { kind: "bake", what: "", seconds: 600 };
const retire: PlannedStep = { kind: "retire", what: "", change: { standby: "off", capacityFloor: 0 } };

const cost = (change: Partial<CostArgs> = {}) =>
  costOf({
    world: world(),
    steps: [stage(2), bake],
    settings: { instanceType: "t3.micro", spotPercentage: 0 },
    seconds: 1800,
    standbyHours: 24,
    ...change,
  });

test("the second fleet costs its instances' price for the release, and for as long as the old fleet stays after it", () => {
  expect(cost()).toMatchObject({ instances: 2, usdAnHour: 0.024, hours: { release: 0.5, standby: 24 } });
  expect(cost()?.usd).toBeCloseTo(0.024 * 24.5);
});

test("given a release that retires, then it ends with that", () => {
  expect(cost({ steps: [stage(2), bake, retire] })?.hours).toEqual({ release: 0.5, standby: 0 });
  expect(cost({ steps: [stage(2), bake, retire] })?.usd).toBeCloseTo(0.024 * 0.5);
});

test("given a preview of one instance, then the whole fleet counts", () =>
  expect(cost({ steps: [stage(3, 1), stage(3), bake] })?.instances).toBe(3));

test("given an image that is staged already, then what stands by counts", () => {
  const fleets = { blue: fleet("blue"), green: fleet("green", { desired: 4 }) };
  expect(cost({ world: world({ fleets }), steps: [bake] })?.instances).toBe(4);
});

test.each<[string, Partial<CostArgs>]>([
  ["nothing to do", { steps: [] }],
  ["nothing that stands by", { world: world({ fleets: { blue: fleet("blue"), green: off("green") } }), steps: [bake] }],
])("given %s, then there is no cost", (_, change) => expect(cost(change)).toBeUndefined());

test.each<[string, Partial<CostArgs>, string]>([
  [
    "all of it",
    {},
    "2 t3.micro beside the serving fleet: 0.024 USD an hour on demand in eu-central-1, by the list of 2025-05-28; 0.59 USD for 30m of the release and 24h that the old fleet stays after it (standbyHours)",
  ],
  [
    "Spot, and a retirement",
    { settings: { instanceType: "t3.micro", spotPercentage: 50 }, steps: [stage(2), bake, retire] },
    "2 t3.micro beside the serving fleet: 0.024 USD an hour on demand in eu-central-1, by the list of 2025-05-28, less for the 50 % that is bought as Spot; 0.01 USD for 30m of the release",
  ],
  [
    "a type that the table lacks",
    { settings: { instanceType: "x9.huge", spotPercentage: 0 } },
    "2 x9.huge beside the serving fleet; what that costs is not known: the price table of 2025-05-28 lacks it in eu-central-1",
  ],
])("a person reads %s", (_, change, text) => {
  const found = cost(change);
  expect(found && costText(found)).toBe(text);
});
