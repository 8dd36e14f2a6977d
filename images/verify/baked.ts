import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { bakeName, type Layer, ROOT } from "../build/layers.ts";
import type { ImageManifest } from "../build/manifest.ts";
import { ImageStore } from "@bluegreen/machines";
import type { CleanUp } from "../../tools/clean-up.ts";
import { type Bakery, openBakery } from "./bakery.ts";
import { recipe } from "./recipe.ts";

/** Where the images of the rehearsal are baked and kept. */
export const IMAGES = path.join(ROOT, ".rehearsal", "images");

/** The versions of the service that are baked: a release, and the one after it. */
export const versions = ["v1.0.0", "v2.0.0"] as const;

/** What is baked, in this order; each is made from the one that `from` names. */
export const bakes: readonly { name: string; layer: Layer; version?: string; from?: string }[] = [
  { name: "base", layer: "base" },
  { name: "hardened", layer: "hardened", from: "base" },
  ...versions.map((version) => ({ name: bakeName("app", version), layer: "app" as const, version, from: "hardened" })),
];

/** Images that were baked, and where. */
export interface Baked {
  store: ImageStore;
  /** Ids in the store, by the names of `bakes`. */
  roots: Record<string, string>;
}

const indexFile = path.join(IMAGES, "images.json");

/** Images that were baked from what the project is now; undefined when there are none. */
async function findBaked(): Promise<Baked | undefined> {
  const index = await readFile(indexFile, "utf8").then(
    (text) => JSON.parse(text) as { recipe: string; roots: Record<string, string> },
    () => undefined,
  );
  if (index?.recipe !== (await recipe())) return undefined;
  return { store: new ImageStore(path.join(IMAGES, "store")), roots: index.roots };
}

/** A bakery on an empty folder. */
export async function freshBakery(cleanUp: CleanUp, progress: (message: string) => void): Promise<Bakery> {
  await rm(indexFile, { force: true });
  for (const part of ["store", "machines", "manifests"]) {
    await rm(path.join(IMAGES, part), { recursive: true, force: true });
  }
  await mkdir(IMAGES, { recursive: true });
  const bakery = await openBakery({ store: path.join(IMAGES, "store"), folder: IMAGES, cleanUp, progress });
  cleanUp.add("machines' files", () => rm(path.join(IMAGES, "machines"), { recursive: true, force: true }));
  return bakery;
}

/** Bakes one of `bakes` with those before it. */
export async function bakeNext(
  bakery: Bakery,
  { name, layer, version, from }: (typeof bakes)[number],
  manifests: Map<string, ImageManifest>,
  line: (text: string) => void,
): Promise<ImageManifest> {
  const parent = from === undefined ? undefined : manifests.get(from);
  const manifest = await bakery.bake(layer, { version, parent, line });
  manifests.set(name, manifest);
  return manifest;
}

/** Writes down that all of `bakes` are there. */
export async function keepBaked(bakery: Bakery, manifests: Map<string, ImageManifest>): Promise<Baked> {
  const roots = Object.fromEntries([...manifests].map(([name, manifest]) => [name, bakery.rootOf(manifest)]));
  await writeFile(indexFile, `${JSON.stringify({ recipe: await recipe(), roots }, undefined, 2)}\n`);
  return { store: bakery.store, roots };
}

/** The images, baked now if they are not there yet: about a minute. */
export async function bakedImages(cleanUp: CleanUp, progress: (message: string) => void): Promise<Baked> {
  const found = await findBaked();
  if (found) return found;
  const bakery = await freshBakery(cleanUp, progress);
  const manifests = new Map<string, ImageManifest>();
  for (const bake of bakes) {
    progress(`baking ${bake.name}`);
    await bakeNext(bakery, bake, manifests, () => undefined);
  }
  return keepBaked(bakery, manifests);
}
