import { Refusal } from "./fault.ts";
import type { Release } from "./release.ts";

/** Where the store keeps the number of its schema. */
const KEY = "app:schema";

/** The commands that the schema's number needs. */
export interface SchemaStore {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, options?: { condition: "NX" }): Promise<unknown>;
}

/** The number of the store's schema as it is now, undefined where there is none yet. */
export async function schemaNow(store: Pick<SchemaStore, "get">): Promise<number | undefined> {
  const number = Number((await store.get(KEY)) ?? NaN);
  return Number.isInteger(number) ? number : undefined;
}

/** Brings a store from the number before to its own. Must be harmless when it runs twice or is cut off. */
export type Migration = (store: SchemaStore) => Promise<void>;

/**
 * The store's schema. An empty store gets the oldest one that the release knows, so that the release beside it, which may
 * be the rollback target, can work with it, too. Throws a Refusal when the store's is none that this release can work with.
 */
export async function schemaOf(store: SchemaStore, { version, schema: { min, max } }: Release): Promise<number> {
  await store.set(KEY, String(min), { condition: "NX" });
  const found = await store.get(KEY);
  const number = Number(found);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  const what = `the store's schema is ${found}, and ${version} works with ${min} to ${max}`;
  throw new Refusal(
    number < min
      ? `${what}: run "app migrate" of a release before it that can go from there`
      : `${what}: start a release that knows it`,
  );
}

/**
 * Raises the store to the newest schema that the release knows, one number after the other; does nothing when it is there.
 * @param migrations By the number that each leads to.
 * @returns The schema before and after.
 */
export async function migrate(
  store: SchemaStore,
  release: Release,
  migrations: Readonly<Record<number, Migration>>,
): Promise<{ from: number; to: number }> {
  const from = await schemaOf(store, release);
  const { max } = release.schema;
  for (let next = from + 1; next <= max; next++) {
    const step = migrations[next];
    if (step === undefined)
      throw new Refusal(`${release.version} has no migration to schema ${next}; add it to migrations.ts`);
    await step(store);
    await store.set(KEY, String(next));
  }
  return { from, to: max };
}
