import { isGeneratedFrom } from "../../deployment/names.ts";

test.each<[string, boolean]>([
  ["app-blue-cpu-0a1b2c3", true],
  ["app-blue-cpu", false],
  ["app-blue-cpu-0a1b2c", false],
  ["app-blue-cpu-0a1b2c34", false],
  ["app-blue-cpu-2-0a1b2c3", false],
  ["app-blue-cpu-team-on", false],
])("given %s, then that it is made of app-blue-cpu is %p", (name, expected) =>
  expect(isGeneratedFrom("app-blue-cpu", name)).toBe(expected),
);
