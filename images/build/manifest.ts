import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { systemSchema } from "./contents.ts";
import { jsonOf } from "./json.ts";
import { bakeName, type Layer, LAYERS } from "./layers.ts";

const ami = z.string().regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/);

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const schema = z.strictObject({
  layer: z.enum(LAYERS),
  /** Of an app image. */
  version: z.string().optional(),
  commit: z.string(),
  environment: z.string(),
  /** Image ids by region. */
  images: z.record(z.string(), ami).refine((images) => Object.keys(images).length > 0, "no image"),
  sourceAmi: ami,
  sourceAmiName: z.string(),
  /** Schemas of the backing store that an app image works with. */
  schema: z.strictObject({ min: z.number(), max: z.number() }).optional(),
  /** Name of the Goss report's file beside the manifest. */
  report: z.string().regex(/^[\w.-]+$/),
  /** `sha256:` and 64 hex digits; the images carry the same as the tag GossReport. */
  reportDigest: digest,
  /** ISO 8601, UTC. */
  buildTime: z.string(),
  /** Release, kernel and architecture of the system. */
  system: systemSchema,
  /** Digests of the list of packages and of the bill of materials, which lie beside the manifest; the images' tags Packages and Sbom. */
  packagesDigest: digest,
  sbomDigest: digest,
  /** Of each image, by its region; missing where the bake had no signing_key. */
  signature: z.strictObject({ key: z.string(), values: z.record(z.string(), z.string()) }).optional(),
});

/** What is kept of a bake: which images, from what, and by which proof. */
export type ImageManifest = z.infer<typeof schema>;

/**
 * Name of the parameter that stands for an image: an app image's for ever, by its version; of the layers below, the one
 * that the next layer is made from.
 */
export function parameterOf({ layer, version }: Pick<ImageManifest, "layer" | "version">): string {
  return layer === "app" ? `/bluegreen/images/${version}` : `/bluegreen/images/${layer}/latest`;
}

/** Names of a bake's files in the folder of manifests. */
export function filesOf(layer: Layer, version?: string) {
  const name = bakeName(layer, version);
  return {
    manifest: `${name}.json`,
    report: `${name}.report.json`,
    packages: `${name}.packages.tsv`,
    sbom: `${name}.cdx.json`,
    log: `${name}.log`,
  };
}

/**
 * Reads the manifest of a bake; undefined where there is none.
 * @throws Error when the file is no manifest, or another bake's
 */
export async function readManifest(out: string, layer: Layer, version?: string): Promise<ImageManifest | undefined> {
  const file = path.join(out, filesOf(layer, version).manifest);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const manifest = parseManifest(text, file);
  if (manifest.layer === layer && manifest.version === version) return manifest;
  throw new Error(
    `${file} is of ${bakeName(manifest.layer, manifest.version)}: bake ${bakeName(layer, version)} again`,
  );
}

/** @throws Error when the text is no manifest */
export function parseManifest(text: string, file: string): ImageManifest {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is no manifest of an image (${z.prettifyError(parsed.error)}): bake it again`);
}
