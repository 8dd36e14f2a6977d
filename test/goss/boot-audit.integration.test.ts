import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../../images/build/layers.ts";
import { findHostGoss } from "../../tools/goss.ts";

jest.setTimeout(300_000);

let folder: string;
let goss: string;
beforeAll(async () => {
  goss = await findHostGoss(() => undefined);
  folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rules = "-D\n-b 8192\n-w /etc/sudoers -p wa -k scope\n-a always,exit -S mount -k mounts\n-e 2\n";

/** The specs that fail, by the real Goss, on a machine whose kernel tells this. */
function failing(status: string, loaded: string): string[] {
  const written = path.join(folder, "audit.rules");
  writeFileSync(written, rules);
  const part = readFileSync(path.join(ROOT, "goss/parts/boot-audit.yaml"), "utf8");
  const spec = path.join(folder, "spec.yaml");
  writeFileSync(spec, part.replaceAll("/etc/audit/audit.rules", written));
  const auditctl = path.join(folder, "auditctl");
  writeFileSync(auditctl, `#!/bin/sh\nif [ "$1" = -s ]; then echo '${status}'; else echo '${loaded}'; fi\n`);
  chmodSync(auditctl, 0o755);
  const args = ["-g", spec, "--vars-inline", "auditd: true", "validate", "--format", "json"];
  const { stdout } = spawnSync(goss, args, { encoding: "utf8", env: { PATH: `${folder}:/usr/bin:/bin` } });
  const { results } = JSON.parse(stdout) as { results: { successful: boolean; skipped: boolean; "resource-id": string }[] };
  return [...new Set(results.filter(({ successful }) => !successful).map((one) => one["resource-id"]))].sort();
}

const locked = "enabled 2\nfailure 1\npid 712\nrate_limit 0\nbacklog_limit 8192\nlost 0";
const both = "-w /etc/sudoers -p wa -k scope\n-a always,exit -S mount -F key=mounts";

it("given a locked audit with all rules, then it passes", () => expect(failing(locked, both)).toEqual([]));

test.each([
  ["a rule was not loaded", locked, both.split("\n")[0], ["audit-rules-loaded"]],
  ["no rule was loaded", locked, "No rules", ["audit-rules-loaded"]],
  ["the audit can be changed", locked.replace("enabled 2", "enabled 1"), both, ["audit-in-effect"]],
  ["no daemon takes its records", locked.replace("pid 712", "pid 0"), both, ["audit-in-effect"]],
])("fails when %s", (_, status, loaded = "", failed) => expect(failing(status, loaded)).toEqual(failed));
