import type { ImageManifest } from "./manifest.ts";

/**
 * Name of the parameter that stands for an image: an app image's for ever, by its version; of the layers below, the one
 * that the next layer is made from.
 */
export function parameterOf({ layer, version }: Pick<ImageManifest, "layer" | "version">): string {
  return layer === "app" ? `/bluegreen/images/${version}` : `/bluegreen/images/${layer}/latest`;
}
