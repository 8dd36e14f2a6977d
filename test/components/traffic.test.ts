import {
  byColor,
  gaining,
  planUpdate,
  rollbackReadiness,
  weightsFor,
  type ByColor,
  type Capacity,
  type Color,
  type Deployed,
  type Foundation,
  type Machine,
  type Observed,
  type Wanted,
} from "../../components/traffic";

const machine = (imageId: string): Machine => ({
  imageId,
  instanceType: "t3.small",
  detailedMonitoring: false,
  healthCheckPath: "/readyz",
  versionPath: "/version",
  bootGate: true,
});
const foundation: Foundation = { vpcCidr: "10.0.0.0/16", availabilityZoneCount: 2, appPort: 3000, https: false };
const warm: Wanted = {
  activeColor: "blue",
  standby: "warm",
  standbyWeight: 0,
  minSize: 2,
  maxSize: 4,
  capacityFloor: 0,
  machines: { blue: machine("v1"), green: machine("v2") },
  foundation,
};
const serving: Deployed = {
  activeColor: "blue",
  weights: { blue: 100, green: 0 },
  machines: warm.machines,
  capacity: byColor(() => ({ minSize: 2, maxSize: 4 })),
  foundation,
};
const off: Capacity = { minSize: 0, maxSize: 0 };

describe("weights", () => {
  test.each<[Color, number, ByColor<number>]>([
    ["blue", 0, { blue: 100, green: 0 }],
    ["blue", 10, { blue: 90, green: 10 }],
    ["blue", 100, { blue: 0, green: 100 }],
    ["green", 0, { blue: 0, green: 100 }],
    ["green", 1, { blue: 1, green: 99 }],
  ])("%s serves, %i %% to the standby", (activeColor, standbyWeight, expected) =>
    expect(weightsFor(activeColor, standbyWeight)).toEqual(expected),
  );
});

describe("who gains", () => {
  test.each<[string, ByColor<number>, ByColor<number> | undefined, Color[]]>([
    ["nobody, nothing moves", { blue: 100, green: 0 }, { blue: 100, green: 0 }, []],
    ["green on a flip", { blue: 0, green: 100 }, { blue: 100, green: 0 }, ["green"]],
    ["blue when a canary is taken back", { blue: 100, green: 0 }, { blue: 90, green: 10 }, ["blue"]],
    ["whoever gets any on the first day", { blue: 100, green: 0 }, undefined, ["blue"]],
    ["both on a first day with a canary", { blue: 90, green: 10 }, undefined, ["blue", "green"]],
    ["both from a listener that names neither", { blue: 90, green: 10 }, { blue: 0, green: 0 }, ["blue", "green"]],
  ])("%s", (_, weights, recorded, expected) => expect(gaining(weights, recorded)).toEqual(expected));
});

describe("capacity", () => {
  test.each<[string, Partial<Wanted>, ByColor<Capacity>]>([
    ["warm: both at serving size", {}, { blue: { minSize: 2, maxSize: 4 }, green: { minSize: 2, maxSize: 4 } }],
    ["off: the standby has none", { standby: "off" }, { blue: { minSize: 2, maxSize: 4 }, green: off }],
    [
      "off follows the colour",
      { standby: "off", activeColor: "green" },
      { blue: off, green: { minSize: 2, maxSize: 4 } },
    ],
    ["a floor for both", { capacityFloor: 3 }, { blue: { minSize: 3, maxSize: 4 }, green: { minSize: 3, maxSize: 4 } }],
    [
      "a floor below the minimum",
      { capacityFloor: 1 },
      { blue: { minSize: 2, maxSize: 4 }, green: { minSize: 2, maxSize: 4 } },
    ],
    [
      "a floor raises no fleet that is off",
      { capacityFloor: 3, standby: "off" },
      { blue: { minSize: 3, maxSize: 4 }, green: off },
    ],
  ])("%s", (_, wanted, expected) =>
    expect(planUpdate({ ...warm, ...wanted }, undefined).plan.capacity).toEqual(expected),
  );
});

describe("a first update", () => {
  test.each<[string, Partial<Wanted>]>([
    ["blue alone", { standby: "off" }],
    ["green alone", { standby: "off", activeColor: "green" }],
    ["both with a canary", { standbyWeight: 10 }],
  ])("refuses nothing: %s", (_, wanted) => {
    const { plan, refusals } = planUpdate({ ...warm, ...wanted }, undefined);
    expect(refusals).toEqual([]);
    expect(plan).toMatchObject({ deferred: [], machines: warm.machines });
  });

  test("waits for every fleet that has instances", () => {
    expect(planUpdate(warm, undefined).plan).toMatchObject({ beforeListener: ["blue"], awaited: ["blue", "green"] });
    expect(planUpdate({ ...warm, standby: "off" }, undefined).plan.awaited).toEqual(["blue"]);
  });
});

