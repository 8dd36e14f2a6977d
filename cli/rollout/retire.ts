import { other, servingColor, type Color } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import { imageName, type LiveState } from "../state/model.ts";
import type { RolloutContext } from "./context.ts";
import { emptied } from "./emptied.ts";
import { heldFault } from "./held.ts";
import { runStage } from "./hooks.ts";
import { isBaking, unfinished } from "./next.ts";
import { timestamp, servingNow } from "./stage.ts";

/** Why the fleet that doesn't serve may not go yet; undefined: it may. */
export function retireFault(world: LiveState): string | undefined {
  const { live } = world.weights;
  const serving = servingColor(live, world.settings.deployed.activeColor);
  const old = other(serving);
  const { record } = world;
  if (live[old] > 0) return `${old} still gets ${live[old]} % of the requests. Finish the cut-over first, or go back`;
  if (record !== undefined && isBaking(world, record))
    return `the bake of ${imageName(record.image)} is not over, and ${old} is its way back. Let bluegreen bake or release finish it`;
  const { healthy, desired } = world.fleets[serving];
  if (healthy < desired)
    return `${serving} serves with ${healthy} healthy instances and wants ${desired}: ${old} may be needed. Try again when it is whole`;
  return heldFault(world.fleets[old]);
}

/**
 * Empties the fleet that doesn't serve, and lifts the floor: the way back is closed.
 * @throws CliError while it may still be needed, and when instances of it stay
 */
export async function retire(rollout: RolloutContext): Promise<Color> {
  const fault = retireFault(rollout.world);
  if (fault !== undefined) throw new CliError("refused", `${fault}.`);
  const serving = servingNow(rollout);
  const old = other(serving);
  const { image } = rollout.world.fleets[serving];
  await runStage(rollout, "retire", image, serving, () =>
    rollout.session.ui.step("retire", `Retiring ${old} (${imageName(rollout.world.fleets[old].image)})`, (tell) =>
      rollout.change({ standby: "off", standbyWeight: 0, capacityFloor: 0, previewSize: 0 }, tell),
    ),
  );
  // A group that the state doesn't know runs on, whatever the update says.
  const left = unfinished(rollout.world);
  if (left !== undefined) await rollout.recover(left, { sparing: false });
  const { groupName } = rollout.world.fleets[old];
  await rollout.session.ui.step("retire", `Waiting until ${old}'s instances go`, (tell) =>
    emptied(rollout.session, old, groupName, tell),
  );
  await abandon(rollout);
  await rollout.notify({ kind: "retired", color: serving, image });
  return old;
}

/** A release that was staged, and whose fleet has gone without ever serving, has ended. */
async function abandon(rollout: RolloutContext): Promise<void> {
  await rollout.note({ kind: "ended", at: timestamp(), outcome: "superseded", why: "it was retired before it served" });
}
