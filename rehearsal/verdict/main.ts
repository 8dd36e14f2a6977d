import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cells } from "./cells.ts";
import { outcomeOf, tables } from "./table.ts";
import { withTables } from "./document.ts";

/** Plays the releases, and writes what became of them into docs/verdict.md. */
const file = path.join(import.meta.dirname, "../../docs/verdict.md");
const printed = tables(
  cells.map((cell) => {
    console.error(cell.name);
    return outcomeOf(cell);
  }),
);
writeFileSync(file, withTables(readFileSync(file, "utf8"), printed));
console.log(printed);