describe("machine settings that wait", () => {
  const bigger = byColor((color) => ({ ...warm.machines[color], instanceType: "m7i.large", detailedMonitoring: true }));
  const kept = (color: Color) => [
    `${color} has traffic and keeps instanceType t3.small; m7i.large reaches it once it has none`,
    `${color} has traffic and keeps detailedMonitoring false; true reaches it once it has none`,
  ];

  test.each<[string, Partial<Wanted>, ByColor<number>, Color[]]>([
    ["the standby takes them at once", {}, { blue: 100, green: 0 }, ["blue"]],
    ["a colour that gets traffic waits", { activeColor: "green" }, { blue: 100, green: 0 }, ["blue", "green"]],
    ["a canary waits", { standbyWeight: 10 }, { blue: 90, green: 10 }, ["blue", "green"]],
    ["a canary that is taken back waits", {}, { blue: 90, green: 10 }, ["blue", "green"]],
    ["after a flip the other takes them", { activeColor: "green" }, { blue: 0, green: 100 }, ["green"]],
  ])("%s", (_, wanted, weights, waiting) => {
    const { plan, refusals } = planUpdate({ ...warm, ...wanted, machines: bigger }, { ...serving, weights });
    expect(refusals).toEqual([]);
    expect(plan.deferred).toEqual(waiting.flatMap(kept));
    expect(plan.machines).toEqual(byColor((color) => (waiting.includes(color) ? warm.machines : bigger)[color]));
  });
});

describe("paths that an image answers", () => {
  const paths = { healthCheckPath: "/up", versionPath: "/about" };
  const asked = (machines: ByColor<Machine>) => byColor((c) => [machines[c].healthCheckPath, machines[c].versionPath]);
  const old = ["/readyz", "/version"];

  test("come with the standby's next image, and leave the serving one's alone", () => {
    const machines = { blue: { ...machine("v1"), ...paths }, green: { ...machine("v3"), ...paths } };
    const { plan } = planUpdate({ ...warm, machines }, serving);
    expect(asked(plan.machines)).toEqual({ blue: old, green: ["/up", "/about"] });
    expect(plan.deferred).toEqual([
      "blue keeps healthCheckPath /readyz with its image; /up reaches it with its next one",
      "blue keeps versionPath /version with its image; /about reaches it with its next one",
    ]);
  });

  test("stay with an image that no longer serves: the way back must pass its own health checks", () => {
    const machines = { blue: { ...machine("v1"), ...paths }, green: { ...machine("v2"), ...paths } };
    const flipped = { ...serving, activeColor: "green" as const, weights: { blue: 0, green: 100 } };
    expect(asked(planUpdate({ ...warm, machines, activeColor: "green" }, flipped).plan.machines).blue).toEqual(old);
  });

  test("are the settings' on a stack's first update", () =>
    expect(
      asked(
        planUpdate({ ...warm, machines: byColor(() => ({ ...machine("v1"), ...paths })) }, undefined).plan.machines,
      ),
    ).toEqual(byColor(() => ["/up", "/about"])));
});

describe("a boot gate", () => {
  const gated = (machines: ByColor<Machine>) => byColor((color) => machines[color].bootGate);
  const without = (imageId: string): Machine => ({ ...machine(imageId), bootGate: false });

  test.each<[string, ByColor<Machine>, Deployed | undefined, ByColor<boolean>]>([
    [
      "is the image's on a stack's first update",
      { blue: machine("v1"), green: without("v2") },
      undefined,
      { blue: true, green: false },
    ],
    [
      "goes with the standby's next image",
      { blue: machine("v1"), green: without("v3") },
      serving,
      { blue: true, green: false },
    ],
    [
      "stays with the image that was deployed with one, whatever became of the tag",
      { blue: without("v1"), green: without("v2") },
      serving,
      { blue: true, green: true },
    ],
    [
      "doesn't come to an image that was deployed without one",
      warm.machines,
      { ...serving, machines: { blue: without("v1"), green: without("v2") } },
      { blue: false, green: false },
    ],
    [
      "comes with the standby's next image",
      { blue: machine("v1"), green: machine("v3") },
      { ...serving, machines: { blue: without("v1"), green: without("v2") } },
      { blue: false, green: true },
    ],
  ])("%s", (_, machines, deployed, expected) => {
    const { plan, refusals } = planUpdate({ ...warm, machines }, deployed);
    expect(refusals).toEqual([]);
    expect(plan.deferred).toEqual([]);
    expect(gated(plan.machines)).toEqual(expected);
  });

  test.each<[string, Partial<Wanted>, string[]]>([
    ["both have one", {}, []],
    ["green's has none", { machines: { blue: machine("v1"), green: without("v2") } }, ["v2"]],
    ["nor has blue's", { machines: { blue: without("v1"), green: without("v2") } }, ["v1", "v2"]],
    ["one image is named once", { machines: { blue: without("v1"), green: without("v1") } }, ["v1"]],
    ["a fleet that is off", { machines: { blue: machine("v1"), green: without("v2") }, standby: "off" }, []],
  ])("that is missing is told: %s", (_, wanted, images) =>
    expect(planUpdate({ ...warm, ...wanted }, undefined).plan.ungated).toEqual(
      images.map((image) => expect.stringMatching(`^${image} has no tag BootGate: boot-gate, `) as string),
    ),
  );
});

