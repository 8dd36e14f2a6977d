import { errorMessage } from "../../deployment/error-message.ts";

test.each<[string, unknown, string]>([
  ["an error", new Error("throttled"), "throttled"],
  ["an error of a kind of its own", new RangeError("too far"), "too far"],
  ["a text", "throttled", "throttled"],
  ["nothing", undefined, "undefined"],
])("given that %s was thrown, then its words are %s", (_, thrown, words) => expect(errorMessage(thrown)).toBe(words));
