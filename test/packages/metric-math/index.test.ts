import { parseExpression, type Value } from "../../../packages/metric-math/index.ts";

const _ = undefined;
const values: Record<string, Value> = {
  errors: [5, _, _, 1],
  requests: [50, 20, _, 0],
  // The three of the user guide's tables on IF.
  metric1: [1, 1, 0, 0, _],
  metric2: [30, _, 0, 0, 30],
  metric3: [0, 0, 20, _, 20],
};

function compute(text: string): Value {
  return parseExpression(text).compute((id) => values[id] ?? NaN);
}

test.each<[string, Value]>([
  // What one side lacks is 0, a moment that both lack is none, what divides by zero is dropped.
  ["100 * errors / requests", [10, 0, _, _]],
  ["errors + requests", [55, 20, _, 1]],
  ["errors + 1", [6, _, _, 2]],
  ["-errors", [-5, _, _, -1]],
  ["(requests - errors) * 2", [90, 40, _, -2]],
  ["FILL(errors, 0)", [5, 0, 0, 1]],
  ["FILL(errors, requests)", [5, 20, _, 1]],
  ["FILL(errors, REPEAT)", [5, 5, 5, 1]],
  ["FILL(requests, 0) / FILL(errors, 0)", [10, _, _, 0]],
  ["requests >= 20", [1, 1, _, 0]],
  ["errors < requests", [1, 1, _, 0]],
  ["errors != 5", [0, _, _, 1]],
  ["IF(metric1, metric2, metric3)", [30, 0, 20, _, _]],
  ["IF(metric1, 5, metric3)", [5, 5, 20, _, _]],
  ["IF(metric1, metric2, 5)", [30, 0, 5, 5, _]],
  ["IF(metric1, metric2)", [30, 0, _, _, _]],
  ["IF(0, metric2, metric3)", [0, 0, 20, _, 20]],
  ["IF(requests >= 20, 100 * FILL(errors, 0) / requests, 0)", [10, 0, _, 0]],
  ["ABS(errors - requests)", [45, 20, _, 1]],
  ["DIFF(requests)", [_, -30, _, _]],
  ["IF(ABS(DIFF(FILL(requests, 0))) >= 25, 1, 0)", [_, 1, 0, 0]],
  ["1 + 2 * 3", 7],
])("computes %s", (text, expected) => {
  expect(compute(text)).toEqual(expected);
});

test.each([
  "",
  "errors requests",
  "errors +",
  "SUM(errors)",
  "METRICS()",
  "errors && requests",
  "errors ^ 2",
  "errors ? 1 : 0",
  "[errors, requests]",
  "errors.length",
  "'errors'",
  "Errors + 1",
  "IF(errors)",
  "FILL(errors)",
  "FILL(errors, LINEAR)",
  "!errors",
])("fails for %p", (text) => {
  expect(() => parseExpression(text)).toThrow(expect.objectContaining({ code: "ValidationError" }) as Error);
});

test("says which ids it names", () => {
  expect([...parseExpression("IF(a > b, FILL(c, 0))").names]).toEqual(["a", "b", "c"]);
});
