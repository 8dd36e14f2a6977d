import type { Image } from "@aws-sdk/client-ec2";
import { lineageOf, revocationOf, revocationText, type BuiltImage } from "../../deployment/revocation.ts";
import type { Aws } from "./aws.ts";
import { type Architecture, below, type Layer } from "./layers.ts";
import { type ImageManifest, parameterOf } from "./manifest.ts";

/** Where a parent may be named: the first of them that names one counts. */
export interface ParentSources {
  /** `--parent`. */
  readonly given?: string;
  /** Manifest of the layer below. */
  readonly manifest?: ImageManifest;
  /** Value of the layer's parameter in Parameter Store. */
  readonly parameter?: string;
}

/** The image that a layer is made from, and who says so; or why there is none. */
export type Parent = { readonly ami: string; readonly from: string } | { readonly fault: string };

/** Finds the parent of a layer that has one. */
export function parentOf(layer: Exclude<Layer, "base">, region: string, sources: ParentSources): Parent {
  const lower = below(layer) ?? "base";
  const { given, manifest, parameter } = sources;
  if (given !== undefined) {
    const valid = /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(given);
    return valid
      ? { ami: given, from: "--parent" }
      : { fault: `--parent is ${JSON.stringify(given)}; it must be ami- and 8 or 17 hex digits` };
  }
  const ami = manifest?.images[region];
  if (ami !== undefined) return { ami, from: `the manifest of ${lower}` };
  const name = parameterOf({ layer: lower });
  if (parameter !== undefined) return { ami: parameter, from: name };
  const other = manifest === undefined ? "no manifest of one" : `its manifest has none for ${region}`;
  return {
    fault:
      `${layer} needs the image of ${lower} that it is made from, and there is neither --parent nor ${name} (${other}); ` +
      `bake it first: npm run bake -- ${lower}`,
  };
}

/** What a parent must fulfil beside being an image of the layer below. */
export interface ParentTerms {
  /** Undefined: not known, and not compared. */
  readonly architecture?: Architecture;
  readonly maxAgeDays: number;
  readonly now: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Why the image can't be a parent; undefined where it can. */
export function parentFault(
  ami: string,
  layer: Layer,
  image: Image | undefined,
  { architecture, maxAgeDays, now }: ParentTerms,
): string | undefined {
  if (image === undefined) return `the parent ${ami} is not there, or not shared with this account`;
  if (image.State !== "available") return `the parent ${ami} is ${image.State}, not available`;
  const lower = below(layer) ?? "base";
  const tags = image.Tags ?? [];
  // Nobody sees the tags of another account's image, though it may be shared.
  if (tags.length > 0 && !tags.some(({ Key, Value }) => Key === "GossReport" && Value !== "")) {
    return `the parent ${ami} has no tag GossReport: it was not baked to its end; bake ${lower} again`;
  }
  if (architecture !== undefined && image.Architecture !== architecture) {
    return `the parent ${ami} is of ${image.Architecture ?? "an unknown architecture"}, not ${architecture}: bake ${lower} for ${architecture}, or name another with --parent`;
  }
  const age = Math.floor((now.getTime() - Date.parse(image.CreationDate ?? "")) / DAY_MS);
  if (!(age <= maxAgeDays)) {
    return (
      `the parent ${ami} is ${Number.isNaN(age) ? "of an unknown age" : `${age} days old`}, more than ${maxAgeDays}: its packages lack what was mended since; ` +
      `bake ${layer === "app" ? "base and hardened" : lower} again, or allow it with --max-parent-age`
    );
  }
  return undefined;
}

/** Why nothing may be built on the image: it is revoked, or what it was built on; undefined where it is not. */
export async function revokedFault(
  aws: Pick<Aws, "image" | "revocations">,
  imageId: string,
  image: Image | undefined,
): Promise<string | undefined> {
  const revocations = await aws.revocations();
  if (revocations.length === 0) return undefined;
  const lookUp = async (id: string) => built(id, await aws.image(id));
  const found = revocationOf(await lineageOf(built(imageId, image), lookUp), revocations);
  return found && `the parent ${imageId} ${revocationText(found)}; bake the layers below anew`;
}

function built(imageId: string, image: Image | undefined): BuiltImage {
  const tag = (key: string) => image?.Tags?.find(({ Key }) => Key === key)?.Value;
  return { imageId, version: tag("Version"), sourceImageId: tag("SourceAMI") };
}
