/**
 * `npm run rights`: what AWS authorizes by, and the table of docs/rights.md, made anew of the recorded calls. With `-- --record`,
 * the calls of the last rehearsal (`npm run rehearse -- --quick`) are recorded first.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findAwsLinters } from "../../tools/aws-linters.ts";
import { authorizationsOf } from "./authorizations.ts";
import { type Calls, isCommand } from "./recording.ts";

const { values } = parseArgs({ options: { record: { type: "boolean" } } });
const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "bootstrap/rights");

function write(file: string, value: unknown): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}

if (values.record) {
  const calls = JSON.parse(readFileSync(path.join(root, ".rehearsal/calls.json"), "utf8")) as Calls;
  write("calls.json", Object.fromEntries(Object.entries(calls).filter(([caller]) => isCommand(caller))));
}
// Not before: they read what was written.
const { recordedCalls } = await import("../../bootstrap/rights/authorization.ts");
const { actionsOfCaller } = await import("../../bootstrap/rights/roles.ts");
const { rightsTable, withRights } = await import("./table.ts");
const actions = [...new Set(Object.values(recordedCalls).flatMap(actionsOfCaller))];
write("actions.json", authorizationsOf(actions, await findAwsLinters(console.log)));
const page = path.join(root, "docs/rights.md");
writeFileSync(page, withRights(readFileSync(page, "utf8"), rightsTable()));
console.log(`${Object.keys(recordedCalls).length} commands, ${actions.length} rights`);
