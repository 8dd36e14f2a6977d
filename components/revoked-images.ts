import * as pulumi from "@pulumi/pulumi";
import { revocationRight } from "../aws/revocations.ts";
import { errorMessage } from "../deployment/error-message.ts";
import { byColor, colors, type ByColor, type Color, type CurrentState, type Plan } from "../deployment/model.ts";
import { lineageOf, revocationOf, revocationText, type Revocation } from "../deployment/revocation.ts";
import { overrideVariable, revokedVariable } from "../deployment/variables.ts";
import { describeSource, type Image } from "./images.ts";

/** What is known of revoked images. */
export interface RevokedImages {
  /** Why the update is refused; empty: not for this. */
  readonly refusals: string[];
  /** What is wrong with a colour's image, as words behind its name; undefined: nothing, or nobody could tell. */
  readonly revoked: ByColor<string | undefined>;
}

/** Milliseconds that an update waits for the list: a rollback, which goes whatever it says, hardly waits. */
export const revocationPatience = (): number => (process.env[revokedVariable] === undefined ? 8_000 : 2_000);

/**
 * Refuses to give instances or more traffic to an image that is revoked. What serves already may serve on, and a canary's
 * traffic may go back to it. Where the list can't be read, nothing new comes into use; traffic may move, with a warning: a
 * rollback by hand must not hang on it.
 */
export async function revokedImages(
  reading: Promise<Revocation[]>,
  plan: Plan,
  deployed: CurrentState | undefined,
  images: ByColor<Image>,
): Promise<RevokedImages> {
  const concerned = colors.filter((color) => isNew(plan, deployed, color) || gains(plan, deployed, color));
  let revoked: ByColor<string | undefined>;
  try {
    revoked = await findRevoked(await reading, plan, images);
  } catch (error) {
    return { refusals: unasked(error, concerned, plan, deployed), revoked: byColor(() => undefined) };
  }
  const reason = process.env[revokedVariable];
  const refusals = concerned.flatMap((color) => {
    const fault = revoked[color];
    if (fault === undefined) return [];
    const what = `${color} would ${effect(plan, deployed, color)}, but its image ${named(plan, images, color)} ${fault}`;
    if (reason === undefined) return [`${what}. ${advice(plan, deployed, color)}`];
    void pulumi.log.warn(`${what}. It does so all the same: ${revokedVariable} is "${reason}"`);
    return [];
  });
  return { refusals, revoked };
}

/** What follows where the list can't be read. */
function unasked(
  error: unknown,
  concerned: readonly Color[],
  plan: Plan,
  deployed: CurrentState | undefined,
): string[] {
  const why = errorMessage(error);
  const added = concerned.filter((color) => isNew(plan, deployed, color)).map((color) => plan.machines[color].imageId);
  if (added.length > 0)
    return [
      `${[...new Set(added)].join(" and ")} would come into use, and whether it is revoked can't be asked: ${why}. ` +
        `Whoever updates needs ${revocationRight}.`,
    ];
  if (concerned.length > 0) void pulumi.log.warn(`Whether images are revoked can't be asked: ${why}`);
  return [];
}

async function findRevoked(
  revocations: readonly Revocation[],
  { machines }: Plan,
  images: ByColor<Image>,
): Promise<ByColor<string | undefined>> {
  const find = async (color: Color) => {
    if (revocations.length === 0) return undefined;
    const image = { imageId: machines[color].imageId, ...identity(images[color]) };
    const found = revocationOf(await lineageOf(image, describeSource), revocations);
    return found && revocationText(found);
  };
  const [blue, green] = await Promise.all([find("blue"), find("green")]);
  return { blue, green };
}

const identity = ({ version, sourceImageId }: Image) => ({ version, sourceImageId });

/** Whether a colour gets instances of an image that it has none of. */
const isNew = ({ capacity, machines }: Plan, deployed: CurrentState | undefined, color: Color): boolean =>
  capacity[color].maxSize > 0 &&
  ((deployed?.capacity[color].maxSize ?? 0) === 0 || deployed?.machines[color].imageId !== machines[color].imageId);

const gains = ({ weights, abortTo }: Plan, deployed: CurrentState | undefined, color: Color): boolean =>
  color !== abortTo && weights[color] > (deployed?.weights[color] ?? 0);

const effect = (plan: Plan, deployed: CurrentState | undefined, color: Color): string =>
  isNew(plan, deployed, color) ? "get instances" : "get more of the requests";

const named = ({ machines }: Plan, images: ByColor<Image>, color: Color): string =>
  [images[color].version, machines[color].imageId].filter(Boolean).join(", ");

const advice = (plan: Plan, deployed: CurrentState | undefined, color: Color): string =>
  isNew(plan, deployed, color)
    ? `Set ${color}Ami to another image: bluegreen images lists them. For an emergency: ${overrideVariable}="why".`
    : `To go back to it all the same: ${revokedVariable}="why".`;
