import { stripVTControlCharacters } from "node:util";
import type { LiveState, ReleaseRecord } from "../../../cli/state/model.ts";
import { renderStatus } from "../../../cli/status/render.ts";
import { statusReport } from "../../../cli/status/report.ts";
import type { DriftCounts } from "../../../cli/drift/report.ts";
import {
  alarm,
  before,
  fleet,
  instance,
  lock,
  now,
  off,
  record,
  settings,
  settled,
  weights,
  world,
} from "../worlds.ts";

const rendered = (change: Partial<LiveState>, width: number, drift?: DriftCounts, color = false): string =>
  renderStatus(statusReport(world(change), { now, standbyHours: 24, drift }), { color, width });

const released: Partial<LiveState> = {
  weights: weights(0, 100),
  settings: settled({ activeColor: "green", standby: "off" }),
  fleets: { blue: off("blue"), green: fleet("green") },
  record: record({ outcome: "released", weights: [{ at: before(4000), blue: 0, green: 100 }] }),
};

const troubled: Partial<LiveState> = {
  weights: weights(90, 10),
  settings: {
    deployed: settings({ standbyWeight: 10 }),
    file: settings({ standbyWeight: 10, activeColor: "green" }),
  },
  fleets: {
    blue: fleet("blue", { staleTargets: ["i-ffffffffffffffff1"] }),
    green: fleet("green", {
      desired: 4,
      registered: 2,
      healthy: 1,
      instances: [
        instance("green", 1),
        instance("green", 2, { health: "unhealthy", reason: "Health checks failed with these codes: [500]" }),
        instance("green", 3, { lifecycle: "Pending:Wait", health: undefined }),
        instance("green", 4, { health: undefined }),
      ],
    }),
  },
  alarms: {
    blue: [alarm("dev-blue", { composite: true })],
    green: [
      alarm("dev-green", { composite: true, state: "ALARM", reason: "its parts", since: before(80) }),
      alarm("dev-green-errors", { state: "ALARM", reason: "Threshold Crossed: 2 out of 3." }),
      alarm("dev-green-p99", { state: "INSUFFICIENT_DATA" }),
    ],
  },
  record: record({ stage: "cutover", why: "2 alarms" }),
  lock: lock({ expires: now - 1 }),
  pending: ["urn:pulumi:dev::bluegreen::a$aws:lb/listener:Listener::app-listener"],
};

test.each<[string, Partial<LiveState>, number, DriftCounts | undefined, string]>([
  [
    "after a release",
    released,
    80,
    undefined,
    `
dev: green v2.0.0 serves 100 %, blue is off, all healthy

Serving   green v2.0.0, commit 2222222, ami-00000000000000002, built 2 d ago;
          since 2026-11-21 12:58 UTC (1 h)
Traffic   ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  blue 0 %, green 100 %
Rollback  not ready: blue is off (standby: off)
Alarms    all 13 OK

┌───────────┬────────────────────────────────┬────────────────────────────────┐
│           │ blue                           │ green                          │
│ role      │ off                            │ serving 100 %                  │
│ image     │ v1.0.0, commit 1111111         │ v2.0.0, commit 2222222         │
│           │ ami-00000000000000001          │ ami-00000000000000002          │
│           │ built 9 d ago                  │ built 2 d ago                  │
│ capacity  │ 0-0, desired 0                 │ 2-4, desired 2                 │
│ healthy   │ 0 of 0 registered              │ 2 of 2 registered              │
│ instances │ none                           │ i-eeeeeeeeeeeeeeee1 healthy    │
│           │                                │ i-eeeeeeeeeeeeeeee2 healthy    │
└───────────┴────────────────────────────────┴────────────────────────────────┘`,
  ],
  [
    "a release in trouble",
    troubled,
    120,
    { dangerous: 2, other: 1, expected: 1 },
    `
dev: blue v1.0.0 serves 90 %, green v2.0.0 10 % (canary), green 1 of 4 healthy, 1 alarm

Serving   blue v1.0.0, commit 1111111, ami-00000000000000001, built 9 d ago
Traffic   █████████████████████████████████████████████░░░░░  blue 90 %, green 10 %
Differs   Pulumi.dev.yaml has activeColor green, the last update blue
Release   v2.0.0 on green: cutover; begun 2026-11-21 14:00 UTC (5 min) by alice@desk; 2 alarms
Rollback  ready: to blue v1.0.0
Alarms    dev-green in ALARM since 2026-11-21 14:04 UTC (1 min)
          dev-green-errors in ALARM: Threshold Crossed: 2 out of 3.
          no data yet: dev-green-p99
          2 of 5 OK
Lock      alice@desk: release v2.0.0; since 2026-11-21 14:00 UTC (5 min); not renewed any more: the next release takes
          it over
Pending   an operation was killed while it changed app-listener
Drift     2 dangerous, 1 other, 1 expected; see bluegreen drift

┌───────────┬────────────────────────────────────────────────────┬────────────────────────────────────────────────────┐
│           │ blue                                               │ green                                              │
│ role      │ serving 90 %                                       │ canary 10 %                                        │
│ image     │ v1.0.0, commit 1111111                             │ v2.0.0, commit 2222222                             │
│           │ ami-00000000000000001                              │ ami-00000000000000002                              │
│           │ built 9 d ago                                      │ built 2 d ago                                      │
│ capacity  │ 2-4, desired 2                                     │ 2-4, desired 4                                     │
│ healthy   │ 2 of 2 registered                                  │ 1 of 2 registered                                  │
│ instances │ i-bbbbbbbbbbbbbbbb1 healthy                        │ i-eeeeeeeeeeeeeeee1 healthy                        │
│           │ i-bbbbbbbbbbbbbbbb2 healthy                        │ i-eeeeeeeeeeeeeeee2 unhealthy: Health checks       │
│           │ i-ffffffffffffffff1 not in its group               │ failed with these codes: [500]                     │
│           │                                                    │ i-eeeeeeeeeeeeeeee3 Pending:Wait                   │
│           │                                                    │ i-eeeeeeeeeeeeeeee4 InService, not registered      │
└───────────┴────────────────────────────────────────────────────┴────────────────────────────────────────────────────┘`,
  ],
])("%s", (_, change, width, drift, expected) => expect(`\n${rendered(change, width, drift)}`).toBe(expected));

