import type { Release } from "../../../packages/app/src/release.ts";
import { migrate, type Migration, schemaNow, schemaOf, type SchemaStore } from "../../../packages/app/src/schema.ts";

const release = (min: number, max: number): Release => ({
  version: "v1.0.0",
  commit: "0".repeat(40),
  schema: { min, max },
});

/** Holds the schema's number in memory. */
function memory(number?: string): SchemaStore & { held: Map<string, string> } {
  const held = new Map(number === undefined ? [] : [["app:schema", number]]);
  return {
    held,
    get: (key) => Promise.resolve(held.get(key) ?? null),
    set: (key, value, options) =>
      Promise.resolve(options?.condition === "NX" && held.has(key) ? null : held.set(key, value) && "OK"),
  };
}

it("gives an empty store the oldest schema: the release beside may know no newer one", async () => {
  const store = memory();
  await expect(schemaOf(store, release(1, 3))).resolves.toBe(1);
  await expect(schemaOf(store, release(1, 1))).resolves.toBe(1);
});

it.each(["1", "2", "3"])("works with a store of schema %s", async (number) => {
  await expect(schemaOf(memory(number), release(1, 3))).resolves.toBe(Number(number));
});

it.each([
  ["1", 'the store\'s schema is 1, and v1.0.0 works with 2 to 3: run "app migrate" of a release before it'],
  ["4", "the store's schema is 4, and v1.0.0 works with 2 to 3: start a release that knows it"],
  ["x", "the store's schema is x, and v1.0.0 works with 2 to 3"],
  ["2.5", "the store's schema is 2.5, and v1.0.0 works with 2 to 3"],
])("refuses a store of schema %s, to start and to migrate", async (number, message) => {
  const store = memory(number);
  await expect(schemaOf(store, release(2, 3))).rejects.toThrow(message);
  await expect(migrate(store, release(2, 3), {})).rejects.toThrow(message);
  expect(store.held.get("app:schema")).toBe(number);
});

it("migrates step by step, once", async () => {
  const ran: number[] = [];
  const steps = Object.fromEntries([2, 3].map((to) => [to, () => Promise.resolve(void ran.push(to))]));
  const store = memory("1");
  await expect(migrate(store, release(1, 3), steps)).resolves.toEqual({ from: 1, to: 3 });
  await expect(migrate(store, release(1, 3), steps)).resolves.toEqual({ from: 3, to: 3 });
  expect(ran).toEqual([2, 3]);
});

it("stays at the last number that it reached when a step fails", async () => {
  const failing: Migration = () => Promise.reject(new Error("cut off"));
  const store = memory("1");
  await expect(migrate(store, release(1, 3), { 2: () => Promise.resolve(), 3: failing })).rejects.toThrow("cut off");
  expect(store.held.get("app:schema")).toBe("2");
});

it("fails on a step without a migration", async () => {
  await expect(migrate(memory("1"), release(1, 2), {})).rejects.toThrow("v1.0.0 has no migration to schema 2");
});

it.each([
  ["2", 2],
  ["x", undefined],
  ["2.5", undefined],
  [undefined, undefined],
])("sees the schema that is there, and changes nothing: %s", async (held, seen) => {
  const store = memory(held);
  await expect(schemaNow(store)).resolves.toBe(seen);
  expect(store.held.get("app:schema")).toBe(held);
});
