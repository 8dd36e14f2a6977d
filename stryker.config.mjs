// What every room's mutation run has in common: test/mutation/main.ts says what is changed, and which tests must notice.
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: "jest",
  plugins: ["@stryker-mutator/jest-runner", "./test/mutation/sentences.ts"],
  coverageAnalysis: "perTest",
  // What a rehearsal leaves has names that no copy can be made of.
  ignorePatterns: [".rehearsal", ".images"],
  // Jest does not check types.
  disableTypeChecks: false,
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { logTests: false, reportTests: false, reportScoreTable: false },
  // Jest looks for no tests below node_modules/.
  tempDirName: ".stryker",
  // One test run at a time: the machine is used meanwhile.
  concurrency: 1,
  // On a machine that is used, a slow answer is none of the change's doing.
  timeoutMS: 30_000,
};
