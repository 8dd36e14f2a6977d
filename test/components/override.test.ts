import * as pulumi from "@pulumi/pulumi";
import { refuseFault, refuseUnlessOverridden, warnOfRefusal } from "../../components/override.ts";
import { overrideVariable } from "../../deployment/variables.ts";

const refuse = () => refuseUnlessOverridden("update-refused", "This update is refused", ["one reason", "another"]);
const message = "[update-refused] This update is refused, but:\n  - one reason\n  - another";

let warn: jest.SpyInstance;
beforeEach(() => (warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue()));
afterEach(() => {
  warn.mockRestore();
  delete process.env[overrideVariable];
});

test.each([undefined, ""])("fails with every reason while the override is %p", (value) => {
  if (value !== undefined) process.env[overrideVariable] = value;
  expect(refuse).toThrow(new pulumi.RunError(message));
  expect(warn).not.toHaveBeenCalled();
});

test("the override lets it pass, and prints who overrides what", () => {
  process.env[overrideVariable] = "INC-42";
  expect(refuse).not.toThrow();
  expect(warn.mock.calls).toEqual([[`BLUEGREEN_OVERRIDE ("INC-42") overrides this. ${message}`]]);
});

test.each([
  [
    "that the update asks again",
    undefined,
    "This is a preview: the update asks again, and is refused if this still holds.",
  ],
  ["that the override lets the update pass", "INC-42", "With BLUEGREEN_OVERRIDE set, the update only warns of it."],
])("a preview warns, and says %s", (_, value, end) => {
  if (value !== undefined) process.env[overrideVariable] = value;
  warnOfRefusal("gate-closed", "The gate would stay shut", ["one reason"]);
  expect(warn.mock.calls).toEqual([[`[gate-closed] The gate would stay shut, because now:\n  - one reason\n${end}`]]);
});

test("a fault of a fleet is refused in the same way, and none is not", () => {
  expect(() => refuseFault(undefined)).not.toThrow();
  expect(() => refuseFault({ what: "The group would be cut", reasons: ["it serves"] })).toThrow(
    new pulumi.RunError("[fleet-guarded] The group would be cut, but:\n  - it serves"),
  );
});
