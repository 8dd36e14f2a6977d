import { readFileSync } from "node:fs";
import path from "node:path";
import { cells } from "../../../rehearsal/verdict/cells.ts";
import { withTables } from "../../../rehearsal/verdict/document.ts";
import { outcomeOf, tables, type Outcome } from "../../../rehearsal/verdict/table.ts";

const outcomes: Outcome[] = [];

test.each(cells.map((cell) => [cell.name, cell] as const))(
  "given 2,000 releases that are no worse, where %s, then at most 1 % of them go back",
  (_, cell) => {
    const outcome = outcomeOf(cell);
    outcomes.push(outcome);
    expect(outcome.falseRollbacks.test).toBeLessThanOrEqual(1);
    expect(outcome.falseRollbacks.counters).toBeLessThanOrEqual(1);
  },
  300_000,
);

test("the document has these tables: npm run verdict writes them", () => {
  const document = readFileSync(path.join(import.meta.dirname, "../../../docs/verdict.md"), "utf8");
  expect(withTables(document, tables(outcomes))).toBe(document);
});
