// @ts-check
/**
 * The backing store of the rehearsed services, as far as a release's schema goes: a file with its number, which all
 * machines share. Environment: STORE (the file; unset: there is no store), SCHEMA_MIN, SCHEMA_MAX, VERSION.
 */
import { readFileSync, writeFileSync } from "node:fs";

const { STORE, SCHEMA_MIN = "1", SCHEMA_MAX = "1", VERSION = "unknown" } = process.env;

/** The schemas that this release works with. */
export const schema = { min: Number(SCHEMA_MIN), max: Number(SCHEMA_MAX) };

/** @returns {number | undefined} the store's schema; undefined: there is no store */
export function storeSchema() {
  if (STORE === undefined) return undefined;
  try {
    // As the service: an empty store gets the oldest one, so that the release beside it can work with it, too.
    writeFileSync(STORE, String(schema.min), { flag: "wx" });
    return schema.min;
  } catch {
    return Number(readFileSync(STORE, "utf8"));
  }
}

/** @returns {string | undefined} why this release can't work with the store */
export function storeFault() {
  const number = storeSchema();
  if (number === undefined || (number >= schema.min && number <= schema.max)) return undefined;
  return `the store's schema is ${number}, and ${VERSION} works with ${schema.min} to ${schema.max}`;
}

/**
 * A one-off job of this release.
 * @param {string} job @returns {number} the exit code
 */
export function runJob(job) {
  if (job !== "migrate") {
    console.error(`no such command: ${job}`);
    return 2;
  }
  const from = storeSchema();
  const fault = from === undefined ? "there is nothing to migrate" : storeFault();
  if (STORE === undefined || fault !== undefined) {
    console.error(fault);
    return 1;
  }
  writeFileSync(STORE, String(schema.max));
  console.log(from === schema.max ? `schema ${from}: nothing to do` : `schema ${from} -> ${schema.max}`);
  return 0;
}
