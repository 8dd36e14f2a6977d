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
  booted: { tests: 20, failed: [], ...booted },
});
const broken = (name: string, caught: boolean, failed: string[]): BreakageReport => ({
  name,
  spec: "boot",
  caughtBy: "Port: tcp:22",
  caught,
  failed,
});
const report = (changes: Partial<ImagesReport>): ImagesReport => ({
  ok: true,
  startedAt: "2026-11-21T12:00:00.000Z",
  seconds: 90.06,
  bakes: [],
  breakages: [],
  ...changes,
});
const sound = [bake("base"), bake("app", { gate: "passed" })];
const failed = [bake("base"), bake("app", { gate: "failed", failed: ["Port: tcp:3000", "boot gate: failed"] })];
const caught = broken("sshd is on", true, ["Port: tcp:22: listening"]);

test.each<[string, Partial<ImagesReport>, string[]]>([
  [
    "all is well",
    { bakes: sound, breakages: [caught] },
    ["2 of 2 images prove sound, 1 of 1 broken ones are caught, 90.1 s."],
  ],
  [
    "an image fails",
    { bakes: failed },
    [
      "1 of 2 images prove sound, 0 of 0 broken ones are caught, 90.1 s.",
      "app, booted: Port: tcp:3000",
      "app, booted: boot gate: failed",
    ],
  ],
  [
    "breakages are missed",
    { bakes: sound, breakages: [caught, broken("one", false, ["File: /x", "File: /y"]), broken("two", false, [])] },
    [
      "2 of 2 images prove sound, 1 of 3 broken ones are caught, 90.1 s.",
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

const head = ["image", "id", "tests in the bake", "tests once booted", "boot gate", "seconds"];

it("has a row for each image and each breakage", () => {
  expect(rows(tables(report({ bakes: failed, breakages: [caught, broken("one", false, [])] })))).toEqual([
    head,
    ["base", "ami-base", "30", "20", "", "12.3"],
    ["app", "ami-app", "30", "2 of 20 FAILED", "failed", "12.3"],
    ["broken on purpose", "caught", "by"],
    ["sshd is on", "yes", "boot.yaml, Port: tcp:22"],
    ["one", "NO", "boot.yaml, Port: tcp:22"],
  ]);
});

it("has no table of breakages where none were tried", () => {
  expect(rows(tables(report({ bakes: sound })))).toEqual([head, expect.any(Array), expect.any(Array)]);
});
