import config from "./jest.config.js";

const [unit] = config.projects;

// The rules' own tests alone: a rule that only a test of the whole program holds is held badly.
/** @type {import('jest').Config} */
export default {
  testEnvironment: unit.testEnvironment,
  transform: unit.transform,
  rootDir: import.meta.dirname,
  testMatch: ["<rootDir>/test/deployment/*.test.ts"],
  // It walks all 9,216 pairs of states, and prints them where they fail: seconds for each change.
  testPathIgnorePatterns: ["plan-transitions"],
};
