import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { listRevocations, revocationRight } from "../../aws/revocations.ts";
import { byColor, colors, type ByColor } from "../../deployment/model.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import { lineageOf, revocationOf, revocationText, type BuiltImage } from "../../deployment/revocation.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import { imageName, type FleetFacts, type ImageFacts, type LiveState } from "../state/model.ts";

/** Milliseconds for the question: a release can wait, a rollback does not. */
const patience = { release: 8_000, rollback: 3_000 };

type Asking = Pick<Session, "clients">;

/**
 * What is wrong with images that are revoked, each as words behind its name; undefined: nothing. AWS's errors pass through.
 */
async function revocationsOf(
  { clients: { ssm, ec2 } }: Asking,
  images: readonly ImageFacts[],
  milliseconds: number,
): Promise<(string | undefined)[]> {
  const signal = AbortSignal.timeout(milliseconds);
  const revocations = await listRevocations(ssm, signal);
  if (revocations.length === 0) return images.map(() => undefined);
  const lookUp = (imageId: string) => builtImage(ec2, imageId, signal);
  return Promise.all(
    images.map(async (image) => {
      const built = (await lookUp(image.imageId)) ?? image;
      const found = revocationOf(await lineageOf(built, lookUp), revocations);
      return found && revocationText(found);
    }),
  );
}

/** An image and what it was built on; undefined: it can't be seen here. What EC2 itself says of the source counts before a tag. */
async function builtImage(ec2: EC2Client, imageId: string, abortSignal: AbortSignal): Promise<BuiltImage | undefined> {
  // By filter: an id that is gone would fail the call.
  const Filters = [{ Name: "image-id", Values: [imageId] }];
  const asked = new DescribeImagesCommand({ Filters, IncludeDeprecated: true });
  const [image] = (await ec2.send(asked, { abortSignal })).Images ?? [];
  if (image === undefined) return undefined;
  const tag = (key: string) => image.Tags?.find(({ Key }) => Key === key)?.Value;
  const version = tag("Version");
  return { imageId, version: version && outsideText(version), sourceImageId: image.SourceImageId ?? tag("SourceAMI") };
}

/**
 * Refuses an image that is revoked, and any while nobody can tell.
 * @throws CliError
 */
export async function requireNotRevoked(session: Asking, image: ImageFacts): Promise<void> {
  const [fault] = await revocationsOf(session, [image], patience.release).catch((error: Error) => {
    throw new CliError(
      "refused",
      `Whether ${imageName(image)} is revoked can't be asked (${error.name}: ${error.message}). Whoever releases needs ${revocationRight}.`,
    );
  });
  if (fault === undefined) return;
  const next = "Release another one: bluegreen images lists them. If it is fine after all: bluegreen revoke --undo";
  throw new CliError("refused", `${imageName(image)} ${fault}. ${next}.`);
}

/**
 * Asks for a reason before traffic goes back to a revoked image. With one, nothing is asked; where nobody can tell, that is
 * said, and it goes on.
 * @throws CliError when the image is revoked and no reason was given
 */
export async function requireReason(
  session: Pick<Session, "clients" | "ui">,
  { color, image }: Pick<FleetFacts, "color" | "image">,
  reason: string | undefined,
): Promise<void> {
  if (reason !== undefined) return;
  const [fault] = await revocationsOf(session, [image], patience.rollback).catch((error: Error) => {
    session.ui.say(`Whether ${imageName(image)} is revoked can't be asked: ${error.message}`);
    return [undefined];
  });
  if (fault === undefined) return;
  throw new CliError(
    "refused",
    `${color}'s image ${imageName(image)} ${fault}. To go back to it all the same: --reason "why".`,
  );
}

/** What is wrong with both colours' images, for those who look; undefined: that can't be asked, and why is said. */
export async function revokedNow(
  session: Pick<Session, "clients" | "ui">,
  { fleets }: Pick<LiveState, "fleets">,
): Promise<ByColor<string | undefined> | undefined> {
  const images = colors.map((color) => fleets[color].image);
  try {
    const found = await revocationsOf(session, images, patience.rollback);
    return byColor((color) => found[colors.indexOf(color)]);
  } catch (error) {
    session.ui.say(`Whether images are revoked can't be asked: ${(error as Error).message}`);
    return undefined;
  }
}
