import type { Settings } from "../../config/schema.ts";
import { other, servingColor, type Color } from "../../deployment/model.ts";
import { imageName, type ImageFacts, type LiveState, type ReleaseSettings } from "../state/model.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "./context.ts";
import { imageFaults, requirePromotion } from "./image.ts";
import { resumed } from "./pause.ts";
import { requireNotRevoked } from "./revoked.ts";
import { requireSchema } from "./schema.ts";
import { requireSigned } from "./signed.ts";
import { requireWhole } from "./whole.ts";

/** The settings that put an image on the standby, pinned to what the serving fleet really runs. */
export function stagingChange(
  world: LiveState,
  { minSize, maxSize }: Pick<Settings, "minSize" | "maxSize">,
  image: ImageFacts,
  previewSize: number,
): Pick<ReleaseSettings, "standby" | "blueAmi" | "greenAmi" | "capacityFloor" | "previewSize"> {
  const serving = servingNow({ world });
  // At most what the settings allow: a lowered maxSize would otherwise refuse every release.
  const capacityFloor = Math.min(maxSize, Math.max(minSize, world.fleets[serving].desired));
  return { standby: "warm", [`${other(serving)}Ami`]: image.imageId, capacityFloor, previewSize };
}

/** The colour that serves, or has the greater claim to it while traffic is split. */
export function servingNow({ world }: Pick<RolloutContext, "world">): Color {
  return servingColor(world.weights.live, world.settings.deployed.activeColor);
}

/**
 * Refuses an image that must not be released here, before anything is changed.
 * @throws CliError that names every fault
 */
export async function requireFit(rollout: RolloutContext, image: ImageFacts): Promise<void> {
  const faults = imageFaults(image);
  if (faults.length > 0) throw new CliError("refused", faults.join(". "));
  await requireNotRevoked(rollout.session, image);
  await requireSigned(rollout.session, image);
  await requirePromotion(rollout.session, image);
  await requireSchema(rollout, image);
  await requireWhole(rollout);
}

/**
 * Puts an image on the standby, warm, with the capacity that the serving fleet really runs, to which both fleets are pinned
 * from now on; with `previewSize`, only so many instances of it for the time being.
 * @throws CliError when the image never gets healthy: the standby is then off again, and no traffic has moved
 */
export async function stage(rollout: RolloutContext, image: ImageFacts, previewSize: number): Promise<void> {
  const { session, world } = rollout;
  const color = other(servingNow(rollout));
  const change = stagingChange(world, session.settings, image, previewSize);
  const size = previewSize > 0 ? `${previewSize} to be tried` : `${change.capacityFloor} instances`;
  await session.ui.step("stage", `Staging ${imageName(image)} on ${color}, ${size}`, (tell) =>
    rollout.change(change, tell),
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

/**
 * No traffic has moved: the standby is put back as it was where its own image can still be told, for a rollback may need it.
 * Else it goes off, and the floor is lifted.
 */
export async function abortStaging(rollout: RolloutContext, image: ImageFacts, why: string): Promise<void> {
  const color = other(servingNow(rollout));
  await rollout.note({ kind: "stage", stage: "rollback", why }, resumed(rollout, "rolled back", why));
  const own = rollout.world.fleets[color].image;
  const restored = own.imageId !== image.imageId && (await rollout.restore(color));
  if (!restored)
    await rollout.session.ui.step("rollback", `Switching ${color} off again; no traffic had moved`, (tell) =>
      rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),
    );
  await rollout.note({ kind: "ended", at: timestamp(), outcome: "rolled-back", why });
  await rollout.notify({ kind: "rolled-back", color, image, why });
}
