import { planUpdate } from "../../deployment/plan.ts";
import type { CurrentState, ImmutableSettings, DesiredState } from "../../deployment/model.ts";
import { foundation, machine, serving, warm } from "../components/two-fleets.ts";

describe("the foundation", () => {
  test.each<[string, Partial<ImmutableSettings>, string]>([
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

  test("fails on other zones, or the same in another order, and keeps those that nobody recorded", () => {
    const zones = (availabilityZones?: string[]) => ({ ...foundation, availabilityZones });
    const refused = (from?: string[], to?: string[]) =>
      planUpdate({ ...warm, foundation: zones(to) }, { ...serving, foundation: zones(from) }).refusals;
    expect(refused(["a", "b"], ["b", "a"])).toEqual([
      "the zones of the stack's VPC can't change (a, b to b, a, in the order of its subnets): its subnets would be replaced under " +
        'what serves. Set availabilityZones back to ["a","b"], or remove it, and use a new stack for other zones.',
    ]);
    expect(refused(["a", "b"], ["a", "c"])).toHaveLength(1);
    expect(refused(["a", "b"], ["a", "b"])).toEqual([]);
    expect(refused(undefined, ["a", "b"])).toEqual([]);
  });

  test("fails on HTTPS given up, whose redirect holds port 80; HTTPS may come", () => {
    const https = { ...foundation, https: true };
    const { refusals } = planUpdate(warm, { ...serving, foundation: https });
    expect(refusals).toEqual([
      "HTTPS can't be given up in a running stack: port 80 belongs to its redirect until the update is over. " +
        "Keep certificateArn or domain, and use a new stack for plain HTTP.",
    ]);
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

test("an image that comes and serves at once is refused, with the way to do it", () => {
  const machines = { ...warm.machines, green: machine("v3") };
  expect(planUpdate({ ...warm, machines, standbyWeight: 10 }, serving).refusals).toEqual([
    "green would change its image (v2 to v3) and start to serve in one update. First update with activeColor: blue and " +
      "standbyWeight: 0, try green through the preview listener, then move traffic.",
  ]);
});

test("a flip that would empty the rollback target is refused for that alone, and the standby may go without one", () => {
  expect(planUpdate({ ...warm, activeColor: "green", standby: "off" }, serving).refusals).toEqual([
    "a flip to green with standby: off would empty blue, the rollback target. " +
      "Set standby: warm, flip, and switch the standby off in a later update.",
  ]);
  expect(planUpdate({ ...warm, standby: "off" }, serving).refusals).toEqual([]);
  // Who serves by hand is no flip of the settings; the fleets may not shrink amid it all the same.
  const green = { ...serving, activeColor: "green" as const };
  expect(planUpdate({ ...warm, standby: "warm" }, green).refusals).toEqual([]);
});

test("a VPC that is no longer named is named as not set", () => {
  const own = { ...serving, foundation: { ...foundation, vpcId: "vpc-1" } };
  expect(planUpdate(warm, own).refusals).toEqual([expect.stringContaining("(vpc-1 to not set)")]);
});

test("what is live counts, not what was asked for last", () => {
  const flippedByHand = { ...serving, weights: { blue: 0, green: 100 } };
  const { refusals } = planUpdate({ ...warm, machines: { ...warm.machines, green: machine("v3") } }, flippedByHand);
  expect(refusals).toEqual([expect.stringContaining("green serves 100 % of the requests")]);
});

describe("an update that moves traffic", () => {
  const onTrial = { ...serving, capacity: { ...serving.capacity, green: { minSize: 1, maxSize: 4 } } };

  test.each<[string, Partial<DesiredState>, CurrentState, string[]]>([
    ["may let the standby grow from its trial", { activeColor: "green" }, onTrial, []],
    ["may bring a standby on trial a share, which the gate weighs", { previewSize: 1, standbyWeight: 10 }, onTrial, []],
    [
      "may not leave the other colour as small as a trial",
      { activeColor: "green", previewSize: 1 },
      onTrial,
      ["blue would go from 2-4 to 1-4 instances. Set previewSize: 0, or move traffic first; shrink in a later update."],
    ],
    [
      "may not lower a maximum alone",
      { activeColor: "green", maxSize: 3 },
      serving,
      ["blue would go from 2-4 to 2-3 instances.", "green would go from 2-4 to 2-3 instances. Move traffic first"],
    ],
    [
      "may not shrink the colour that gets traffic by its minimum, whatever the trial of the other",
      { activeColor: "green", minSize: 1, previewSize: 2 },
      serving,
      ["green would go from 2-4 to 1-4 instances. Move traffic first"],
    ],
    [
      "may not shrink what serves, and no trial is to blame",
      { activeColor: "green", minSize: 1 },
      serving,
      [
        "blue would go from 2-4 to 1-4 instances. Move traffic first;",
        "green would go from 2-4 to 1-4 instances. Move",
      ],
    ],
  ])("%s", (_, wanted, deployed, expected) =>
    expect(planUpdate({ ...warm, ...wanted }, deployed).refusals).toEqual(
      expected.map((text) => expect.stringContaining(text) as string),
    ),
  );
});

test("an update that moves no traffic may shrink both fleets", () =>
  expect(planUpdate({ ...warm, minSize: 1, maxSize: 2 }, serving).refusals).toEqual([]));