describe("the foundation", () => {
  test.each<[string, Partial<Foundation>, string]>([
    ["another VPC", { vpcId: "vpc-1" }, "vpcId can't change in a running stack (not set to vpc-1)"],
    [
      "another range",
      { vpcCidr: "10.1.0.0/16" },
      "vpcCidr can't change in a running stack (10.0.0.0/16 to 10.1.0.0/16)",
    ],
    ["another zone", { availabilityZoneCount: 3 }, "availabilityZoneCount can't change in a running stack (2 to 3)"],
    ["another port", { appPort: 8080 }, "appPort can't change in a running stack (3000 to 8080)"],
  ])("fails on %s", (_, change, expected) => {
    const { refusals } = planUpdate({ ...warm, foundation: { ...foundation, ...change } }, serving);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(expected);
    expect(refusals[0]).toContain("Set it back");
  });

  test("fails on HTTPS given up, whose redirect holds port 80; HTTPS may come", () => {
    const https = { ...foundation, https: true };
    const { refusals } = planUpdate(warm, { ...serving, foundation: https });
    expect(refusals).toEqual([expect.stringContaining("HTTPS can't be given up in a running stack")]);
    expect(planUpdate({ ...warm, foundation: https }, serving).refusals).toEqual([]);
  });

  test("fails with every reason at once", () => {
    const wanted = {
      ...warm,
      machines: { blue: machine("v3"), green: machine("v3") },
      foundation: { ...foundation, appPort: 1 },
    };
    expect(planUpdate({ ...wanted, activeColor: "green", standby: "off" }, serving).refusals).toHaveLength(4);
  });
});

test("a refusal says what serves, what would change and the way to do it", () => {
  const { refusals } = planUpdate({ ...warm, machines: { ...warm.machines, blue: machine("v3") } }, serving);
  expect(refusals).toEqual([
    "blue serves 100 % of the requests; its image may not change in place (v1 to v3). " +
      "Keep blueAmi v1, set greenAmi to the new image with standby: warm, update, then set activeColor: green.",
  ]);
});

test("what is live counts, not what was asked for last", () => {
  const flippedByHand = { ...serving, weights: { blue: 0, green: 100 } };
  const { refusals } = planUpdate({ ...warm, machines: { ...warm.machines, green: machine("v3") } }, flippedByHand);
  expect(refusals).toEqual([expect.stringContaining("green serves 100 % of the requests")]);
});

describe("the way back", () => {
  const seen = (registered: number, healthy = registered): Observed => ({ registered, healthy, foreign: [] });
  const both = { blue: seen(2), green: seen(2) };
  const { capacity, machines } = serving;
  type Case = [string, ByColor<number>, ByColor<Capacity>, ByColor<Machine>, ByColor<Observed>, string | undefined];

  test.each<Case>([
    ["both warm", { blue: 100, green: 0 }, capacity, machines, both, undefined],
    ["both warm, green serves", { blue: 0, green: 100 }, capacity, machines, both, undefined],
    [
      "the other is off",
      { blue: 100, green: 0 },
      { ...capacity, green: off },
      machines,
      both,
      "green is off (standby: off)",
    ],
    ["blue is off", { blue: 0, green: 100 }, { ...capacity, blue: off }, machines, both, "blue is off (standby: off)"],
    [
      "one image",
      { blue: 100, green: 0 },
      capacity,
      { blue: machine("v1"), green: machine("v1") },
      both,
      "green runs the same image as blue",
    ],
    [
      "too few",
      { blue: 100, green: 0 },
      capacity,
      machines,
      { blue: seen(3), green: seen(3, 2) },
      "green has 2 healthy targets, blue runs 3",
    ],
    ["more than needed", { blue: 100, green: 0 }, capacity, machines, { blue: seen(1), green: seen(2) }, undefined],
    [
      "a canary of most",
      { blue: 10, green: 90 },
      capacity,
      machines,
      { blue: seen(0), green: seen(1) },
      "blue has 0 healthy targets, green runs 1",
    ],
  ])("%s", (_, weights, bounds, made, observed, reason) =>
    expect(rollbackReadiness(weights, bounds, made, observed)).toEqual(
      reason ? { ready: false, reason } : { ready: true },
    ),
  );
});
