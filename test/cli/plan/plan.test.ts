import { parseStrategy } from "../../../cli/analysis/strategy.ts";
import { planOf, type PlanArgs } from "../../../cli/plan/plan.ts";
import { renderPlan } from "../../../cli/plan/render.ts";
import { foresee } from "../../../cli/plan/steps.ts";
import { before, fleet, off, record, releaseGoal, v2, world } from "../worlds.ts";

const v3 = { ...v2, imageId: "ami-00000000000000003", version: "v3.0.0" };
const bounds = { minSize: 2, maxSize: 4 };

function plan(change: Partial<PlanArgs> = {}, retireAfterSeconds?: number) {
  const { world: here = world(), image = v3 } = change;
  const strategy = parseStrategy("canary=10%,5m");
  const goal = releaseGoal({ imageId: image.imageId, strategy, retireAfterSeconds });
  return planOf({
    world: here,
    image,
    foreseen: foresee(here, goal, image, bounds),
    settings: { instanceType: "t3.micro", spotPercentage: 0 },
    standbyHours: 24,
    previewed: { touched: ["app-green-template", "app-green-group"], against: [] },
    against: [],
    unknown: [],
    ...change,
  });
}

test("the first update touches what its preview said, a shift the listener, a check nothing", () =>
  expect(plan().steps.map(({ kind, touches }) => [kind, touches])).toEqual([
    ["stage", ["app-green-template", "app-green-group"]],
    ["check", undefined],
    ["shift", ["app-listener"]],
    ["hold", undefined],
    ["flip", ["app-listener"]],
    ["bake", undefined],
  ]));

test("known times add up; staging takes what earlier releases took in the median", () => {
  const took = (seconds: number) =>
    record({ outcome: "released", checks: [{ at: before(300 - seconds), name: "ready", ok: true, detail: "" }] });
  const made = plan({
    world: world({ record: took(30), earlier: [took(20), took(90), record({ outcome: "superseded" })] }),
  });
  expect(made.steps[0].usualSeconds).toBe(30);
  expect(made.seconds).toBe(30 + 300 + 600);
  expect(plan().seconds).toBe(900);
});

test.each([
  ["today's rollback target goes", world(), /^v2.0.0 on green, today's rollback target, goes/],
  ["nothing stands by", world({ fleets: { blue: fleet("blue"), green: off("green") } }), undefined],
])("the rollback: when %s", (_, here, words) => {
  const { rollback } = plan({ world: here });
  expect(rollback[0]).toBe(
    "until bluegreen retire: bluegreen rollback gives blue (v1.0.0) all requests again, by one update of app-listener",
  );
  expect(rollback[2]).toEqual(words === undefined ? undefined : expect.stringMatching(words));
});

test("given a release that retires, then the rollback ends with that", () =>
  expect(plan({}, 60).rollback[0]).toMatch(/^until the release retires it: /));

test.each([
  [world(), "0 more instances of t3.micro from the staging until bluegreen retire"],
  [
    world({ fleets: { blue: fleet("blue", { desired: 3 }), green: off("green") } }),
    "3 more instances of t3.micro from the staging until bluegreen retire",
  ],
])("what runs beside the serving fleet", (here, line) => expect(plan({ world: here }).capacity).toBe(line));

test("what stands against it comes from the stack, the questions and the preview", () => {
  const made = plan({
    foreseen: { steps: [], refusal: "the traffic is split" },
    against: [{ by: "promotion", why: "staging has not served it" }],
    previewed: { touched: [], against: [{ by: "guards and gate", why: "[update-refused] no" }] },
  });
  expect(made.against.map(({ by }) => by)).toEqual(["the stack as it is", "promotion", "guards and gate"]);
});

test("a person reads the steps with their times and resources, the rollback, and what stands against it", () => {
  const text = renderPlan(plan({ against: [{ by: "schema", why: "the store's is 2" }] }), 120);
  expect(text.split("\n")).toEqual([
    "dev: what bluegreen release v3.0.0 would do. blue v1.0.0 serves; blue 100 %, green 0 %.",
    "",
    "  1 stage   green gets v3.0.0, 2 instances; touches app-green-template, app-green-group",
    "  2 check   v3.0.0 is tried through the preview listener",
    "  3 shift   green gets 10 % of the requests; touches app-listener",
    "  4 hold    v3.0.0 is watched with 10 %; 5m",
    "  5 flip    green gets all requests; touches app-listener",
    "  6 bake    v3.0.0 is watched with all requests, and checked again; 10m",
    "",
    "Takes       15m, and its updates",
    "Rollback    until bluegreen retire: bluegreen rollback gives blue (v1.0.0) all requests again, by one update of",
    "            app-listener",
    "            before traffic moves, a release that fails switches the standby off again, or puts it back as it was",
    "            v2.0.0 on green, today's rollback target, goes with the staging",
    "Runs        0 more instances of t3.micro from the staging until bluegreen retire",
    "Costs       2 t3.micro beside the serving fleet: 0.024 USD an hour on demand in eu-central-1, by the list of 2025-05-28;",
    "            0.58 USD for 15m of the release and 24h that the old fleet stays after it (standbyHours)",
    "Against it  schema: the store's is 2",
  ]);
});
