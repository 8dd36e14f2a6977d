import { readFileSync } from "node:fs";
import path from "node:path";
import { scan } from "../../../images/build/scan.ts";
import { FakeTools } from "../../tools/fake-path.ts";

let tools: FakeTools;
beforeEach(() => (tools = new FakeTools()));
afterEach(() => tools.remove());

const trivy = (script: string): string => tools.add("trivy", `echo "$*" >> ${tools.root}/log\n${script}`);
const found = (changes: object) =>
  JSON.stringify({
    Results: [
      { Target: "npm" },
      {
        Vulnerabilities: [
          { VulnerabilityID: "CVE-1", PkgName: "bash", InstalledVersion: "1", Severity: "CRITICAL", ...changes },
        ],
      },
    ],
  });

it("asks for what is CRITICAL or HIGH, and names each with what mends it", async () => {
  const program = trivy(`echo '${found({})}'`);
  expect(await scan({ sbom: "x.json", offline: false }, program)).toEqual(["CRITICAL CVE-1 in bash 1, not mended yet"]);
  const mended = trivy(`echo '${found({ FixedVersion: "2" })}'`);
  expect(await scan({ sbom: "x.json", offline: true, ignoreFile: "i.yaml" }, mended)).toEqual([
    "CRITICAL CVE-1 in bash 1, mended in 2",
  ]);
  const asked = readFileSync(path.join(tools.root, "log"), "utf8").trim().split("\n");
  expect(asked).toEqual([
    "sbom --quiet --format json --severity CRITICAL,HIGH x.json",
    "sbom --quiet --format json --severity CRITICAL,HIGH --ignorefile i.yaml --skip-db-update --offline-scan x.json",
  ]);
});

it("finds nothing where trivy does", async () => {
  expect(await scan({ sbom: "x.json", offline: false }, trivy("echo '{\"Results\":[]}'"))).toEqual([]);
});

it.each([
  [
    "no database, offline",
    true,
    "echo 'FATAL --skip-db-update cannot be specified on the first run' >&2; exit 1",
    /no database.*download-db-only.*--unscanned/,
  ],
  [
    "no database to be had",
    false,
    "echo 'FATAL failed to download vulnerability DB' >&2; exit 1",
    /no database.*--offline/,
  ],
  ["another failure", false, "echo 'FATAL sbom decode error' >&2; exit 1", /^trivy failed: .*decode error/],
  ["another output", false, "echo ok", /^trivy printed no report/],
])("fails with %s: what was not looked at is not clean", async (_, offline, script, message) => {
  await expect(scan({ sbom: "x.json", offline }, trivy(script))).rejects.toThrow(message);
});

it("fails without trivy, and says what to do", async () => {
  const missing = path.join(tools.root, "missing");
  await expect(scan({ sbom: "x.json", offline: false }, missing)).rejects.toThrow(/^PATH has no trivy: install it/);
});
