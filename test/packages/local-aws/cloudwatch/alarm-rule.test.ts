import { parseAlarmRule } from "../../../../packages/local-aws/cloudwatch/alarm-rule.ts";
import type { StateValue } from "../../../../packages/local-aws/cloudwatch/missing-data.ts";

const states: Record<string, StateValue> = { loud: "ALARM", fine: "OK", new: "INSUFFICIENT_DATA", "a (b) c": "ALARM" };

test.each([
  ['ALARM("loud")', true],
  ["ALARM(loud)", true],
  ["ALARM(fine)", false],
  ["OK(fine) AND INSUFFICIENT_DATA(new)", true],
  ["NOT ALARM(fine)", true],
  ["NOT NOT ALARM(fine)", false],
  ['ALARM("a (b) c")', true],
  ["TRUE AND NOT FALSE", true],
  ["(ALARM(fine) OR ALARM(loud)) AND OK(fine)", true],
  // AND binds before OR, NOT before both.
  ["ALARM(loud) OR ALARM(fine) AND ALARM(fine)", true],
  ["(ALARM(loud) OR ALARM(fine)) AND ALARM(fine)", false],
  ["NOT ALARM(loud) OR ALARM(loud)", true],
  ["NOT (ALARM(loud) OR ALARM(loud))", false],
  ["ALARM(gone)", false],
])("%s is %p", (text, expected) => {
  expect(parseAlarmRule(text).holds((name) => states[name])).toBe(expected);
});

test("names each alarm once", () => {
  expect([...parseAlarmRule('ALARM("b") OR ALARM(a) OR OK(b)').names]).toEqual(["b", "a"]);
});

test.each([
  "",
  " ALARM(a)",
  "ALARM(a) ",
  "ALARM",
  "ALARM()",
  'ALARM("")',
  "ALARM(a",
  'ALARM("a)',
  "ALARM((a))",
  "ALARM(a) OR",
  "ALARM(a) ALARM(b)",
  "alarm(a)",
  "ALARM(a) XOR ALARM(b)",
  "(ALARM(a)",
  "ALARM(a))",
  '"TRUE"',
  Array.from({ length: 101 }, (_, index) => `ALARM(a${index})`).join(" OR "),
  Array.from({ length: 501 }, () => "TRUE").join(" OR "),
])("fails for %p", (text) => {
  expect(() => parseAlarmRule(text)).toThrow(expect.objectContaining({ code: "ValidationError" }) as Error);
});
