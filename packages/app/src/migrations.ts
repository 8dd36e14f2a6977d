import type { Migration } from "./schema.ts";

/**
 * By the number of the schema that each leads to; 1 is the first and needs none. A release that brings a schema first
 * works with the one before, too (`schema.json`: min stays, max rises): both colours use the same store, and it is raised
 * by `app migrate` only when no release that needs the old one is left.
 */
export const migrations: Readonly<Record<number, Migration>> = {};
