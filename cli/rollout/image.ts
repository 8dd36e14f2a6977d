import { GetParameterCommand, ParameterNotFound } from "@aws-sdk/client-ssm";
import { parameterOf } from "../../images/build/manifest.ts";
import { isVersion } from "../../images/build/layers.ts";
import { colors } from "../../deployment/model.ts";
import { toCliError } from "../aws-errors.ts";
import { servedBefore } from "../store/record.ts";
import { listRecords } from "../store/records.ts";
import { imageName, type ImageFacts } from "../state/model.ts";
import { CliError } from "../error.ts";
import { readLiveState } from "../state/read.ts";
import { openSession, type Session } from "../session.ts";
import { imagesNow } from "../state/describe.ts";
import { isSameImage, placeOf } from "./same-image.ts";

const isAmi = (text: string): boolean => /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(text);

/**
 * Refuses an argument that can't name an image, before anything is asked of AWS.
 * @throws CliError
 */
export function requireImageName(wanted: string): void {
  if (isAmi(wanted) || isVersion(wanted)) return;
  throw new CliError(
    "usage",
    `${JSON.stringify(wanted)} is no image. Allowed: an image id (ami-...), or a published version such as v1.2.3.`,
  );
}

/**
 * The image that an argument names: an id, or a version that `npm run bake -- publish` has published.
 * @throws CliError when it is neither, or when there is no such image here
 */
export async function resolveImage(session: Session, wanted: string): Promise<ImageFacts> {
  requireImageName(wanted);
  try {
    const imageId = isAmi(wanted) ? wanted : await publishedImage(session, wanted);
    const [image] = await imagesNow(session.clients, [imageId]);
    if (image) return image;
    throw new CliError(
      "refused",
      `${imageId} can't be seen in this account and region. Bake it here, or share it with this account.`,
    );
  } catch (error) {
    throw toCliError(error);
  }
}

async function publishedImage({ clients }: Session, version: string): Promise<string> {
  const Name = parameterOf({ layer: "app", version });
  try {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? "";
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
    throw new CliError(
      "refused",
      `No image of ${version} is published: there is no parameter ${Name}. Publish it: npm run bake -- publish ${version}.`,
    );
  }
}

/** Why an image may not be released, by its tags; empty: it may. */
export function imageFaults({ imageId, version, gossReport }: ImageFacts): string[] {
  const bake = "npm run bake -- app bakes one that has it";
  return [
    ...(version === undefined ? [`${imageId} has no tag Version, so nobody could tell what serves: ${bake}`] : []),
    ...(gossReport === undefined ? [`${imageId} has no tag GossReport, so nothing proves it: ${bake}`] : []),
  ];
}

/**
 * Refuses an image that the stack named by `promoteFrom` has not served.
 * @throws CliError
 */
export async function requirePromotion(session: Session, image: ImageFacts): Promise<void> {
  const { promoteFrom } = session.settings;
  if (promoteFrom === undefined) return;
  const { ui, interruption, stackRef } = session;
  if (promoteFrom === stackRef.stack)
    throw new CliError(
      "usage",
      `promoteFrom is ${promoteFrom}, this very stack. Allowed: the stack before it, such as staging.`,
    );
  // Who releases here may have no more rights there than to read the records.
  const other = await openSession({ cwd: stackRef.folder, stack: promoteFrom, ui, interruption, trial: false });
  const [{ outputs }, own] = await Promise.all([other.readState(), session.readState()]);
  const [at, here] = [placeOf(outputs.listenerArn), placeOf(own.outputs.listenerArn)];
  const isImage = (served: ImageFacts): boolean => isSameImage(served, at, image, here);
  try {
    const records = await listRecords(other.clients.dynamodb, outputs.releases.tableName, 1000);
    if (servedBefore(records, isImage)) return;
    // An image that came by pulumi up, as a stack's first one does, has no record.
    if (!records.some((record) => isImage(record.image))) {
      const { fleets, weights } = (await readLiveState(other)).world;
      if (colors.some((color) => weights.live[color] === 100 && isImage(fleets[color].image))) return;
    }
  } catch (error) {
    throw toCliError(error);
  }
  const what = imageName(image);
  // By its id: another image may call itself the same.
  const wanted = at.account === here.account && at.region === here.region ? image.imageId : what;
  throw new CliError(
    "refused",
    `${promoteFrom} has not served ${what === wanted ? what : `${what} (${wanted})`} and kept it, and ${stackRef.stack} takes nothing else (promoteFrom). Release it there first: bluegreen release ${wanted} --stack ${promoteFrom}.`,
  );
}