describe("lines that depend on one thing", () => {
  const line = (change: Partial<LiveState>, label: string, drift?: DriftCounts) =>
    rendered(change, 80, drift)
      .split("\n")
      .find((text) => text.startsWith(label));
  test.each<[string, Partial<LiveState>, string, DriftCounts | undefined, string | undefined]>([
    ["a rollback", {}, "Rollback", undefined, "Rollback  ready: to green v2.0.0"],
    [
      "no alarms yet",
      { alarms: { blue: [], green: [] }, loadBalancerAlarms: [] },
      "Alarms",
      undefined,
      "Alarms    none",
    ],
    [
      "a share that is not 0 shows",
      { weights: weights(1, 99) },
      "Traffic",
      undefined,
      `Traffic   █${"░".repeat(47)}  blue 1 %, green 99 %`,
    ],
    [
      "what a group's processes are held up by",
      { fleets: { blue: fleet("blue"), green: fleet("green", { suspended: ["Launch (User suspended)"] }) } },
      "│ suspended",
      undefined,
      "│ suspended │                                │ Launch (User suspended)        │",
    ],
    [
      "an instance that no scale-in takes",
      {
        fleets: {
          blue: fleet("blue", { instances: [instance("blue", 1, { isProtected: true })] }),
          green: off("green"),
        },
      },
      "│ instances",
      undefined,
      "│ instances │ i-bbbbbbbbbbbbbbbb1 healthy,   │ none                           │",
    ],
    [
      "a share that goes elsewhere",
      { weights: { live: { blue: 57, green: 0 }, recorded: { blue: 100, green: 0 } } },
      "Traffic",
      undefined,
      `Traffic   ${"█".repeat(18)}${"▒".repeat(14)}  blue 57 %, green 0 %, elsewhere 43 %`,
    ],
    [
      "nobody serves",
      { weights: weights(0, 0) },
      "Traffic",
      undefined,
      `Traffic   ${"·".repeat(49)}  blue 0 %, green 0 %`,
    ],
    ["no drift", {}, "Drift", { dangerous: 0, other: 0, expected: 0 }, "Drift     none"],
    ["expected drift", {}, "Drift", { dangerous: 0, other: 0, expected: 1 }, "Drift     none but 1 expected"],
    [
      "dangerous drift alone",
      {},
      "Drift",
      { dangerous: 1, other: 0, expected: 0 },
      "Drift     1 dangerous; see bluegreen drift",
    ],
    [
      "other drift alone",
      {},
      "Drift",
      { dangerous: 0, other: 2, expected: 0 },
      "Drift     2 other; see bluegreen drift",
    ],
    ["no drift that was asked for", {}, "Drift", undefined, undefined],
    [
      "a share of almost all leaves room for the rest",
      { weights: weights(99, 1) },
      "Traffic",
      undefined,
      `Traffic   ${"█".repeat(47)}░  blue 99 %, green 1 %`,
    ],
    [
      "a share of almost nothing that goes elsewhere shows, too",
      { weights: { live: { blue: 99, green: 0 }, recorded: { blue: 100, green: 0 } } },
      "Traffic",
      undefined,
      `Traffic   ${"█".repeat(32)}▒  blue 99 %, green 0 %, elsewhere 1 %`,
    ],
    ["nobody serves, so nobody is named", { weights: weights(0, 0) }, "Serving", undefined, undefined],
    ["no release under way", {}, "Release", undefined, undefined],
    ["no pause", { record: record() }, "Paused", undefined, undefined],
    ["no standby", { fleets: { blue: fleet("blue"), green: off("green") } }, "Standby", undefined, undefined],
    ["no lock", {}, "Lock", undefined, undefined],
    [
      "a lock that is renewed",
      { lock: lock() },
      "Lock",
      undefined,
      "Lock      alice@desk: release v2.0.0; since 2026-11-21 14:00 UTC (5 min)",
    ],
    [
      "a name with colons that an operation was killed at",
      { pending: ["urn:pulumi:dev::bluegreen::a:b:C::one::two"] },
      "Pending",
      undefined,
      "Pending   an operation was killed while it changed one::two",
    ],
    [
      "an alarm about which nothing more is known",
      { alarms: { blue: [alarm("dev-blue-p95", { state: "ALARM" })], green: [] } },
      "Alarms",
      undefined,
      "Alarms    dev-blue-p95 in ALARM",
    ],
    [
      "a revoked image to go back to",
      { revoked: { blue: undefined, green: "is revoked (CVE-1)" } },
      "Revoked",
      undefined,
      "Revoked   green's image ami-00000000000000002 is revoked (CVE-1)",
    ],
  ])("%s", (_, change, label, drift, expected) => expect(line(change, label, drift)).toBe(expected));
});

