import { touchedBeside, type Census } from "../../../rehearsal/scenarios/census.ts";

const before: Census = new Map([
  ["dev", ["vpc 1", "listener blue 100"]],
  ["prod", ["vpc 2"]],
]);

test("given changes in the stack that is worked on alone, then no other stack is blamed", () => {
  const after = new Map([...before, ["prod", ["vpc 2", "vpc 3"]]]);
  expect(touchedBeside("prod", before, after)).toEqual([]);
});

test("fails another stack whose things change, go or come", () => {
  const after = new Map([
    ["dev", ["vpc 1", "listener blue 90"]],
    ["staging", ["vpc 4"]],
  ]);
  expect(touchedBeside("none", before, after)).toEqual([
    "dev lost listener blue 100",
    "dev got listener blue 90",
    "prod lost vpc 2",
    "staging got vpc 4",
  ]);
});
