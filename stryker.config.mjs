// npm run mutate: changes the rules of deployment/ one place at a time, and counts the changes that no test notices.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ["deployment/*.ts"],
  testRunner: "jest",
  plugins: ["@stryker-mutator/jest-runner"],
  jest: { projectType: "custom", configFile: "stryker.jest.config.mjs" },
  coverageAnalysis: "perTest",
  // What a rehearsal leaves has names that no copy can be made of.
  ignorePatterns: [".rehearsal", ".images"],
  // Jest does not check types.
  disableTypeChecks: false,
  reporters: ["clear-text", "progress"],
  // Jest looks for no tests below node_modules/.
  tempDirName: ".stryker",
  thresholds: { high: 95, low: 90, break: 90 },
};
