import { rollbackReadiness } from "../../deployment/rollback-readiness.ts";
import type { ByColor, Capacity, LaunchSpec, TargetHealthSummary } from "../../deployment/model.ts";
import { machine, off, serving } from "../components/two-fleets.ts";

describe("rollback readiness", () => {
  const seen = (registered: number, healthy = registered): TargetHealthSummary => ({
    registered,
    healthy,
    staleTargets: [],
  });
  const both = { blue: seen(2), green: seen(2) };
  const { capacity, machines } = serving;
  type Case = [
    string,
    ByColor<number>,
    ByColor<Capacity>,
    ByColor<LaunchSpec>,
    Partial<ByColor<TargetHealthSummary>>,
    string | undefined,
  ];

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
    [
      "in a preview: green is not there yet",
      { blue: 100, green: 0 },
      capacity,
      machines,
      { blue: seen(2) },
      "known after the update, which changes green",
    ],
    [
      "in a preview: what the settings say is known before any fleet is there",
      { blue: 100, green: 0 },
      { ...capacity, green: off },
      machines,
      {},
      "green is off (standby: off)",
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
