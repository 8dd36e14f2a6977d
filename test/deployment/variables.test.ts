import { lockVariable } from "../../deployment/lock-variable.ts";
import { overrideVariable } from "../../deployment/override-variable.ts";

test("the variables keep the names that pipelines and run books have", () =>
  expect([lockVariable, overrideVariable]).toEqual(["BLUEGREEN_LOCK", "BLUEGREEN_OVERRIDE"]));
