import { answersBootGate } from "../../deployment/boot-gate.ts";

test.each<[Record<string, string>, boolean]>([
  [{ BootGate: "boot-gate" }, true],
  [{ BootGate: "another" }, false],
  [{ Version: "boot-gate" }, false],
  [{}, false],
])("given an image with the tags %j, then it answers the launch hook: %s", (tags, expected) =>
  expect(answersBootGate(tags)).toBe(expected),
);
