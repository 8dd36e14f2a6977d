import { byColor } from "../../../deployment/model.ts";
import { outlived, standbyFacts, standbyText } from "../../../cli/status/standby.ts";
import type { LiveState } from "../../../cli/state/model.ts";
import { before, fleet, instance, now, off, record, settled, world } from "../worlds.ts";

/** Blue serves; green stands by with instances of these types. */
const standing = (types: (string | undefined)[], change: Partial<LiveState> = {}): LiveState => {
  const instances = types.map((type, index) => instance("green", index, { type }));
  return world({
    fleets: { blue: fleet("blue"), green: fleet("green", { instances, spotPercentage: 50 }) },
    ...change,
  });
};
const text = (state: LiveState) => {
  const facts = standbyFacts(state);
  return facts && standbyText(facts);
};

describe("what a standby costs", () => {
  test("is its instances' hours by the dated list of its region", () => {
    const state = standing(["t3.small", "t3.small"]);
    expect(standbyFacts(state)).toEqual({
      color: "green",
      instances: { "t3.small": 2 },
      usdAnHour: 0.048,
      pricesOf: "2025-05-28",
      region: "eu-central-1",
      spotPercentage: 50,
    });
    expect(text(state)).toBe(
      "green keeps 2 t3.small: 0.048 USD an hour, 35 a month, on demand in eu-central-1 by the list of 2025-05-28; " +
        "50 % of it is bought as Spot, for less",
    );
    expect(text(standing(["t3.small"], { region: "us-east-1" }))).toContain(
      "green keeps 1 t3.small: 0.021 USD an hour",
    );
  });

  test("says nothing of Spot where none is bought", () => {
    const instances = [instance("green", 1, { type: "t3.small" })];
    const state = world({ fleets: { blue: fleet("blue"), green: fleet("green", { instances }) } });
    expect(standbyFacts(state)?.spotPercentage).toBe(0);
    expect(text(state)).toBe(
      "green keeps 1 t3.small: 0.024 USD an hour, 18 a month, on demand in eu-central-1 by the list of 2025-05-28",
    );
  });

  test.each<[string, LiveState, string]>([
    [
      "a type",
      standing(["t3.small", "x9.large"]),
      "green keeps 1 t3.small and 1 x9.large; what that costs is not known",
    ],
    [
      "a region",
      standing(["t3.small"], { region: "xx-north-9" }),
      "the price table of 2025-05-28 lacks it in xx-north-9",
    ],
    [
      "an untold type",
      standing([undefined]),
      "green keeps 1 of a type that AWS does not tell; what that costs is not known",
    ],
  ])("given %s that the table lacks, then it is not guessed", (_, state, words) => {
    expect(standbyFacts(state)?.usdAnHour).toBeUndefined();
    expect(text(state)).toContain(words);
  });

  test("is not told of a colour that serves, has a share, or is off", () => {
    expect(standbyFacts(world({ fleets: { blue: fleet("blue"), green: off("green") } }))).toBeUndefined();
    expect(standbyFacts(standing([]))).toBeUndefined();
    const canary = { live: { blue: 90, green: 10 }, recorded: { blue: 90, green: 10 } };
    expect(standbyFacts(standing(["t3.small"], { weights: canary }))).toBeUndefined();
  });
});

describe("what outlives its release", () => {
  const hour = 3600;
  const ended = (seconds: number) => record({ outcome: "released", endedAt: before(seconds) });
  const floor = { settings: settled({ capacityFloor: 3 }) };

  test("is the standby, and a floor, from the set time on", () => {
    const warnings = (seconds: number, hours = 24) => outlived(world({ ...floor, record: ended(seconds) }), now, hours);
    expect(warnings(24 * hour)).toEqual([]);
    expect(warnings(50 * hour)).toEqual([
      "green still stands by 2 d after the last release ended; bluegreen retire switches it off",
      "capacityFloor 3 still keeps the fleets from shrinking 2 d after the last release ended; " +
        "bluegreen retire lifts it, or pulumi config set capacityFloor 0 and pulumi up",
    ]);
    expect(warnings(50 * hour, 72)).toEqual([]);
    expect(warnings(2 * hour, 1)).toHaveLength(2);
  });

  test("is nothing while a release runs, and where no record tells since when", () => {
    expect(outlived(world({ ...floor, record: record({ startedAt: before(90 * hour) }) }), now, 24)).toEqual([]);
    expect(outlived(world(floor), now, 24)).toEqual([]);
  });

  test("is nothing where the standby is off and there is no floor", () => {
    const fleets = byColor((color) => (color === "blue" ? fleet(color) : off(color)));
    expect(outlived(world({ fleets, record: ended(90 * hour) }), now, 24)).toEqual([]);
  });
});
