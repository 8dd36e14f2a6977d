import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { Clients } from "../clients.ts";

/** The tag that a bake gives to an image and to all its copies: the digest of its report. */
const digestTag = "GossReport";

/** What an image and its copies have in common; undefined: it was not baked here, or can't be seen. AWS's errors pass through. */
export async function digestOf({ ec2 }: Pick<Clients, "ec2">, imageId: string): Promise<string | undefined> {
  // By filter: an id that is gone would fail the call.
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [imageId] }], IncludeDeprecated: true }),
  );
  const digest = Images[0]?.Tags?.find(({ Key }) => Key === digestTag)?.Value;
  return digest === "" ? undefined : digest;
}

/** Ids of the images of a region that have a digest. AWS's errors pass through. */
export async function copiesOf(ec2: EC2Client, digest: string): Promise<string[]> {
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({
      Owners: ["self"],
      Filters: [{ Name: `tag:${digestTag}`, Values: [digest] }],
      IncludeDeprecated: true,
    }),
  );
  return Images.flatMap(({ ImageId }) => ImageId ?? []).sort();
}
