import { execFileSync } from "node:child_process";
import { digestOf, judge } from "../../../images/build/report.ts";
import { gossReport } from "./papers.ts";

it("knows a report by the digest of its very bytes", () => {
  const expected = execFileSync("sha256sum", { input: "{}\n" }).toString().split(" ")[0];
  expect(digestOf(Buffer.from("{}\n"))).toBe(`sha256:${expected}`);
});

describe("judge", () => {
  it("counts what passed and what was skipped", () => {
    expect(judge(gossReport(undefined, [{}, {}, { skipped: true }]))).toEqual({ tests: 3, skipped: 1, faults: [] });
  });

  it("names each failed test in Goss's words", () => {
    const report = gossReport("v1.2.3", [
      { failed: "Port: tcp:22: listening" },
      {},
      { failed: "User: appuser: exists" },
    ]);
    expect(judge(report, "v1.2.3").faults).toEqual(["Port: tcp:22: listening", "User: appuser: exists"]);
  });

  test.each<[string, string, boolean]>([
    ["v1.2.3", gossReport("v1.2.3"), true],
    ["v1.2.3-rc.1", gossReport("v1.2.3-rc.1"), true],
    ["v1.2.3", gossReport("v1.2.4"), false],
    ["v1.2.3", gossReport("v1.2.30"), false],
    ["v1.2.3", gossReport(), false],
    ["v1.2.3", gossReport(undefined, [{ expected: "v1.2.3\n", skipped: true }]), false],
    ["v1.2.3", gossReport("v1.2.3").replace("app-version", "other-version"), false],
  ])("of %s: %s proves it: %s", (version, report, proves) => {
    expect(judge(report, version).faults).toEqual(
      proves ? [] : [`the Goss report is not of ${version}: no test of app --version has it`],
    );
  });

  const changed = (summary: object): string =>
    JSON.stringify({ ...(JSON.parse(gossReport(undefined, [{}, {}])) as object), summary });
  test.each([
    ["", "the Goss report is none: it is not what goss prints"],
    ["Error: yaml: line 3", "the Goss report is none: it is not what goss prints"],
    ["{}", "the Goss report is none: it is not what goss prints"],
    [gossReport(undefined, []), "the Goss report counts 0 tests and shows 0"],
    [changed({ "failed-count": 0, "skipped-count": 0, "test-count": 9 }), "the Goss report counts 9 tests and shows 2"],
    [
      changed({ "failed-count": 1, "skipped-count": 0, "test-count": 2 }),
      "the Goss report counts 1 failed tests and shows 0",
    ],
  ])("%j proves nothing", (report, fault) => expect(judge(report).faults).toEqual([fault]));
});
