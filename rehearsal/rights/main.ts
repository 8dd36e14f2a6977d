/**
 * `npm run rights`: what AWS authorizes by, and the table of docs/rights.md, made anew of the recorded calls. With `-- --record`,
 * the calls of the last rehearsal (`npm run rehearse -- --quick`) are recorded first; with `-- --check` they are only compared with
 * what is recorded, as a whole rehearsal does by itself. A rehearsal in several folders is one.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findAwsLinters } from "../../tools/aws-linters.ts";
import { authorizationsOf } from "./authorizations.ts";
import { type Calls, isCommand, together, uncovered, unrehearsed, unused } from "./recording.ts";

const { values } = parseArgs({ options: { record: { type: "boolean" }, check: { type: "boolean" } } });
const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "bootstrap/rights");

function write(file: string, value: unknown): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}

/** @throws Error where no rehearsal was run */
function rehearsed(): Calls {
  const files = globSync([".rehearsal/calls.json", ".rehearsal/*/calls.json"], { cwd: root });
  if (files.length === 0) throw new Error("no rehearsal has left its calls in .rehearsal: npm run rehearse -- --quick");
  return together(files.map((file) => JSON.parse(readFileSync(path.join(root, file), "utf8")) as Calls));
}

if (values.check) {
  const calls = rehearsed();
  const commandLine = readFileSync(path.join(root, "cli/main.ts"), "utf8");
  const faults = [...uncovered(calls), ...unused(calls), ...unrehearsed(calls, commandLine)];
  for (const fault of faults) console.error(`${fault}: docs/rights.md says what to do`);
  if (faults.length === 0)
    console.log(`${Object.keys(calls).length} callers made no call without a right, and used each right`);
  process.exit(faults.length === 0 ? 0 : 1);
}
if (values.record) {
  const calls = rehearsed();
  write("calls.json", Object.fromEntries(Object.entries(calls).filter(([caller]) => isCommand(caller))));
  // Anew: what was loaded here has read the calls of before.
  execFileSync(process.execPath, [import.meta.filename], { stdio: "inherit" });
  process.exit();
}
const { recordedCalls } = await import("../../bootstrap/rights/authorization.ts");
const { actionsOfCaller } = await import("../../bootstrap/rights/roles.ts");
const { rightsTable, withRights } = await import("./table.ts");
const actions = [...new Set(Object.values(recordedCalls).flatMap(actionsOfCaller))];
write("actions.json", authorizationsOf(actions, await findAwsLinters(console.log)));
const page = path.join(root, "docs/rights.md");
writeFileSync(page, withRights(readFileSync(page, "utf8"), rightsTable()));
console.log(`${Object.keys(recordedCalls).length} commands, ${actions.length} rights`);
