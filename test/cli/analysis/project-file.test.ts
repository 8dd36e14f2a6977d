import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { authority } from "../../aws/private-authority.ts";
import { parseProjectFile, readProjectFile } from "../../../cli/analysis/project-file.ts";

const none = { stage: [], check: [], cutover: [], bake: [], retire: [] };

test.each(["", "# nothing yet\n", "checks: []\nhooks: {}\n"])("a file without entries: %j", (text) =>
  expect(parseProjectFile(text)).toEqual({
    checks: [],
    hooks: { before: none, after: none },
    limits: {},
    alpha: 0.01,
    effect: 1.2,
    mode: "enforce",
    environment: [],
    standbyHours: 24,
    pauses: [],
    freeze: [],
  }),
);

test.each(["alpha: 0", "alpha: 1", "alpha: x", "effect: 0.5", "mode: watch", "metrics: metrics"])(
  "fails on %s in one line that says what is allowed",
  (line) => {
    const [key, value] = line.split(": ");
    const allowed = {
      alpha: "a chance from 0.0001 to 0.2: that a release goes back though it is no worse",
      effect: "a number from 1 to 10: times the old colour's failures that are no worse yet",
      mode: "enforce, or observe: verdicts are told and change nothing",
      metrics: "a path that begins with /, where both colours answer their counters as Prometheus text",
    }[key];
    const came = Number.isNaN(Number(value)) ? JSON.stringify(value) : value;
    expect(() => parseProjectFile(line)).toThrow(
      `1 entry is wrong in bluegreen.yaml; nothing was changed:\n  line 1: ${key}: ${came}. Allowed: ${allowed}`,
    );
  },
);

test("checks and hooks, with their defaults", () =>
  expect(
    parseProjectFile(`
checks:
  - name: login page
    url: /login
  - name: moved
    url: /old?x=1
    status: 301
    contains: new
  - name: end to end
    command: ./smoke.sh
    timeout: 1h30m
  - { name: quick, command: "true" }
hooks:
  before: { stage: [./announce.sh], cutover: [one, two] }
  after: { bake: [three] }
limits: { errorPercent: 0.5, requests: 100 }
environment: [SMOKE_TOKEN]
standbyHours: 72
`),
  ).toEqual({
    checks: [
      { name: "login page", url: "/login", status: 200 },
      { name: "moved", url: "/old?x=1", status: 301, contains: "new" },
      { name: "end to end", command: "./smoke.sh", timeout: 5400 },
      { name: "quick", command: "true", timeout: 120 },
    ],
    hooks: {
      before: { ...none, stage: ["./announce.sh"], cutover: ["one", "two"] },
      after: { ...none, bake: ["three"] },
    },
    limits: { errorPercent: 0.5, requests: 100 },
    alpha: 0.01,
    effect: 1.2,
    mode: "enforce",
    environment: ["SMOKE_TOKEN"],
    standbyHours: 72,
    pauses: [],
    freeze: [],
  }));

test("a rollback check, with its defaults", () => {
  expect(parseProjectFile("rollbackCheck: { command: ./a }").rollbackCheck).toEqual({
    command: "./a",
    timeout: 120,
    release: false,
  });
  const text = "rollbackCheck: { command: ./a b, timeout: 30s, release: true }";
  expect(parseProjectFile(text).rollbackCheck).toEqual({ command: "./a b", timeout: 30, release: true });
});

const durations = "hours, minutes and seconds such as 90s, 10m, 1h or 1h30m, at most 24h, and more than 0s";
const names = "a name that no other check has; ready, version, errors, latency are built in";

