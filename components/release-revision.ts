/** Which release settings a command wrote last, so that an older checkout does not undo them. */
import { z } from "zod";
import { imageIds } from "../deployment/desired-state.ts";
import { overrideVariable } from "../deployment/variables.ts";
import type { Item } from "../aws/releases-item.ts";
import { colors, shares, weightsFor, type Color, type CurrentState, type Plan } from "../deployment/model.ts";

/** Settings that a release changes, as a command wrote them. */
const settings = z.object({
  activeColor: z.enum(colors),
  blueAmi: z.string().optional(),
  greenAmi: z.string().optional(),
  standby: z.enum(["off", "warm"]),
  standbyWeight: z.number(),
  capacityFloor: z.number(),
  previewSize: z.number(),
});
const written = z.object({
  /** Grows by one with each write. */
  revision: z.int().positive(),
  settings,
  /** Who gave the command. */
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
});

export type ReleaseRevision = z.output<typeof written>;

/** What the table's item (pk "settings", sk "release") says; undefined: no command has written yet. Throws for an item that is none of ours. */
export function revisionIn(item: Item | undefined): ReleaseRevision | undefined {
  if (item === undefined) return undefined;
  const { settings: text, by, at, revision } = item;
  const values: unknown = JSON.parse(text?.S ?? "");
  return written.parse({ revision: Number(revision?.N), settings: values, by: by?.S, at: at?.S });
}

/** The item of a revision. */
export function revisionItem({ revision, settings: values, by, at }: ReleaseRevision): Item {
  return { revision: { N: String(revision) }, settings: { S: JSON.stringify(values) }, by: { S: by }, at: { S: at } };
}

/** What an update makes of traffic and images. */
export type Effect = Pick<Plan, "weights" | "machines">;

/** Whether an update moves traffic or gives a colour another image. */
export const concernsRelease = (plan: Effect, deployed: Effect): boolean =>
  colors.some((color) => moves(plan, deployed, color) || changesImage(plan, deployed, color));

const moves = (plan: Effect, { weights }: Effect, color: Color) => plan.weights[color] !== weights[color];
const changesImage = ({ machines }: Effect, deployed: Effect, color: Color) =>
  machines[color].imageId !== deployed.machines[color].imageId;

/**
 * Why settings that are older than the last command's may not do what they say; undefined: they may. Older ones that lead
 * where the command's lead contradict nothing.
 * @param revision `releaseRevision` of the settings
 */
export function olderSettingsFault(
  stack: string,
  revision: number,
  plan: Effect,
  deployed: Pick<CurrentState, "weights" | "machines">,
  last: ReleaseRevision | undefined,
): string | undefined {
  if (last === undefined || revision >= last.revision) return undefined;
  const weights = weightsFor(last.settings.activeColor, last.settings.standbyWeight);
  const images = imageIds(last.settings);
  const contradicting = {
    traffic: colors.some((color) => moves(plan, deployed, color) && plan.weights[color] !== weights[color]),
    images: colors.filter(
      (color) => changesImage(plan, deployed, color) && plan.machines[color].imageId !== images[color],
    ),
  };
  const effects = [
    ...(contradicting.traffic ? [`move traffic to ${shares(plan.weights)} (now ${shares(deployed.weights)})`] : []),
    ...contradicting.images.map(
      (color) => `give ${color} ${plan.machines[color].imageId} (now ${deployed.machines[color].imageId})`,
    ),
  ];
  if (effects.length === 0) return undefined;
  return (
    `these settings are older than the last command's: releaseRevision is ${revision}, and ${last.by} wrote ${last.revision} ` +
    `at ${last.at} (${shares(weights)}, blue ${images.blue}, green ${images.green}). They would ${effects.join(" and ")}. ` +
    `Take the Pulumi.${stack}.yaml that the command wrote (commit it there, pull it here), or set what it says: ` +
    `${commands(last).join(" && ")}. For an emergency: ${overrideVariable}="why".`
  );
}

const commands = ({ settings: values, revision }: ReleaseRevision): string[] =>
  Object.entries({ ...values, releaseRevision: revision }).map(([name, value]) => `pulumi config set ${name} ${value}`);
