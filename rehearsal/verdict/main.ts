import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cells } from "./cells.ts";
import { withTables } from "./document.ts";
import { outcomeOf, tables } from "./table.ts";

/** Plays the releases, and writes what became of them into docs/verdict.md; with --check it only says whether they stand there. */
const file = path.join(import.meta.dirname, "../../docs/verdict.md");
const outcomes = cells.map((cell) => outcomeOf(cell));
const printed = tables(outcomes);
const before = readFileSync(file, "utf8");
const after = withTables(before, printed);
const isCheck = process.argv.includes("--check");
if (!isCheck) writeFileSync(file, after);
console.log(printed);
const above = outcomes.filter(({ falseRollbacks: { test, counters } }) => Math.max(test, counters) > 1);
for (const { cell } of above) console.error(`${cell.name}: more than 1 % of the good releases went back.`);
if (isCheck && after !== before) console.error("docs/verdict.md has other tables: npm run verdict writes them.");
process.exit(above.length > 0 || (isCheck && after !== before) ? 1 : 0);