test.each<[string, string, string[]]>([
  ["a word for hours", "standbyHours: a day", ['line 1: standbyHours: "a day". Allowed: a number of hours from 0 on']],
  [
    "a list",
    "- 1",
    [
      "line 1: the file: [1]. Allowed: a mapping with checks, hooks, rollbackCheck, limits, alpha, effect, mode, metrics, environment, caFile, standbyHours, pauses, freeze",
    ],
  ],
  [
    "an unknown key",
    "\nnotes: x",
    [
      'line 2: notes: "x". Allowed: no such key; one of checks, hooks, rollbackCheck, limits, alpha, effect, mode, metrics, environment, caFile, standbyHours, pauses, freeze',
    ],
  ],
  [
    "a rollback check without a command",
    "rollbackCheck:\n  release: true",
    ["line 2: rollbackCheck.command: not set. Allowed: a text"],
  ],
  [
    "a rollback check that does nothing",
    "rollbackCheck: { command: ' ' }",
    ['line 1: rollbackCheck.command: " ". Allowed: a command'],
  ],
  [
    "a rollback check that is a command's name",
    "rollbackCheck: ./check.sh",
    ['line 1: rollbackCheck: "./check.sh". Allowed: a mapping with command, timeout, release'],
  ],
  [
    "a rollback check's keys",
    "rollbackCheck:\n  command: a\n  timeout: 0s\n  release: often\n  before: cutover",
    [
      `line 3: rollbackCheck.timeout: "0s". Allowed: ${durations}`,
      'line 4: rollbackCheck.release: "often". Allowed: true or false',
      'line 5: rollbackCheck.before: "cutover". Allowed: no such key; one of command, timeout, release',
    ],
  ],
  [
    "a text",
    "just words",
    ['line 1: the file: "just words". Allowed: a mapping with checks, hooks, rollbackCheck, limits'],
  ],
  [
    "what is no list, and what is no text in one",
    "environment: HOME\npauses: 1\nfreeze: 1\ncaFile: ''\nhooks: { before: 1 }\nlimits: 1",
    [
      'line 1: environment: "HOME". Allowed: a list of variables\' names',
      "line 2: pauses: 1. Allowed: a list of pauses, each with after, timeout and then",
      "line 3: freeze: 1. Allowed: a list of times, each with from, to, timeZone and reason",
      'line 4: caFile: "". Allowed: a text',
      "line 5: hooks.before: 1. Allowed: a mapping with stage, check, cutover, bake, retire",
      "line 6: limits: 1. Allowed: a mapping with requests, failures, errorPercent",
    ],
  ],
  [
    "variables' names",
    "environment: [1X, 'A B', X1, 7]",
    [
      'line 1: environment.0: "1X". Allowed: a variable\'s name: letters, digits and _',
      'line 1: environment.1: "A B". Allowed: a variable\'s name: letters, digits and _',
      "line 1: environment.3: 7. Allowed: a list of variables' names",
    ],
  ],
  [
    "a path with a blank, or one that begins with none",
    "metrics: /a b\nchecks:\n  - { name: a, url: '/a b' }\n  - { name: b, url: 'x/' }",
    [
      'line 1: metrics: "/a b". Allowed: a path that begins with /, where both colours answer',
      'line 3: checks.0.url: "/a b". Allowed: a path that begins with /',
      'line 4: checks.1.url: "x/". Allowed: a path that begins with /',
    ],
  ],
  [
    "bounds",
    "alpha: 0.21\neffect: 10.1\nstandbyHours: -1\nchecks: [{ name: a, url: /, status: 600 }]",
    [
      "line 1: alpha: 0.21. Allowed: a chance from 0.0001 to 0.2",
      "line 2: effect: 10.1. Allowed: a number from 1 to 10",
      "line 3: standbyHours: -1. Allowed: a number of hours from 0 on",
      "line 4: checks.0.status: 600. Allowed: a status from 200 to 599",
    ],
  ],
  ["no list of checks", "checks: 3", ["line 1: checks: 3. Allowed: a list of checks"]],
  ["a check that is none", "checks: [5]", ["line 1: checks.0: 5. Allowed: a mapping with name, url, status, contains"]],
  ["neither url nor command", "checks:\n  - name: a", ["line 2: checks.0.url: not set. Allowed: a text"]],
  [
    "both url and command",
    "checks:\n  - name: a\n    url: /a\n    command: b",
    ['line 3: checks.0.url: "/a". Allowed: no such key; one of name, command, timeout'],
  ],
  [
    "a whole address",
    "checks:\n  - { name: a, url: 'http://a' }",
    ['line 2: checks.0.url: "http://a". Allowed: a path that begins with /: it is asked through the preview listener'],
  ],
  [
    "limits",
    "limits: { errorPercent: -1, patience: 3 }",
    [
      "line 1: limits.errorPercent: -1. Allowed: a number from 0 on",
      "line 1: limits.patience: 3. Allowed: no such key; one of requests, failures, errorPercent, errorPoints, p95Factor, p95Slack, quietMinutes, alarmSeconds",
    ],
  ],
  [
    "statuses",
    "checks:\n  - { name: a, url: /, status: 199 }\n  - { name: b, url: /, status: ok }",
    [
      "line 2: checks.0.status: 199. Allowed: a status from 200 to 599",
      'line 3: checks.1.status: "ok". Allowed: a status from 200 to 599',
    ],
  ],
  [
    "time-outs",
    "checks:\n  - { name: a, command: b, timeout: 2 }\n  - { name: c, command: d, timeout: 0s }",
    [`line 2: checks.0.timeout: 2. Allowed: ${durations}`, `line 3: checks.1.timeout: "0s". Allowed: ${durations}`],
  ],
  [
    "names that are taken",
    "checks:\n  - { name: errors, url: / }\n  - { name: a, url: / }\n  - { name: a, url: / }",
    [`line 2: checks.0.name: "errors". Allowed: ${names}`, `line 4: checks.2.name: "a". Allowed: ${names}`],
  ],
  [
    "an unknown stage",
    "hooks:\n  before:\n    deploy: [a]",
    ['line 3: hooks.before.deploy: ["a"]. Allowed: no such key; one of stage, check, cutover, bake, retire'],
  ],
  [
    "an unknown moment",
    "hooks:\n  during: {}",
    ["line 2: hooks.during: {}. Allowed: no such key; one of before, after"],
  ],
  [
    "hooks that are no list, and a command that is none",
    "hooks:\n  before:\n    bake: ./x\n  after:\n    bake:\n      - 7",
    ['line 3: hooks.before.bake: "./x". Allowed: a list of commands', "line 6: hooks.after.bake.0: 7. Allowed: a text"],
  ],
  [
    "faults of all kinds, in the lines' order",
    "hooks: 1\nchecks:\n  - url: a\nmore: 1",
    [
      "line 1: hooks: 1. Allowed: a mapping with before, after",
      "line 3: checks.0.name: not set. Allowed: a text",
      'line 3: checks.0.url: "a". Allowed: a path that begins with /: it is asked through the preview listener',
      "line 4: more: 1. Allowed: no such key; one of checks, hooks",
    ],
  ],
])("fails on %s", (_, text, faults) => {
  const count = faults.length === 1 ? "1 entry is" : `${faults.length} entries are`;
  const head = `${count} wrong in bluegreen.yaml; nothing was changed:`;
  let said: string[] = [];
  try {
    parseProjectFile(text);
  } catch (error) {
    said = (error as Error).message.split("\n");
  }
  // Each line begins as it is given here.
  expect(said.map((line, index) => line.slice(0, [head, ...faults][index]?.length + (index > 0 ? 2 : 0)))).toEqual([
    head,
    ...faults.map((fault) => `  ${fault}`),
  ]);
});

