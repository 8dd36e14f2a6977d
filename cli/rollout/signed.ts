import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { isSigned, regionOfKey, statementIn } from "../../images/build/signature.ts";
import { toCliError } from "../aws-errors.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import { imageName, type ImageFacts } from "../state/model.ts";

/**
 * Refuses an image that `imageSigningKey` has not signed. KMS judges the signature itself, over the image's id and the digests of its
 * papers: tags alone can be written by anybody who may tag.
 * @throws CliError
 */
export async function requireSigned(
  { settings, clients }: Pick<Session, "settings" | "clients">,
  image: ImageFacts,
): Promise<void> {
  const { imageSigningKey: key } = settings;
  if (key === undefined) return;
  const refuse = (fault: string): never => {
    throw new CliError(
      "refused",
      `${imageName(image)} (${image.imageId}) ${fault}, and imageSigningKey asks for a signature by ${key}. ` +
        "Bake it with that signing_key: npm run bake -- app.",
    );
  };
  try {
    const { ec2 } = clients;
    const region = await ec2.config.region();
    const Filters = [{ Name: "image-id", Values: [image.imageId] }];
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters, IncludeDeprecated: true }));
    const tags = Object.fromEntries((Images[0]?.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
    const statement = statementIn(region, image.imageId, tags);
    if (statement === undefined) return refuse("has not all of the tags GossReport, Packages, Sbom and Signature");
    const kms = await clients.kms(regionOfKey(key));
    try {
      if (await isSigned(kms, key, statement, statement.signature)) return;
    } finally {
      kms.destroy();
    }
    return refuse("has a signature that is not the key's, or not of this image and its papers");
  } catch (error) {
    throw toCliError(error);
  }
}