it("is the same text with colours, and has some", () => {
  const colored = rendered(troubled, 80, { dangerous: 1, other: 0, expected: 0 }, true);
  expect(stripVTControlCharacters(colored)).toBe(rendered(troubled, 80, { dangerous: 1, other: 0, expected: 0 }));
  expect(colored).toContain("\u001b[31mdev-green in ALARM\u001b[39m");
});

test.each([20, 80, 200])("no line is longer than the terminal of %i columns, within what can be read", (width) => {
  const longest = Math.max(
    ...rendered(troubled, width)
      .split("\n")
      .map((text) => text.length),
  );
  expect(longest).toBeLessThanOrEqual(Math.min(Math.max(width, 72), 140));
});

describe("rows that take more than a line", () => {
  const wide = (change: Partial<LiveState>): string => rendered(change, 140).replace(/\s+/g, " ");

  test("alarms without data, or with, are counted among all", () => {
    const alarms = { blue: [alarm("dev-blue-p95", { state: "ALARM" })], green: [] };
    expect(rendered({ alarms }, 80)).toContain("Alarms    dev-blue-p95 in ALARM\n          1 of 2 OK\n");
  });

  test("a release without a reason ends with who began it", () =>
    expect(rendered({ record: record() }, 140)).toContain(
      "Release   v2.0.0 on green: stage; begun 2026-11-21 14:00 UTC (5 min) by alice@desk\n",
    ));

  test("what a release was judged by", () => {
    const evidence = [
      {
        source: "probes",
        evidence: 3,
        threshold: 500,
        release: { sent: 20, failed: 1 },
        baseline: { sent: 20, failed: 0 },
      },
    ];
    const verdict = { at: before(5), kind: "go", why: [], evidence } as unknown as ReleaseRecord["verdict"];
    expect(rendered({ record: record({ verdict }) }, 140)).toContain(
      "Evidence  probes: 1 of 20 beside 0 of 20 of our requests through the preview listener; evidence 3, 500 needed\n",
    );
  });

  test("a pause whose time is over says what was declared, and who does it", () => {
    const pause = {
      after: "10%",
      since: before(60),
      until: before(30),
      then: "rollback",
      request: { strategy: "canary=10%,1m", bakeSeconds: 0, previewSize: 0, until: "ended" },
    } as const;
    expect(wide({ record: record({ pauses: [pause] }) })).toContain(
      `until ${pause.until}: its time is over (rollback); bluegreen continue --expired --stack dev does what was declared`,
    );
  });

  test("what a standby costs, and that it has outlived its release", () => {
    const ended = { record: record({ outcome: "released", endedAt: before(100 * 3600) }) };
    const instances = [instance("green", 1, { type: "t3.small" })];
    const shown = wide({ ...ended, fleets: { blue: fleet("blue"), green: fleet("green", { instances }) } });
    expect(shown).toContain("Standby green keeps 1 t3.small: 0.024 USD an hour");
    expect(shown).toContain("Warning green still stands by 4 d after the last release ended");
  });

  test("an image without tags is its id alone", () => {
    const fleets = { blue: fleet("blue", { image: { imageId: "ami-1" } }), green: off("green") };
    const lines = rendered({ fleets }, 80).split("\n");
    const image = lines.findIndex((line) => line.startsWith("│ image"));
    expect(lines[image]).toMatch(/^│ image {5}│ ami-1 {26}│ v2\.0\.0, commit 2222222 /);
    expect(lines[image + 1]).toMatch(/^│ {11}│ {32}│ ami-00000000000000002 /);
  });
});

