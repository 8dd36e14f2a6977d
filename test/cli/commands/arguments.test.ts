import { wholeNumber } from "../../../cli/commands/arguments.ts";
import { colorOf } from "../../../cli/commands/rollback-options.ts";

test.each([
  ["0", 0],
  ["10", 10],
  ["100", 100],
])("%j is a number", (text, value) => expect(wholeNumber(text, 0, 100, "<percent>")).toBe(value));

test.each(["", " ", "-1", "101", "1.5", "ten", "NaN"])("%j is none from 0 to 100", (text) => {
  const message = `<percent> is ${JSON.stringify(text)}. Allowed: a whole number from 0 to 100.`;
  const refused = expect.objectContaining({ code: "usage", message }) as Error;
  expect(() => wholeNumber(text, 0, 100, "<percent>")).toThrow(refused);
});

test("a colour is one of two, or not named", () =>
  expect([undefined, "blue", "green"].map(colorOf)).toEqual([undefined, "blue", "green"]));

test.each(["red", "", "Blue"])("%j is no colour", (text) => {
  const message = `--to is ${JSON.stringify(text)}. Allowed: blue or green.`;
  expect(() => colorOf(text)).toThrow(expect.objectContaining({ code: "usage", message }) as Error);
});
