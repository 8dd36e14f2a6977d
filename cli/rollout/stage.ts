import { other, servingColor, type Color } from "../../deployment/model.ts";
import { imageName, type ImageFacts } from "../state/model.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "./context.ts";
import { runStage } from "./hooks.ts";
import { imageFaults, requirePromotion } from "./image.ts";
import { requireSchema } from "./schema.ts";

/** The colour that serves, or has the greater claim to it while traffic is split. */
export function servingNow({ world }: RolloutContext): Color {
  return servingColor(world.weights.live, world.settings.deployed.activeColor);
}

/**
 * Refuses an image that must not be released here, before anything is changed.
 * @throws CliError that names every fault
 */
export async function requireFit(rollout: RolloutContext, image: ImageFacts): Promise<void> {
  const faults = imageFaults(image);
  if (faults.length > 0) throw new CliError("refused", faults.join(". "));
  await requirePromotion(rollout.session, image);
  await requireSchema(rollout, image);
}

/**
 * Puts an image on the standby, warm, with the capacity that the serving fleet really runs, to which both fleets are pinned
 * from now on; with `previewSize`, only so many instances of it for the time being.
 * @throws CliError when the image never gets healthy: the standby is then off again, and no traffic has moved
 */
export async function stage(rollout: RolloutContext, image: ImageFacts, previewSize: number): Promise<void> {
  const { session } = rollout;
  const serving = servingNow(rollout);
  const color = other(serving);
  const { desired, registered } = rollout.world.fleets[serving];
  const { minSize, maxSize } = session.settings;
  // At most what the settings allow: a lowered maxSize would otherwise refuse every release.
  const capacityFloor = Math.min(maxSize, Math.max(minSize, desired, registered));
  const size = previewSize > 0 ? `${previewSize} to be tried` : `${capacityFloor} instances`;
  const change = { standby: "warm", [`${color}Ami`]: image.imageId, capacityFloor, previewSize } as const;
  await runStage(rollout, "stage", image, color, () =>
    session.ui.step("stage", `Staging ${imageName(image)} on ${color}, ${size}`, (tell) =>
      rollout.change(change, tell),
    ),
  );
}

/**
 * Sees to it that a release of the image to the standby is on record, with the weights that it begins with; one of another
 * image, which never got to its end, has ended with that.
 */
export async function ensureRecord(rollout: RolloutContext, image: ImageFacts): Promise<void> {
  if (rollout.record?.outcome === "running" && rollout.record.image.imageId !== image.imageId) {
    await rollout.note({
      kind: "ended",
      at: timestamp(),
      outcome: "superseded",
      why: `${imageName(image)} is released instead`,
    });
  }
  if (rollout.record?.outcome !== "running") {
    const serving = servingNow(rollout);
    const from = { color: serving, image: rollout.world.fleets[serving].image };
    await rollout.begin({ color: other(serving), image, from });
  }
  await rollout.note({ kind: "weights", at: timestamp(), ...rollout.world.weights.live });
}

export const timestamp = (): string => new Date().toISOString();