test("colours: who is who, what is well, what is not", () => {
  const names: Record<string, string> = {
    1: "bold",
    2: "dim",
    31: "red",
    32: "green",
    33: "yellow",
    36: "cyan",
    94: "blue",
  };
  const painted = (change: Partial<LiveState>, drift?: DriftCounts): string[] =>
    [...rendered(change, 140, drift, true).matchAll(/\u001b\[(\d+)m([^\u001b]+)/g)]
      .map(([, code = "", text = ""]) => `${names[code] ?? code} ${text.trim()}`)
      .filter((one) => !/^(22|39) /.test(one));
  expect(painted(troubled, { dangerous: 2, other: 1, expected: 0 })).toEqual([
    "bold dev: blue v1.0.0 serves 90 %, green v2.0.0 10 % (canary), green 1 of 4 healthy, 1 alarm",
    ...["dim Serving", "blue blue"],
    ...["dim Traffic", `blue ${"█".repeat(45)}`, `green ${"░".repeat(5)}`],
    ...["dim Differs", "yellow Pulumi.dev.yaml has activeColor green, the last update blue"],
    ...["dim Release", "cyan cutover"],
    ...["dim Rollback", "green ready"],
    ...["dim Alarms", "red dev-green in ALARM", "red dev-green-errors in ALARM", "yellow no data yet: dev-green-p99"],
    ...["dim Lock", "yellow ; not renewed any more: the next release takes it over"],
    ...["dim Pending", "yellow an operation was killed while it changed app-listener"],
    ...["dim Drift", "red 2 dangerous"],
    // The table, line by line.
    ...["blue blue", "green green"],
    "red 1 of 2 registered",
    ...["green healthy", "green healthy"],
    ...["green healthy", "red unhealthy"],
    ...["red i-ffffffffffffffff1 not in its group", "yellow Pending:Wait"],
    "yellow InService, not registered",
  ]);
  expect(painted(released)).toEqual([
    "bold dev: green v2.0.0 serves 100 %, blue is off, all healthy",
    ...["dim Serving", "green green"],
    ...["dim Traffic", `green ${"░".repeat(50)}`],
    ...["dim Rollback", "yellow not ready"],
    ...["dim Alarms", "green all 13 OK"],
    ...["blue blue", "green green"],
    ...["green healthy", "green healthy"],
  ]);
  const suspended = ["Launch (User suspended)"];
  const nobody: Partial<LiveState> = {
    weights: weights(0, 0),
    fleets: { blue: fleet("blue", { suspended, instances: [] }), green: off("green") },
    revoked: { blue: "is revoked (CVE-1)", green: "is revoked (CVE-2)" },
  };
  expect(painted(nobody)).toEqual([
    "bold dev: NOBODY SERVES, blue v1.0.0 stands by, green is off, all healthy",
    ...["dim Traffic", "red blue 0 %, green 0 %"],
    ...["dim Differs", "yellow green's group has 0-0 instances, the state says it is on"],
    ...["dim Rollback", "yellow not ready"],
    ...["dim Revoked", "red blue's image ami-00000000000000001 is revoked (CVE-1)"],
    ...["dim Alarms", "green all 13 OK"],
    ...["blue blue", "green green"],
    "red Launch (User suspended)",
  ]);
  const elsewhere = { weights: { live: { blue: 50, green: 0 }, recorded: { blue: 50, green: 0 } } };
  expect(painted(elsewhere)).toContain(`yellow ${"▒".repeat(25)}`);
});
