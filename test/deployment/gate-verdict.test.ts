import { gateVerdict, type GateQuestion } from "../../deployment/gate-verdict.ts";
import type { ByColor, TargetHealthSummary } from "../../deployment/model.ts";

const seen = (healthy: number, registered = healthy, staleTargets: string[] = []): TargetHealthSummary => ({
  registered,
  healthy,
  staleTargets,
});
const blueServes = { blue: 100, green: 0 };
const greenServes = { blue: 0, green: 100 };

/** A flip from blue to green, both with four healthy instances, and a good answer through the preview listener. */
const flip: GateQuestion = {
  weights: greenServes,
  recorded: blueServes,
  live: blueServes,
  foreign: [],
  capacity: { blue: { minSize: 2, maxSize: 8 }, green: { minSize: 2, maxSize: 8 } },
  pending: [],
  observed: { blue: seen(4), green: seen(4) },
  preview: { green: { faults: [] } },
};
const first = { recorded: undefined, live: undefined };

describe("the gate is open", () => {
  test.each<[string, Partial<GateQuestion>]>([
    ["a flip", {}],
    [
      "in a preview: the fleet that gains is not there yet",
      { pending: ["green"], observed: { blue: seen(4), green: seen(0) }, preview: { green: { faults: ["503"] } } },
    ],
    [
      "in a preview: how many the serving fleet will run is not known yet",
      { pending: ["blue"], observed: { blue: seen(4), green: seen(1) } },
    ],
    [
      "the roll-back",
      { weights: blueServes, recorded: greenServes, live: greenServes, preview: { blue: { faults: [] } } },
    ],
    ["the preview listener can't be reached", { preview: { green: { unreachable: "ECONNREFUSED" } } }],
    ["the state knows of a listener that is gone", { live: undefined }],
    ["the state knows of no listener, and one is live", { recorded: undefined, weights: blueServes }],
    [
      "a listener that gives nobody anything: its own minimum, whatever the other runs",
      {
        weights: blueServes,
        recorded: { blue: 0, green: 0 },
        live: { blue: 0, green: 0 },
        observed: { blue: seen(2), green: seen(8) },
      },
    ],
    ["more healthy than needed", { observed: { blue: seen(1), green: seen(4) } }],
    ["unhealthy ones beside enough healthy ones", { observed: { blue: seen(4), green: seen(4, 6) } }],
    ["those that fail at the serving colour don't count", { observed: { blue: seen(4, 5), green: seen(4) } }],
    ["nothing at the serving colour is healthy: one is enough", { observed: { blue: seen(0, 5), green: seen(1, 4) } }],
    ["the colour that loses is in ruins", { observed: { blue: seen(0, 4, ["i-9"]), green: seen(4) } }],
    ["nothing moves and nothing is healthy", { weights: blueServes, observed: { blue: seen(0), green: seen(0) } }],
    ["10 % of four needs one", { weights: { blue: 90, green: 10 }, observed: { blue: seen(4), green: seen(1) } }],
    [
      "the rollback from a canary, which has more instances and is better off",
      {
        weights: blueServes,
        recorded: { blue: 90, green: 10 },
        live: { blue: 90, green: 10 },
        abortTo: "blue",
        observed: { blue: seen(1, 4, ["i-9"]), green: seen(6) },
        preview: { blue: { faults: ["GET /version answered 500"] } },
      },
    ],
    ["50 % of four needs two", { weights: { blue: 50, green: 50 }, observed: { blue: seen(4), green: seen(2) } }],
    [
      "a first listener needs its own minimum",
      { ...first, weights: blueServes, observed: { blue: seen(2), green: seen(0) } },
    ],
    [
      "a first listener with a canary",
      { ...first, weights: { blue: 90, green: 10 }, observed: { blue: seen(2), green: seen(1) } },
    ],
  ])("%s", (_, question) => expect(gateVerdict({ ...flip, ...question })).toEqual([]));
});

describe("fails for one reason alone", () => {
  const observed = (green: TargetHealthSummary): ByColor<TargetHealthSummary> => ({ blue: seen(4), green });
  test.each<[string, Partial<GateQuestion>, string]>([
    [
      "somebody moved traffic by hand",
      { live: { blue: 50, green: 50 } },
      "the live weights are blue 50 %, green 50 %, the state says blue 100 %, green 0 %",
    ],
    [
      "somebody else's traffic is on the listener",
      { foreign: ["43 % to target group legacy", "path-pattern /api/* to blue (rule 5)"] },
      "the listener also sends 43 % to target group legacy; path-pattern /api/* to blue (rule 5), which this stack does not " +
        "declare: a change of the weights would take other target groups away. Find out whose they are, and remove them; or go " +
        'on without them: BLUEGREEN_OVERRIDE="why".',
    ],
    ["moved by hand to where it should be", { live: greenServes }, "Run pulumi refresh, look, and update again"],
    [
      "the rollback from a canary to a fleet without a healthy target",
      {
        weights: blueServes,
        recorded: { blue: 90, green: 10 },
        live: { blue: 90, green: 10 },
        abortTo: "blue",
        observed: { blue: seen(0, 4), green: seen(4) },
      },
      "blue has 0 healthy targets and needs 1 for 100 % of the requests",
    ],
    ["one of the two weights alone", { live: { blue: 100, green: 50 } }, "blue 100 %, green 50 %, the state says"],
    [
      "a canary that becomes the whole needs as many as the other runs, not as it runs itself",
      {
        weights: blueServes,
        recorded: { blue: 40, green: 60 },
        live: { blue: 40, green: 60 },
        observed: { blue: seen(3), green: seen(4) },
      },
      "needs 4 for 100 % of the requests. Raise capacityFloor to what the serving fleet runs, or wait until blue is healthy",
    ],
    [
      "one too few",
      { observed: observed(seen(3)) },
      "green has 3 healthy targets and needs 4 for 100 % of the requests",
    ],
    [
      "none, where the serving fleet has none either",
      { observed: { blue: seen(0), green: seen(0) } },
      "has 0 healthy targets and needs 1",
    ],
    ["as many as serve really, not as the minimum says", { observed: { blue: seen(4), green: seen(2) } }, "needs 4"],
    [
      "30 % of four is two",
      { weights: { blue: 70, green: 30 }, observed: observed(seen(1)) },
      "has 1 healthy targets and needs 2 for 30 %",
    ],
    [
      "a canary with none",
      { weights: { blue: 99, green: 1 }, observed: observed(seen(0)) },
      "has 0 healthy targets and needs 1 for 1 %",
    ],
    [
      "a first listener below its minimum",
      { ...first, weights: blueServes, observed: { blue: seen(1), green: seen(0) } },
      "blue has 1 healthy targets and needs 2",
    ],
    [
      "a fleet of before",
      { observed: observed(seen(4, 5, ["i-8", "i-9"])) },
      "green's target group also holds i-8, i-9, which its group does not have. Instances of an earlier fleet leave when its update is finished: pulumi up with the present",
    ],
    [
      "a bad answer",
      { preview: { green: { faults: ["GET /version answered 500"] } } },
      "green through the preview listener: GET /version answered 500",
    ],
  ])("%s", (_, question, expected) => {
    const reasons = gateVerdict({ ...flip, ...question });
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain(expected);
  });
});

test("fails with every reason at once, and each fault of the preview on its own", () => {
  const question = {
    live: { blue: 90, green: 10 },
    observed: { blue: seen(4), green: seen(1, 2, ["i-9"]) },
    preview: { green: { faults: ["one", "two"] } },
  };
  expect(gateVerdict({ ...flip, ...question })).toHaveLength(5);
});
