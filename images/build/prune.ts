import type { Image } from "@aws-sdk/client-ec2";
import { LAYERS, type Layer } from "./layers.ts";

/** Terms by which old images are retired. */
export interface PruneTerms {
  /** Days; what is younger stays. */
  readonly olderThan: number;
  /** How many of the newest of each layer and architecture stay, whatever their age. */
  readonly keep: number;
  readonly now: Date;
}

/** Why images must stay, by their ids: who uses them. */
export type Uses = ReadonlyMap<string, string>;

/** An image of a bake, and what becomes of it. */
export interface Judged {
  readonly id: string;
  readonly name: string;
  readonly days: number;
  /** EBS snapshots that go with it. */
  readonly snapshots: readonly string[];
  /** Why it stays; undefined: it is retired. */
  readonly stays?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The layer that an image's tag `Name` tells, as packer/ sets it; undefined: it is no image of a bake. */
function layerOf(image: Image): Layer | undefined {
  const name = tagOf(image, "Name") ?? "";
  return LAYERS.find((layer) => (layer === "app" ? name.startsWith("bluegreen-app-") : name === `bluegreen-${layer}`));
}

const tagOf = ({ Tags = [] }: Image, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value ?? undefined;

/**
 * Judges the images of an account and region: retired is what is old, is none of the newest, and that nobody uses. An image that
 * another one was built on stays as long as that one is there: its packages are explained by it, and `bluegreen revoke` follows them.
 */
export function judgeImages(images: readonly Image[], uses: Uses, { olderThan, keep, now }: PruneTerms): Judged[] {
  const children = new Map(images.map((image) => [tagOf(image, "SourceAMI") ?? "", image.ImageId ?? ""]));
  const newestFirst = [...images].sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""));
  const seen = new Map<string, number>();
  return newestFirst.flatMap((image) => {
    const layer = layerOf(image);
    if (layer === undefined) return [];
    const { ImageId: id = "", Name: name = "", BlockDeviceMappings = [] } = image;
    const kind = `${layer} ${image.Architecture}`;
    const place = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, place);
    const days = Math.floor((now.getTime() - Date.parse(image.CreationDate ?? "")) / DAY_MS);
    const child = children.get(id);
    const stays =
      uses.get(id) ??
      (child !== undefined ? `${child} was built on it` : undefined) ??
      (place <= keep ? `it is one of the ${keep} newest of ${kind}` : undefined) ??
      (days > olderThan ? undefined : `it is ${days} days old`);
    return [{ id, name, days, stays, snapshots: BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []) }];
  });
}
