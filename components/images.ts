import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { answersBootGate } from "../deployment/boot-gate.ts";
import { outsideText } from "../deployment/outside-text.ts";
import type { BuiltImage } from "../deployment/revocation.ts";

/** What the stack needs to know of a pinned image. */
export interface Image {
  /** Device that it boots from. */
  rootDeviceName: string;
  /** Its tag `Version`, as the image's build wrote it; undefined: none, or not visible to this account. */
  version?: string;
  /** The image that it was built on, as its tag SourceAMI says; undefined: it has none. */
  sourceImageId?: string;
  /** Whether its tags say that a boot gate in it answers the launch lifecycle hook. */
  bootGate: boolean;
}

/**
 * Looks up a pinned image before anything is made.
 * @throws RunError when there is no such image here, or when it can't be launched.
 */
export async function describeImage(imageId: string, setting: string): Promise<Image> {
  const refuse = (fault: string) =>
    new pulumi.RunError(
      `${setting} is ${imageId}, but ${fault}. Pin an image that exists in this account and region: ` +
        `aws ec2 describe-images --owners self --query "Images[].[ImageId,Name,State]". ` +
        `Of a colour that is off the setting can also go (pulumi config rm ${setting}): it takes the other's image then.`,
    );
  let image: aws.ec2.GetAmiResult;
  try {
    // A deprecated image of another account is hidden unless asked for, yet it still launches: a rollback may need it.
    image = await aws.ec2.getAmi({ filters: [{ name: "image-id", values: [imageId] }], includeDeprecated: true });
  } catch (error) {
    const { message } = error as Error;
    if (/no results|InvalidAMIID/i.test(message)) throw refuse("no such image can be seen");
    throw error;
  }
  if (image.state !== "available") throw refuse(`it is ${image.state}`);
  const { rootDeviceName, tags } = image;
  const version = tags["Version"] as string | undefined;
  return {
    rootDeviceName,
    version: version === undefined ? undefined : outsideText(version),
    sourceImageId: tags["SourceAMI"],
    bootGate: answersBootGate(tags),
  };
}

/** An image that another one was built on; undefined: it is gone, or can't be seen here. */
export async function describeSource(imageId: string): Promise<BuiltImage | undefined> {
  try {
    const { tags } = await aws.ec2.getAmi({
      filters: [{ name: "image-id", values: [imageId] }],
      includeDeprecated: true,
    });
    return { imageId, version: tags["Version"], sourceImageId: tags["SourceAMI"] };
  } catch (error) {
    if (/no results|InvalidAMIID/i.test((error as Error).message)) return undefined;
    throw error;
  }
}
