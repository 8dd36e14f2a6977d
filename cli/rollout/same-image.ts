import type { ImageFacts } from "../state/model.ts";

/** Where a stack stands. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
}

/** Account and region of a stack, by the ARN of something that it has. */
export function placeOf(arn: string): StackPlace {
  const [, , , region = "", account = ""] = arn.split(":");
  return { account, region };
}

/**
 * Whether an image that one stack served is the one that another is to release. Tags prove nothing within an account: whoever may
 * write them (`ec2:CreateTags`) can make any image say what another one says. There the id decides, and for copies in another
 * region what EC2 itself says of their origin. In another account nobody of this one writes tags: the same version of the same
 * commit counts.
 */
export function isSameImage(served: ImageFacts, at: StackPlace, image: ImageFacts, here: StackPlace): boolean {
  const [one, another] = [originOf(served, at), originOf(image, here)];
  if (one.imageId === another.imageId && one.region === another.region) return true;
  if (at.account === here.account) return false;
  const { version, commit } = image;
  return version !== undefined && commit !== undefined && version === served.version && commit === served.commit;
}

/** What an image is a copy of, or itself. One whose source is of its own region was made from that one, and may differ from it. */
function originOf({ imageId, source }: ImageFacts, { region }: StackPlace): { imageId: string; region: string } {
  return source !== undefined && source.region !== region ? source : { imageId, region };
}
