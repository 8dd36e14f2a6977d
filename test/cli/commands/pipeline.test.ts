import { isPipeline } from "../../../cli/commands/rollback-options.ts";

test.each([
  [{}, false],
  [{ CI: "" }, false],
  [{ CI: "false" }, false],
  [{ CI: "0" }, false],
  [{ CI: "true" }, true],
  [{ CI: "1" }, true],
  [{ CI: "woodpecker" }, true],
])("given the environment %j, when a rollback would ask, then a pipeline has said yes: %s", (env, expected) =>
  expect(isPipeline(env)).toBe(expected),
);
