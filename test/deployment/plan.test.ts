import { planUpdate } from "../../deployment/plan.ts";
import {
  byColor,
  type ByColor,
  type Capacity,
  type Color,
  type CurrentState,
  type LaunchSpec,
  type DesiredState,
} from "../../deployment/model.ts";
import { machine, off, serving, warm } from "../components/two-fleets.ts";

describe("capacity", () => {
  test.each<[string, Partial<DesiredState>, ByColor<Capacity>]>([
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
    [
      "a standby that is being tried",
      { previewSize: 1 },
      { blue: { minSize: 2, maxSize: 4 }, green: { minSize: 1, maxSize: 4 } },
    ],
    [
      "a standby that is tried with more than serve",
      { previewSize: 3 },
      { blue: { minSize: 2, maxSize: 4 }, green: { minSize: 3, maxSize: 4 } },
    ],
    [
      "blue is tried while green serves",
      { previewSize: 1, activeColor: "green" },
      { blue: { minSize: 1, maxSize: 4 }, green: { minSize: 2, maxSize: 4 } },
    ],
    [
      "one that is being tried is not held at the floor",
      { previewSize: 1, capacityFloor: 3 },
      { blue: { minSize: 3, maxSize: 4 }, green: { minSize: 1, maxSize: 4 } },
    ],
    [
      "a canary is as large as its trial: what it needs, the gate asks",
      { previewSize: 1, standbyWeight: 10 },
      { blue: { minSize: 2, maxSize: 4 }, green: { minSize: 1, maxSize: 4 } },
    ],
    [
      "no trial of a fleet that is off",
      { previewSize: 1, standby: "off" },
      { blue: { minSize: 2, maxSize: 4 }, green: off },
    ],
  ])("%s", (_, wanted, expected) =>
    expect(planUpdate({ ...warm, ...wanted }, undefined).plan.capacity).toEqual(expected),
  );
});

describe("a first update", () => {
  test.each<[string, Partial<DesiredState>]>([
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

describe("whom an update waits for, and who takes back a canary", () => {
  const canary = { ...serving, weights: { blue: 90, green: 10 } };
  const flipped = { ...serving, weights: { blue: 0, green: 100 } };
  test.each<[string, Partial<DesiredState>, CurrentState, Color[], Color | undefined]>([
    ["nothing moves: the standby alone comes beside what serves", {}, serving, ["blue", "green"], undefined],
    ["a flip: the one that serves before is left alone", { activeColor: "green" }, serving, ["green"], undefined],
    ["a canary", { standbyWeight: 10 }, serving, ["blue", "green"], undefined],
    ["a canary that is taken back waits for nobody", {}, canary, [], "blue"],
    ["a canary that grows", { standbyWeight: 20 }, canary, ["blue", "green"], undefined],
    ["a canary that shrinks", { standbyWeight: 5 }, canary, ["green"], "blue"],
    ["a canary that stays", { standbyWeight: 10 }, canary, ["blue", "green"], undefined],
    ["a canary that becomes the active colour", { activeColor: "green" }, canary, ["green"], undefined],
    ["the active colour comes back from nothing: it is waited for", {}, flipped, ["blue"], undefined],
    ["a standby that is off", { standby: "off" }, serving, ["blue"], undefined],
  ])("%s", (_, wanted, deployed, awaited, abortTo) =>
    expect(planUpdate({ ...warm, ...wanted }, deployed).plan).toMatchObject({ awaited, abortTo }),
  );
});

describe("machine settings that wait", () => {
  const bigger = byColor((color) => ({ ...warm.machines[color], instanceType: "m7i.large", detailedMonitoring: true }));
  const kept = (color: Color) => [
    `${color} has traffic and keeps instanceType t3.small; m7i.large reaches it once it has none`,
    `${color} has traffic and keeps detailedMonitoring false; true reaches it once it has none`,
  ];

  it("given another rate for volumes, then a fleet with traffic keeps its own", () => {
    const faster = byColor((color) => ({ ...warm.machines[color], volumeInitializationRate: 200 }));
    const { plan } = planUpdate({ ...warm, machines: faster }, serving);
    expect(plan.machines.blue.volumeInitializationRate).toBeUndefined();
    expect(plan.deferred).toContain(
      "blue has traffic and keeps volumeInitializationRate unset; 200 reaches it once it has none",
    );
  });

  test.each<[string, Partial<DesiredState>, ByColor<number>, Color[]]>([
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
  const asked = (machines: ByColor<LaunchSpec>) =>
    byColor((c) => [machines[c].healthCheckPath, machines[c].versionPath]);
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

  test("stay with an image that no longer serves: a rollback must pass its own health checks", () => {
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
  const gated = (machines: ByColor<LaunchSpec>) => byColor((color) => machines[color].bootGate);
  const without = (imageId: string): LaunchSpec => ({ ...machine(imageId), bootGate: false });

  test.each<[string, ByColor<LaunchSpec>, CurrentState | undefined, ByColor<boolean>]>([
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

  test.each<[string, Partial<DesiredState>, string[]]>([
    ["both have one", {}, []],
    ["green's has none", { machines: { blue: machine("v1"), green: without("v2") } }, ["v2"]],
    ["nor has blue's", { machines: { blue: without("v1"), green: without("v2") } }, ["v1", "v2"]],
    ["one image is named once", { machines: { blue: without("v1"), green: without("v1") } }, ["v1"]],
    [
      "a fleet that is off is not told of",
      { machines: { blue: machine("v1"), green: without("v2") }, standby: "off" },
      [],
    ],
  ])("that is missing is told: %s", (_, wanted, images) =>
    expect(planUpdate({ ...warm, ...wanted }, undefined).plan.ungated).toEqual(
      images.map((image) => expect.stringMatching(`^${image} has no tag BootGate: boot-gate, `) as string),
    ),
  );

  const plain = { ...serving, machines: { blue: without("v1"), green: without("v2") } };
  const machines = { blue: without("v1"), green: without("v3") };
  test.each<[string, Partial<DesiredState>, CurrentState, string[]]>([
    ["what runs already", { machines: plain.machines }, plain, []],
    ["a new image alone", { machines }, plain, ["v3"]],
    [
      "an image that comes back from nothing",
      { machines: plain.machines },
      { ...plain, capacity: { ...plain.capacity, green: off } },
      ["v2"],
    ],
  ])("that is missing is told in a running stack: %s", (_, wanted, deployed, images) =>
    expect(planUpdate({ ...warm, ...wanted }, deployed).plan.ungated).toEqual(
      images.map((image) => expect.stringMatching(`^${image} has no tag`) as string),
    ),
  );
});
