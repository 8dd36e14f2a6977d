import { codesIn, errorCodes, withCode, type Coded } from "../../deployment/error-codes.ts";

const every: Coded[] = errorCodes.flatMap((code): Coded[] => [
  { code },
  { code, color: "blue" },
  { code, color: "green" },
]);

test.each(every)("given a message with the code %j, then the same is read out of it", (coded) =>
  expect(codesIn(withCode(coded, "It is so."))).toEqual([coded]),
);

test("given an engine's error, with its own words around and several lines, then each code is read", () => {
  const text = `before hook failed: ${withCode({ code: "gate-closed" }, "No, but:\n  - x [is] y")}\nerror: ${withCode({ code: "fleet-not-ready", color: "green" }, "no luck")}`;
  expect(codesIn(text)).toEqual([{ code: "gate-closed" }, { code: "fleet-not-ready", color: "green" }]);
});

test.each(["", "The health gate keeps the listener", "[gate-closedx]", "[fleet-not-ready red]", "gate-closed"])(
  "given %j, then there is no code",
  (text) => expect(codesIn(text)).toEqual([]),
);
