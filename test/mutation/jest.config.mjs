import path from "node:path";
import config from "../../jest.config.js";

const [unit] = config.projects;

// What all rooms' tests have in common. It is a file because it is read in Stryker's copy of the tree.
/** @type {import('jest').Config} */
export default {
  testEnvironment: unit.testEnvironment,
  transform: unit.transform,
  watchman: false,
  rootDir: path.join(import.meta.dirname, "..", ".."),
};
