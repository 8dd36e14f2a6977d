import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { cells } from "./cells.ts";
import { withTables } from "./document.ts";
import { tables, type Outcome } from "./table.ts";

/** Plays the releases, and writes what became of them into docs/verdict.md; with --check it only says whether they stand there. */
const file = path.join(import.meta.dirname, "../../docs/verdict.md");
const outcomes: Outcome[] = [];
const waiting = [...cells.keys()];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const worker = new Worker(path.join(import.meta.dirname, "worker.ts"), { workerData: index });
      [outcomes[index]] = (await once(worker, "message")) as [Outcome];
    }
  }),
);
const printed = tables(outcomes);
const before = readFileSync(file, "utf8");
const after = withTables(before, printed);
const isCheck = process.argv.includes("--check");
if (!isCheck) writeFileSync(file, after);
console.log(printed);
const above = outcomes.filter(({ falseRollbacks: { test, counters } }) => Math.max(test, counters) > 1);
for (const { name, by } of above)
  console.error(`${name}: more than 1 % of the good releases went back: ${JSON.stringify(by)}`);
if (isCheck && after !== before) console.error("docs/verdict.md has other tables: npm run verdict writes them.");
process.exit(above.length > 0 || (isCheck && after !== before) ? 1 : 0);
