/** Images that may not be released any more, and why: rules without a call. */
import { z } from "zod";
import { outsideText } from "./outside-text.ts";

/**
 * Where revocations are kept in Parameter Store, beside the published images: a parameter each, because a standard one takes
 * 4096 characters.
 */
export const revokedPath = "/bluegreen/images/revoked";

/** Something that was revoked. */
export interface Revocation {
  /** An image id, or a version: the last part of the parameter's name. */
  readonly key: string;
  readonly reason: string;
  /** Who did it, and when, ISO 8601; undefined: somebody wrote the parameter by hand. */
  readonly by?: string;
  readonly at?: string;
  /** The layer that it was given as: `base` or `hardened`. */
  readonly layer?: string;
}

/** What an image is known by. */
export interface ImageIdentity {
  readonly imageId: string;
  readonly version?: string;
}

/** An image with the one that it was built on, as its tag SourceAMI says. */
export interface BuiltImage extends ImageIdentity {
  readonly sourceImageId?: string;
}

/** A revocation that holds for an image: for itself, or for one that it was built on. */
export interface FoundRevocation {
  readonly revocation: Revocation;
  /** Id of the image below that was revoked; undefined: it is the image itself. */
  readonly below?: string;
}

/** Characters of a reason. */
const reasonLimit = 300;

const body = z.object({
  reason: z.string(),
  by: z.string().optional(),
  at: z.string().optional(),
  layer: z.string().optional(),
});

export const revocationParameter = (key: string): string => `${revokedPath}/${key}`;

/** The parameter's value. Parameter Store refuses `{{`, which it takes for a reference to another parameter. */
export const revocationValue = ({ reason, by, at, layer }: Omit<Revocation, "key">): string =>
  JSON.stringify({ reason: outsideText(reason, reasonLimit).replaceAll("{{", "{ {"), by, at, layer });

/** What a parameter says. One that says it in no form of ours revokes all the same: its value is the reason. */
export function parseRevocation(parameter: string, value: string): Revocation {
  const key = parameter.slice(revokedPath.length + 1);
  const read = body.safeParse(parsed(value)).data ?? { reason: value };
  const shown = (text: string | undefined) => (text === undefined ? undefined : outsideText(text, reasonLimit));
  return {
    key: outsideText(key),
    reason: outsideText(read.reason, reasonLimit),
    by: shown(read.by),
    at: shown(read.at),
    layer: shown(read.layer),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The revocation that holds for an image; undefined: none.
 * @param lineage the image, and behind it what it was built on
 */
export function revocationOf(
  lineage: readonly ImageIdentity[],
  revocations: readonly Revocation[],
): FoundRevocation | undefined {
  for (const [index, { imageId, version }] of lineage.entries()) {
    const revocation = revocations.find(({ key }) => key === imageId || key === version);
    if (revocation) return { revocation, below: index === 0 ? undefined : imageId };
  }
  return undefined;
}

/** What is wrong with an image, as words behind its name: `is revoked (CVE-1; alice@desk, 2026-11-21T14:00:00Z)`. */
export function revocationText({ revocation, below }: FoundRevocation): string {
  const { reason, by, at, layer } = revocation;
  const why = [reason, [by, at].filter(Boolean).join(", ")].filter(Boolean).join("; ");
  return below === undefined
    ? `is revoked (${why})`
    : `was built on ${layer === undefined ? "" : `the ${layer} image `}${below}, which is revoked (${why})`;
}

/** Images that one is built on at most: base, hardened, app, and Amazon's own below; some more for teams with more layers. */
const deepest = 8;

/**
 * An image and what it was built on, as far as that can be seen here: an image that is gone, or another region's, ends the line
 * with its id.
 */
export async function lineageOf(
  image: BuiltImage,
  lookUp: (imageId: string) => Promise<BuiltImage | undefined>,
): Promise<ImageIdentity[]> {
  const lineage: BuiltImage[] = [image];
  let below = image.sourceImageId;
  // A tag may say anything, and a filter takes wildcards.
  while (below !== undefined && /^ami-[0-9a-z]+$/.test(below) && lineage.length < deepest) {
    const next = below;
    if (lineage.some(({ imageId }) => imageId === next)) break;
    const found: BuiltImage = (await lookUp(next)) ?? { imageId: next };
    lineage.push(found);
    below = found.sourceImageId;
  }
  return lineage;
}
