/** @type {import('jest').Config} */
const shared = {
  testEnvironment: "node",
  // A copy of the tree, which a mutation run works in, or has left when it was stopped.
  modulePathIgnorePatterns: ["<rootDir>/.stryker/"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
};

/** @type {import('jest').Config} */
export default {
  // Every rule is proved by a unit test; an integration test starts real services and commands, and proves that they keep it.
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.integration\\.test\\.ts$"],
    },
    { ...shared, displayName: "integration", testMatch: ["<rootDir>/test/**/*.integration.test.ts"] },
  ],
  globalSetup: "<rootDir>/test/global-setup.ts",
  globalTeardown: "<rootDir>/test/global-teardown.ts",
  // Jest leaves one core free by default, which is half of a small machine.
  maxWorkers: "100%",
  // Each test file loads the SDKs anew. A worker that has let a gigabyte of them gather takes longer to end than the half
  // second that Jest waits for it, so one that is full gives way to a new one.
  workerIdleMemoryLimit: "400MB",
  testTimeout: 20_000,
};
