import { lockVariable, overrideVariable } from "../../deployment/variables.ts";

test("the variables keep the names that pipelines and run books have", () =>
  expect([lockVariable, overrideVariable]).toEqual(["BLUEGREEN_LOCK", "BLUEGREEN_OVERRIDE"]));
