import { standingZones, typeFaults, zoneFaults, zonesFor, type ZoneQuestion } from "../../deployment/zones.ts";

const question: ZoneQuestion = {
  named: [],
  count: 2,
  available: ["a", "b", "c"],
  standing: undefined,
  offering: ["a", "b", "c"],
};

describe("zones of the stack's own VPC", () => {
  test.each<[string, Partial<ZoneQuestion>, string[]]>([
    ["a new one gets the first by name", {}, ["a", "b"]],
    ["a new one passes a zone that lacks the type", { offering: ["a", "c"] }, ["a", "c"]],
    ["where too few zones offer the type, the first by name stay, to be refused", { offering: ["c"] }, ["a", "b"]],
    ["the offers were not asked for", { offering: undefined }, ["a", "b"]],
    ["those that are named, in their order", { named: ["c", "a"], standing: ["a", "b"] }, ["c", "a"]],
    [
      "a stack that stands keeps its own, whatever offers the type",
      { standing: ["b", "c"], offering: ["a"] },
      ["b", "c"],
    ],
    ["a stack that stands keeps a zone that is out of order", { standing: ["b", "z"] }, ["b", "z"]],
    ["more by an override: its own first, each once", { standing: ["a", "c"], count: 3 }, ["a", "c", "b"]],
  ])("%s", (_, change, zones) => {
    expect(zonesFor({ ...question, ...change })).toEqual(zones);
  });

  test("a state of before zones were recorded stands in the first by name", () => {
    expect(standingZones({ availabilityZoneCount: 2 }, ["a", "b", "c"])).toEqual(["a", "b"]);
    expect(standingZones({ availabilityZoneCount: 2, availabilityZones: ["b", "c"] }, ["a", "b", "c"])).toEqual([
      "b",
      "c",
    ]);
  });
});

describe("faults", () => {
  test("a region with too few zones is told with its zones", () => {
    expect(zoneFaults(["a", "b"], { ...question, count: 3, available: ["a", "b"] })).toEqual([
      "availabilityZoneCount is 3, but the region has 2 zones: a, b. Set it to 2, or use another region.",
    ]);
  });

  test("a zone that is not the region's is told with those that are", () => {
    expect(zoneFaults(["a", "x", "y"], question)).toEqual([
      "availabilityZones has x, y, which this account's region does not have; it has a, b, c. " +
        'Name 2 of these: pulumi config set --path "availabilityZones[0]" a',
    ]);
    expect(zoneFaults(["a", "b"], { ...question, available: ["a", "b"] })).toEqual([]);
  });

  test("a type that a zone lacks is told with the zones that have it", () => {
    expect(typeFaults("g7.2xlarge", ["a", "b", "b"], ["c", "a"], "use others")).toEqual([
      "instanceType g7.2xlarge is not offered in b; a, c do. Set another instanceType, or use others.",
    ]);
    expect(typeFaults("x.y", ["b", "a"], [], "use others")[0]).toContain("in a, b; no zone of this region does.");
    expect(typeFaults("t3.small", ["a", "b"], ["a", "b", "c"], "use others")).toEqual([]);
  });
});
