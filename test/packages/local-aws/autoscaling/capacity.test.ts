import fc from "fast-check";
import {
  nextIsSpot,
  planCapacity,
  resized,
  type CapacityFacts,
} from "../../../../packages/local-aws/autoscaling/capacity.ts";

type FactMember = CapacityFacts["members"][number];

/** A member by a short word: zone, then `!` for unhealthy, `p` for pending, `t` for terminating, `s` for protected, `y` for Standby. */
function member(word: string, index: number): FactMember {
  return {
    id: `${index}${word}`,
    zone: word.charAt(0),
    health: word.includes("!") ? "Unhealthy" : "Healthy",
    lifecycle: lifecycleOf(word),
    launchedAt: new Date(index),
    protectedFromScaleIn: word.includes("s"),
  };
}

const lifecycleOf = (word: string): FactMember["lifecycle"] => {
  if (word.includes("y")) return "Standby";
  return word.includes("p") ? "Pending" : word.includes("t") ? "Terminating" : "InService";
};

function facts(desired: number, words: string[], over: Partial<CapacityFacts> = {}): CapacityFacts {
  return {
    desired,
    zones: ["a", "b"],
    launching: [],
    members: words.map(member),
    terminationPolicies: ["Default"],
    ...over,
  };
}

const replaceFirst = { maintenance: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 } };

describe("planCapacity", () => {
  const cases: [string, CapacityFacts, string[], string[]][] = [
    ["spreads a new group over the zones", facts(3, []), ["a", "b", "a"], []],
    ["fills the emptier zone", facts(3, ["a", "a"]), ["b"], []],
    ["leaves an instance in Standby alone, and counts it for nothing", facts(1, ["ay", "b"]), [], []],
    ["replaces an instance in Standby where the desired capacity stays", facts(2, ["ay", "b"]), ["a"], []],
    ["does nothing at the desired capacity", facts(2, ["a", "b"]), [], []],
    ["counts launches under way", facts(2, ["a"], { launching: [{ zone: "b" }] }), [], []],
    ["counts pending ones", facts(2, ["a", "bp"]), [], []],
    ["doesn't count leaving ones", facts(2, ["a", "bt"]), ["b"], []],
    ["takes the oldest of the fullest zone", facts(2, ["b", "a", "a"]), [], ["1a"]],
    [
      "takes the newest where the policy says so",
      facts(1, ["a", "a"], { terminationPolicies: ["NewestInstance"] }),
      [],
      ["1a"],
    ],
    ["spares protected ones", facts(0, ["as", "b"]), [], ["1b"]],
    ["empties a group", facts(0, ["a", "b"]), [], ["0a", "1b"]],
    ["ends and replaces an unhealthy one at once", facts(2, ["a!", "b"]), ["a"], ["0a!"]],
    ["replaces first under a maintenance policy", facts(2, ["a!", "b"], replaceFirst), ["a"], []],
    ["waits for the replacement", facts(2, ["a!", "b", "ap"], replaceFirst), [], []],
    ["ends the unhealthy one then", facts(2, ["a!", "b", "a"], replaceFirst), [], ["0a!"]],
    ["keeps within the policy's maximum", facts(2, ["a!", "b!"], replaceFirst), ["a"], []],
    ["goes on one by one when all are unhealthy", facts(2, ["a!", "b!", "a"], replaceFirst), [], ["0a!"]],
  ];
  test.each(cases)("%s", (_name, given, launch, terminate) => {
    const plan = planCapacity(given);
    expect(plan.launch).toEqual(launch);
    expect(plan.terminate.map(({ id }) => id)).toEqual(terminate);
  });

  test("reaches the desired capacity with balanced zones, whatever was there", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c", "a!", "b!", "at", "cp"), { maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 10 }), (given, desired) => {
        const start = facts(desired, given, { zones: ["a", "b", "c"] });
        const plan = planCapacity(start);
        const gone = new Set(plan.terminate.map(({ id }) => id));
        const kept = start.members.filter((m) => m.lifecycle !== "Terminating" && !gone.has(m.id));
        expect(kept.every((m) => m.health === "Healthy")).toBe(true);
        expect(kept.length + plan.launch.length).toBe(desired);
        const zones = [...kept.map((m) => m.zone), ...plan.launch];
        const counts = ["a", "b", "c"].map((zone) => zones.filter((taken) => taken === zone).length);
        if (given.length === 0) {
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

test.each([
  [
    { maxSize: 0, minSize: 0 },
    { minSize: 0, maxSize: 0, desired: 0 },
  ],
  [{ minSize: 3 }, { minSize: 3, maxSize: 4, desired: 3 }],
  [{ minSize: 0 }, { minSize: 0, maxSize: 4, desired: 2 }],
  [
    { maxSize: 1, minSize: 1 },
    { minSize: 1, maxSize: 1, desired: 1 },
  ],
  [{ desired: 9 }, { minSize: 1, maxSize: 4, desired: 9 }],
])("resized by %p", (change, expected) => {
  expect(resized({ minSize: 1, maxSize: 4, desired: 2 }, change)).toEqual(expected);
});

describe("nextIsSpot", () => {
  const policy = (OnDemandBaseCapacity: number, OnDemandPercentageAboveBaseCapacity: number) => ({
    LaunchTemplate: { LaunchTemplateSpecification: {} },
    InstancesDistribution: { OnDemandBaseCapacity, OnDemandPercentageAboveBaseCapacity },
  });
  /** The kinds of a group's first four instances, `s` for Spot. */
  const firstFour = (given: ReturnType<typeof policy> | undefined) => {
    const running: { spot: boolean }[] = [];
    for (let index = 0; index < 4; index++) {
      running.push({ spot: nextIsSpot(given, running) });
    }
    return running.map(({ spot }) => (spot ? "s" : "d")).join("");
  };
  test.each([
    [undefined, "dddd"],
    [policy(0, 0), "ssss"],
    [policy(1, 0), "dsss"],
    [policy(0, 100), "dddd"],
    [policy(0, 50), "dsds"],
  ])("%p gives %s", (given, expected) => {
    expect(firstFour(given)).toBe(expected);
  });
});
