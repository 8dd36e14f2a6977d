import { other, servingColor, type Color } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import { imageName, type LiveState } from "../state/model.ts";
import type { RolloutContext } from "./context.ts";
import { emptied } from "./emptied.ts";
import { heldFault } from "./held.ts";
import { isBaking, unfinished } from "./next.ts";
import { timestamp } from "./stage.ts";

/** Why the fleet that doesn't serve may not go yet; undefined: it may. */
export function retireFault(world: LiveState): string | undefined {
  const { live } = world.weights;
  const serving = servingColor(live, world.settings.deployed.activeColor);
  const old = other(serving);
  const { record } = world;
  if (live[old] > 0) return `${old} still gets ${live[old]} % of the requests. Finish the cut-over first, or go back`;
  if (record !== undefined && isBaking(world, record))
    return `the bake of ${imageName(record.image)} is not over, and ${old} is its rollback target. Let bluegreen bake or release finish it`;
  const { healthy, desired } = world.fleets[serving];
  if (healthy < desired)
    return `${serving} serves with ${healthy} healthy instances and wants ${desired}: ${old} may be needed. Try again when it is whole`;
  return heldFault(world.fleets[old]);
}

/** @throws CliError while the fleet that doesn't serve may still be needed */
export function requireRetirable({ world }: Pick<RolloutContext, "world">): void {
  const fault = retireFault(world);
  if (fault !== undefined) throw new CliError("refused", `${fault}.`);
}

/** Empties the fleet that doesn't serve, and lifts the floor: no rollback to it from then on. */
export async function retire(rollout: RolloutContext, old: Color): Promise<void> {
  await rollout.session.ui.step("retire", `Retiring ${old} (${imageName(rollout.world.fleets[old].image)})`, (tell) =>
    rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),
  );
}

/** Sees to it that nothing of a retired fleet is left, and tells people. */
export async function endRetirement(rollout: RolloutContext, old: Color): Promise<void> {
  // A group that the state doesn't know runs on, whatever the update says.
  const left = unfinished(rollout.world);
  if (left !== undefined) await rollout.recover(left, { sparing: false });
  const { groupName } = rollout.world.fleets[old];
  await rollout.session.ui.step("retire", `Waiting until ${old}'s instances go`, (tell) =>
    emptied(rollout.session, old, groupName, tell),
  );
  await abandon(rollout);
  const serving = other(old);
  await rollout.notify({ kind: "retired", color: serving, image: rollout.world.fleets[serving].image });
}

/** A release that was staged, and whose fleet has gone without ever serving, has ended. */
async function abandon(rollout: RolloutContext): Promise<void> {
  await rollout.note({ kind: "ended", at: timestamp(), outcome: "superseded", why: "it was retired before it served" });
}
