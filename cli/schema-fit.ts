import type { ImageFacts } from "./state/model.ts";

/**
 * Why a release may not start beside the backing store as it is now; undefined: it may. It holds for the rollback, too: a
 * release that can't read the store is no rollback.
 * @param storeSchema what the store says; undefined: there is no store, or nobody has seen it
 */
export function schemaFault(
  { imageId, version, schema }: Pick<ImageFacts, "imageId" | "version" | "schema">,
  storeSchema: number | undefined,
): string | undefined {
  if (storeSchema === undefined) return undefined;
  const release = version === undefined ? imageId : `${version} (${imageId})`;
  const store = `the store's schema is ${storeSchema}`;
  if (schema === undefined) {
    return `${store}, and ${release} does not say which it works with: bake it with the tags SchemaMin and SchemaMax`;
  }
  const { min, max } = schema;
  if (min > max)
    return `${release} says that it works with schema ${min} to ${max}: bake it anew, with the least first`;
  if (storeSchema < min) {
    return (
      `${store}, and ${release} works with ${min} to ${max}: release one that works with ${storeSchema} and ${min} first, ` +
      "and raise the store with its job migrate"
    );
  }
  if (storeSchema > max) {
    return `${store}, and ${release} works with ${min} to ${max}: a store goes one way, take a release that knows ${storeSchema}`;
  }
  return undefined;
}
