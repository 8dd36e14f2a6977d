import { other } from "../../deployment/model.ts";
import { requireUnfrozen } from "../rollout/freeze.ts";
import { requireNoPause } from "../rollout/pause.ts";
import { repairInterrupted } from "../rollout/repair.ts";
import { servingNow } from "../rollout/stage.ts";
import { takeStep } from "../rollout/take-step.ts";
import { type Context, withLockedStack } from "./context.ts";

/** The fleet that doesn't serve goes, and the floor is lifted. */
export function retire(context: Context, { duringFreeze }: { readonly duringFreeze?: string } = {}): Promise<void> {
  return withLockedStack(context, { doing: "retire", duringFreeze }, async (rollout) => {
    requireNoPause(rollout);
    // No rollback but a release would be left, which the freeze refuses.
    requireUnfrozen(rollout);
    await repairInterrupted(rollout);
    const serving = servingNow(rollout);
    const old = other(serving);
    await takeStep(rollout, rollout.world.fleets[serving].image, { kind: "retire", color: old });
    rollout.session.ui.say(`${old} is off. There is no rollback now but a release.`);
  });
}
