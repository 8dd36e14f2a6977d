import { readReport, type SpecResult } from "../../../packages/boot-gate/report.ts";

/** A test as goss 0.4.9 reports it, shortened to what matters and some of what does not. */
const test = (successful: boolean, line: string, missing: unknown[] | null = null) => ({
  duration: 5539,
  err: null,
  "matcher-result": { actual: null, expected: null, message: "", "missing-elements": missing },
  meta: null,
  property: "contents",
  "resource-id": "/etc/x",
  "resource-type": "File",
  result: successful ? 0 : 1,
  skipped: false,
  successful,
  "summary-line": line,
  "summary-line-compact": line,
  title: "",
});
const report = (
  results: ReturnType<typeof test>[],
  counts: { failed?: number; skipped?: number; tests?: number } = {},
) =>
  JSON.stringify({
    results,
    summary: {
      "failed-count": counts.failed ?? results.filter(({ successful }) => !successful).length,
      "skipped-count": counts.skipped ?? 0,
      "summary-line": "",
      "test-count": counts.tests ?? results.length,
      "total-duration": 1,
    },
  });

const good = test(true, "Port: tcp:3000: listening: matches expectation: true");
const bad = test(false, "Service: app: running: Expected false to equal true");
const worse = test(false, "Port: tcp:3000: listening: Expected false to equal true");

it.each<[string, number | null, string, string, SpecResult]>([
  ["all passed", 0, report([good, good]), "", { kind: "passed", tests: 2, skipped: 0 }],
  ["some skipped", 0, report([good, good], { skipped: 1 }), "", { kind: "passed", tests: 2, skipped: 1 }],
  ["a warning beside it", 0, report([good]), "[WARN] Duplicate key", { kind: "passed", tests: 1, skipped: 0 }],
  [
    "some failed, in an order of their own",
    1,
    report([bad, good, worse]),
    "",
    {
      kind: "failed",
      tests: 3,
      failures: [
        "Port: tcp:3000: listening: Expected false to equal true",
        "Service: app: running: Expected false to equal true",
      ],
    },
  ],
  [
    "patterns that were not found",
    1,
    report([test(false, "Expected an object to have patterns", ["/^a$/", "b"])]),
    "",
    { kind: "failed", tests: 1, failures: ['File: /etc/x: contents: missing "/^a$/", "b"'] },
  ],
  [
    "a failure with a long story",
    1,
    report([test(false, `x\n  ${"y".repeat(400)}`)]),
    "",
    { kind: "failed", tests: 1, failures: [`x ${"y".repeat(298)}…`] },
  ],
  ["ended by a signal", null, "", "", { kind: "failed", tests: 0, failures: ["goss was ended by a signal"] }],
  [
    "a spec with a mistake",
    78,
    "Error: yaml: line 1: did not find expected node content\n",
    "",
    { kind: "broken", reason: "goss exited with 78: Error: yaml: line 1: did not find expected node content" },
  ],
  [
    "no report",
    0,
    "Usage: goss",
    "",
    { kind: "broken", reason: "goss exited with 0 and printed no report: Usage: goss" },
  ],
  [
    "half a report",
    1,
    report([bad]).slice(0, 20),
    "",
    { kind: "broken", reason: 'goss exited with 1 and printed no report: {"results":[{"durati' },
  ],
  [
    "another report",
    0,
    '{"results":[]}',
    "",
    { kind: "broken", reason: 'goss exited with 0 and printed no report: {"results":[]}' },
  ],
  ["no test", 0, report([]), "", { kind: "broken", reason: "the boot spec holds no test" }],
  [
    "0, but a failure",
    0,
    report([bad]),
    "",
    { kind: "broken", reason: "goss exited with 0, and its report shows 1 failed tests" },
  ],
  [
    "1, but no failure",
    1,
    report([good]),
    "",
    { kind: "broken", reason: "goss exited with 1, and its report shows 0 failed tests" },
  ],
  [
    "counts that disagree",
    1,
    report([bad], { failed: 2 }),
    "",
    { kind: "broken", reason: "goss exited with 1, and its report shows 1 failed tests" },
  ],
])("reads %s", (_, code, stdout, stderr, expected) => expect(readReport({ code, stdout, stderr })).toEqual(expected));
