import { table, verdict, type Report, type StepReport } from "../../rehearsal/report.ts";

const step = (change: Partial<StepReport>): StepReport => ({
  name: "flip",
  title: "green serves",
  ok: true,
  seconds: 1,
  requests: 100,
  failed: 0,
  ...change,
});
const report = (change: Partial<Report> = {}): Report => ({
  ok: true,
  startedAt: "",
  seconds: 12.34,
  node: "",
  pulumi: "",
  provider: "local",
  timeScale: 10,
  rate: 100,
  steps: [step({})],
  requests: 100,
  failed: 0,
  lostWithMachine: 0,
  lostToCanary: 0,
  ...change,
});

const machine = "* They were on the way to a machine that was made to die; no deployment can save those.";
const canary = "** They were answered by a bad image itself, with the canary's share: the price of finding out.";

test.each<[string, Partial<Report>, string[]]>([
  ["all well", {}, ["100 requests, 0 failed; 1 of 1 steps as expected, 12.3 s."]],
  [
    "a dead machine's",
    { failed: 3, lostWithMachine: 3 },
    ["100 requests, 0 failed beside 3 *; 1 of 1 steps as expected, 12.3 s.", machine],
  ],
  [
    "a canary's, and one that nobody explains",
    { failed: 6, lostToCanary: 5 },
    ["100 requests, 1 failed beside 5 **; 1 of 1 steps as expected, 12.3 s.", canary],
  ],
  [
    "both, and a step that failed",
    { failed: 7, lostWithMachine: 2, lostToCanary: 5, steps: [step({ ok: false, error: "blue answered" })] },
    [
      "100 requests, 0 failed beside 2 * and 5 **; 0 of 1 steps as expected, 12.3 s.",
      machine,
      canary,
      "flip: blue answered",
    ],
  ],
])("verdict: %s", (_what, change, lines) => {
  expect(verdict(report(change)).split("\n")).toEqual(lines);
});

test.each<[Partial<StepReport>, RegExp]>([
  [{ failed: 0 }, /│ +100 │ +0 │/],
  [{ failed: 3, lostWithMachine: 3 }, /│ +100 │ +3 \* │/],
  [{ failed: 5, lostToCanary: 5 }, /│ +100 │ +5 \*\* │/],
  [{ requests: undefined, failed: undefined }, /│ +│ +│$/m],
])("table: failed requests of %j", (change, row) => {
  expect(table(report({ steps: [step(change)] }))).toMatch(row);
});
