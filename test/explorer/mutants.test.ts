import { readFileSync } from "node:fs";
import path from "node:path";
import { mutated } from "./hunt.ts";
import { mutants } from "./mutants.ts";

it.each(mutants)("the mutant that breaks this still fits the sources: $breaks", (mutant) => {
  const source = readFileSync(path.join(__dirname, "../..", mutant.file), "utf8");
  expect(mutated(source, mutant)).not.toBe(source);
});
