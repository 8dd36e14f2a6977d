import {
  type BakeReport,
  type BreakageReport,
  type ImagesReport,
  tables,
  verdict,
} from "../../../images/verify/report.ts";

const bake = (name: string, booted: Partial<BakeReport["booted"]> = {}): BakeReport => ({
  name,
  image: `ami-${name}`,
  tests: 30,
  seconds: 12.34,
  atRest: { tests: 40, failed: [] },
  booted: { tests: 20, failed: [], ...booted },
});
const broken = (name: string, caught: boolean, failed: string[], ...others: string[]): BreakageReport => ({
  name,
  spec: "boot",
  caughtBy: ["Port: tcp:22", ...others],
  missed: caught ? [] : ["Port: tcp:22"],
  failed,
});
const report = (changes: Partial<ImagesReport>): ImagesReport => ({
  ok: true,
  startedAt: "2026-11-21T12:00:00.000Z",
  seconds: 90.06,
  bakes: [],
  breakages: [],
  unbroken: [],
  ...changes,
});
const sound = [bake("base"), bake("app", { gate: "passed" })];
const failed = [bake("base"), bake("app", { gate: "failed", failed: ["Port: tcp:3000", "boot gate: failed"] })];
const caught = broken("sshd is on", true, ["Port: tcp:22: listening"]);

test.each<[string, Partial<ImagesReport>, string[]]>([
  [
    "all is well",
    { bakes: sound, breakages: [caught] },
    ["2 of 2 images prove sound, 1 of 1 mistakes are caught, 90.1 s."],
  ],
  [
    "an image fails",
    { bakes: failed },
    [
      "1 of 2 images prove sound, 0 of 0 mistakes are caught, 90.1 s.",
      "app, booted: Port: tcp:3000",
      "app, booted: boot gate: failed",
    ],
  ],
  [
    "something of the builder is left",
    { bakes: [{ ...bake("base"), atRest: { tests: 40, failed: ["Command: no-journals: stdout"] } }] },
    ["0 of 1 images prove sound, 0 of 0 mistakes are caught, 90.1 s.", "base, at rest: Command: no-journals: stdout"],
  ],
  [
    "generated mistakes are missed, a spec can't fail, and the scanner finds something",
    {
      bakes: sound,
      generated: { caughtBy: ["File: /a: mode", "File: /b: mode"], missed: ["File: /b: mode, changed"] },
      unbroken: ["Command: x"],
      scan: { passed: 230, excepted: 60, faults: ["sshd_set_loglevel_verbose: fail, and no reason is given"] },
    },
    [
      "2 of 2 images prove sound, OpenSCAP passes 230 rules, 60 have their reason, 1 of 2 mistakes are caught, 90.1 s.",
      "File: /b: mode, changed: did not fail",
      "OpenSCAP: sshd_set_loglevel_verbose: fail, and no reason is given",
      "Command: x: no mistake shows that it can fail; give it one in images/verify/breakages/",
    ],
  ],
  [
    "breakages are missed",
    { bakes: sound, breakages: [caught, broken("one", false, ["File: /x", "File: /y"]), broken("two", false, [])] },
    [
      "2 of 2 images prove sound, 1 of 3 mistakes are caught, 90.1 s.",
      "one: Port: tcp:22 did not fail, but File: /x; File: /y",
      "two: Port: tcp:22 did not fail, but nothing",
    ],
  ],
])("where %s, the verdict says so", (_, changes, lines) => expect(verdict(report(changes)).split("\n")).toEqual(lines));

/** Cells of each row, spaces left out. */
const rows = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const head = ["image", "id", "tests in the bake", "at rest", "once booted", "boot gate", "seconds"];

it("has a row for each image and each breakage", () => {
  expect(
    rows(
      tables(
        report({
          bakes: failed,
          breakages: [caught, broken("one", false, [], "Port: tcp6:22")],
          generated: { caughtBy: ["File: /a: mode"], missed: [] },
        }),
      ),
    ),
  ).toEqual([
    head,
    ["base", "ami-base", "30", "40", "20", "", "12.3"],
    ["app", "ami-app", "30", "40", "2 of 20 FAILED", "failed", "12.3"],
    ["broken on purpose", "caught", "by"],
    ["sshd is on", "yes", "boot.yaml, Port: tcp:22"],
    ["one", "NO", "boot.yaml, Port: tcp:22 and 1 more"],
    ["what files, users, groups, services and packages must be, each otherwise", "yes", "1 tests, each by its own"],
  ]);
});

it("has no table of breakages where none were tried", () => {
  expect(rows(tables(report({ bakes: sound })))).toEqual([head, expect.any(Array), expect.any(Array)]);
});
