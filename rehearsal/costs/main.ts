/** `npm run cost`: the month's cost of each environment by part. With `-- --write`, the table of docs/costs.md, too. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { monthOf, type Month } from "./month.ts";
import { registeredBy } from "./registered.ts";
import { costTable, withTable } from "./table.ts";

const { values } = parseArgs({ options: { write: { type: "boolean" } } });
const months = new Map<string, Month>();
for (const stack of ["dev", "staging", "prod"]) months.set(stack, monthOf(await registeredBy(stack)));
for (const [stack, { parts, usd, warmHour }] of months) {
  console.log(stack);
  for (const part of parts) console.log(`  ${part.usd.toFixed(2).padStart(8)}  ${part.name}: ${part.of}`);
  console.log(
    `  ${usd.toFixed(2).padStart(8)}  USD a month together; a warm standby adds ${warmHour.toFixed(3)} an hour`,
  );
}
const table = costTable(months);
console.log(`\n${table.split("\n").slice(-2).join("\n")}`);
if (values.write) {
  const page = path.resolve(import.meta.dirname, "../../docs/costs.md");
  writeFileSync(page, withTable(readFileSync(page, "utf8"), table));
}
// Pulumi's SDK keeps its connections open.
process.exit(0);
