import { rollbackReadiness, type RollbackQuestion } from "../../deployment/rollback-readiness.ts";
import type { TargetHealthSummary } from "../../deployment/model.ts";
import { off, serving } from "../components/two-fleets.ts";

const seen = (registered: number, healthy = registered, staleTargets: string[] = []): TargetHealthSummary => ({
  registered,
  healthy,
  staleTargets,
});
const shares = (blue: number) => ({ weights: { blue, green: 100 - blue }, recorded: { blue, green: 100 - blue } });
const { capacity } = serving;
const greenServes = { ...shares(0), activeColor: "green" } as const;

/** Blue serves, green stands by with another image, both whole. */
const warm: RollbackQuestion = {
  ...shares(100),
  foreign: [],
  activeColor: "blue",
  capacity,
  imageIds: { blue: "v1", green: "v2" },
  observed: { blue: seen(2), green: seen(2) },
};

describe("the rollback is ready", () => {
  test.each<[string, Partial<RollbackQuestion>, "blue" | "green"]>([
    ["both warm", {}, "green"],
    ["both warm, green serves", greenServes, "blue"],
    ["more than needed", { observed: { blue: seen(1), green: seen(2) } }, "green"],
    [
      "what serves fails: as many as are healthy there are enough",
      { ...greenServes, observed: { blue: seen(4), green: seen(5, 4) } },
      "blue",
    ],
    [
      "nothing that serves is healthy: one is enough",
      { ...greenServes, observed: { blue: seen(4, 1), green: seen(4, 0) } },
      "blue",
    ],
    ["a canary: back is what serves beside it", shares(90), "blue"],
    [
      "a canary: one healthy target is enough, for it serves already",
      { ...shares(10), observed: { blue: seen(2, 1, ["i-9"]), green: seen(4) } },
      "blue",
    ],
    ["a canary of the image that serves", { ...shares(90), imageIds: { blue: "v1", green: "v1" } }, "blue"],
  ])("%s", (_, question, to) => expect(rollbackReadiness({ ...warm, ...question })).toEqual({ ready: true, to }));
});

describe("fails to be ready", () => {
  test.each<[string, Partial<RollbackQuestion>, string]>([
    ["the other is off", { capacity: { ...capacity, green: off } }, "green is off (standby: off)"],
    ["blue is off", { ...greenServes, capacity: { ...capacity, blue: off } }, "blue is off (standby: off)"],
    ["one image", { imageIds: { blue: "v1", green: "v1" } }, "green runs the same image as blue"],
    ["something is known against it", { objection: "green was rolled back" }, "green was rolled back"],
    [
      "too few",
      { observed: { blue: seen(3), green: seen(3, 2) } },
      "green has 2 healthy targets and needs 3 for 100 % of the requests",
    ],
    [
      "nothing is healthy anywhere",
      { ...greenServes, observed: { blue: seen(4, 0), green: seen(4, 0) } },
      "blue has 0 healthy targets and needs 1 for 100 % of the requests",
    ],
    [
      "a canary beside nothing healthy",
      { ...shares(10), observed: { blue: seen(0), green: seen(1) } },
      "blue has 0 healthy targets and needs 1 for 100 % of the requests",
    ],
    [
      "targets of an earlier fleet, and too few of its own",
      { observed: { blue: seen(2), green: seen(3, 1, ["i-8"]) } },
      "green has 1 healthy targets and needs 2 for 100 % of the requests; green's target group also holds i-8, which its group does not have",
    ],
    [
      "somebody moved traffic by hand",
      { recorded: { blue: 50, green: 50 }, observed: { blue: seen(2), green: seen(1) } },
      "the live weights are blue 100 %, green 0 %, the state says blue 50 %, green 50 %: somebody moved traffic by hand; green has 1 healthy targets and needs 2 for 100 % of the requests",
    ],
    [
      "in a preview: green is not there yet",
      { observed: { blue: seen(2) } },
      "known after the update, which changes green",
    ],
    [
      "in a preview: what the settings say is known before any fleet is there",
      { capacity: { ...capacity, green: off }, observed: {} },
      "green is off (standby: off)",
    ],
    [
      "somebody else's group on the listener",
      { foreign: ["43 % to target group shop"] },
      expect.stringContaining("the listener also sends 43 % to target group shop") as string,
    ],
    ["nobody serves", { weights: { blue: 0, green: 0 } }, "the listener sends requests to neither colour"],
  ])("%s", (_, question, reason) =>
    expect(rollbackReadiness({ ...warm, ...question })).toMatchObject({ ready: false, reason }),
  );
});