test("fails on what is no YAML, and names each line", () =>
  expect(() => parseProjectFile("checks: []\nchecks: []\n")).toThrow(
    "bluegreen.yaml is no YAML. Correct it:\n  line 2: Map keys must be unique",
  ));

describe("beside Pulumi.yaml", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "project-file-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("it is read", () => {
    writeFileSync(path.join(folder, "bluegreen.yaml"), "checks: [{ name: a, url: / }]");
    expect(readProjectFile(folder).checks).toEqual([{ name: "a", url: "/", status: 200 }]);
  });

  test("it may be missing", () => expect(readProjectFile(folder).checks).toEqual([]));

  test("its caFile is read from beside it", () => {
    jest.spyOn(Date, "now").mockReturnValue(Date.UTC(2026, 0, 1));
    writeFileSync(path.join(folder, "ca.pem"), authority);
    writeFileSync(path.join(folder, "bluegreen.yaml"), "caFile: ca.pem");
    expect(readProjectFile(folder).authorities).toBe(authority.trim());
    writeFileSync(path.join(folder, "bluegreen.yaml"), "caFile: gone.pem");
    expect(() => readProjectFile(folder)).toThrow(/^caFile in bluegreen\.yaml: \S+gone\.pem can't be read: ENOENT/);
    jest.restoreAllMocks();
  });

  test("without a caFile there are no authorities", () =>
    expect(readProjectFile(folder)).not.toHaveProperty("authorities"));

  test("fails when it can't be read", () => {
    mkdirSync(path.join(folder, "bluegreen.yaml"));
    expect(() => readProjectFile(folder)).toThrow(/^bluegreen\.yaml can't be read: .*Let it be read, or remove it\.$/);
  });
});

test("takes what lies on the bounds", () =>
  expect(
    parseProjectFile(
      "alpha: 0.2\neffect: 10\nstandbyHours: 0\nmode: observe\nmetrics: /m\nenvironment: [X1, _y]\n" +
        "limits: { requests: 0 }\nchecks: [{ name: a, url: /, status: 599 }]",
    ),
  ).toMatchObject({
    alpha: 0.2,
    effect: 10,
    standbyHours: 0,
    mode: "observe",
    metrics: "/m",
    environment: ["X1", "_y"],
    limits: { requests: 0 },
    checks: [{ status: 599 }],
  }));

test("takes the least that it may be", () =>
  expect(parseProjectFile("alpha: 0.0001\neffect: 1")).toMatchObject({ alpha: 0.0001, effect: 1 }));
