import { schemaFault } from "../../cli/schema-fit.ts";

const image = (schema?: { min: number; max: number }) => ({ imageId: "ami-1", version: "v2.0.0", schema });

it.each([
  [image({ min: 1, max: 1 }), 1],
  [image({ min: 1, max: 3 }), 1],
  [image({ min: 1, max: 3 }), 2],
  [image({ min: 1, max: 3 }), 3],
  [image({ min: 2, max: 2 }), undefined],
  [image(), undefined],
])("%j may start beside a store of schema %s", (release, store) => {
  expect(schemaFault(release, store)).toBeUndefined();
});

it.each([
  [
    image({ min: 2, max: 3 }),
    1,
    /schema is 1, and v2.0.0 \(ami-1\) works with 2 to 3: release one that works with 1 and 2/,
  ],
  [image({ min: 1, max: 1 }), 2, /schema is 2, and v2.0.0 \(ami-1\) works with 1 to 1: a store goes one way/],
  [image(), 1, /schema is 1, and v2.0.0 \(ami-1\) does not say which it works with.*SchemaMin and SchemaMax/],
  [image({ min: 3, max: 1 }), 2, /works with schema 3 to 1: bake it anew/],
  [{ imageId: "ami-1" }, 1, /and ami-1 does not say/],
])("%j may not start beside a store of schema %s", (release, store, message) => {
  expect(schemaFault(release, store)).toMatch(message);
});
