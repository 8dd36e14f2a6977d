import { rules } from "../../../../cli/drift/rules.ts";
import { ROWS } from "../../../../packages/provider-stub/handlers/index.ts";

// The stand-in knows nothing of the commands; whoever teaches it a type is told here that they have to judge its drift.
test("given a type that the stand-in knows, then the commands have a rule for its drift", () => {
  const lacking = [...ROWS.keys()]
    .filter((type) => !(type in rules))
    .map(
      (type) => `${type} has a handler in packages/provider-stub/handlers/, and no rule in cli/drift/rules.ts: add one`,
    );
  expect(lacking).toEqual([]);
});

test("given a rule of the commands, then the stand-in knows its type", () => {
  const unknown = Object.keys(rules)
    .filter((type) => !ROWS.has(type))
    .map((type) => `${type} has a rule in cli/drift/rules.ts, and no handler in packages/provider-stub/handlers/`);
  expect(unknown).toEqual([]);
});
