import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const VARIABLE = "BLUEGREEN_TEST_RUN";

/** Folder that all test files of a run share: what takes long to make is made once. */
export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error(`${VARIABLE} is not set: jest.config.js makes the folder`);
  return folder;
}

/** Before the first test file. */
export function makeRunFolder(): void {
  process.env[VARIABLE] = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-run-"));
}

/** After the last one. */
export function removeRunFolder(): void {
  rmSync(runFolder(), { recursive: true, force: true });
}
