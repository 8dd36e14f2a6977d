import path from "node:path";

/** The layers of an image, each made from the one before. */
export const LAYERS = ["base", "hardened", "app"] as const;
export type Layer = (typeof LAYERS)[number];

/** Processors that images are made for, in EC2's words. */
export const ARCHITECTURES = ["x86_64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname, "../..");
/** The folder of the templates: Packer reads all of it, whatever the layer. */
export const TEMPLATES = path.join(ROOT, "packer");
/** Where manifests, reports and logs go by default. */
export const OUT = path.join(ROOT, ".images");

/** The layer that this one is made from; base is made from Amazon Linux. */
export function below(layer: Layer): Layer | undefined {
  return LAYERS[LAYERS.indexOf(layer) - 1];
}

/** What a bake is called in file names: an app image is one version's, the other layers have one of each at a time. */
export function bakeName(layer: Layer, version?: string): string {
  return layer === "app" ? `app-${version}` : layer;
}

/** https://semver.org without build metadata, which has no order and no place in a parameter's name; with the v of a Git tag. */
const NUMBER = "(0|[1-9]\\d*)";
const IDENTIFIER = `(${NUMBER}|\\d*[a-zA-Z-][\\da-zA-Z-]*)`;
const VERSION = new RegExp(`^v${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${IDENTIFIER}(\\.${IDENTIFIER})*)?$`);

/** Whether it is a version of a release: `v1.2.3`, `v1.2.3-rc.1`. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}
