import { writeFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "../build/layers.ts";
import { rulesPage } from "./page.ts";
import { readTable } from "./rules.ts";
import { specVars } from "./spec-vars.ts";
import { tailoring } from "./tailoring.ts";

/** Files that are made from the table, by their path in the project. */
export function generated(): Record<string, string> {
  const table = readTable();
  return {
    "docs/cis.md": rulesPage(table),
    "goss/vars/cis.yaml": specVars(table),
    "images/cis/tailoring.xml": tailoring(table),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of Object.entries(generated())) await writeFile(path.join(ROOT, file), text);
}
