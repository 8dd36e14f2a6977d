import { retire as runRetire } from "../rollout/retire.ts";
import { repairInterrupted } from "../rollout/release.ts";
import { type Context, withLockedStack } from "./context.ts";

/** The fleet that doesn't serve goes, and the floor is lifted. */
export function retire(context: Context): Promise<void> {
  return withLockedStack(context, { doing: "retire" }, async (rollout) => {
    await repairInterrupted(rollout);
    const old = await runRetire(rollout);
    rollout.session.ui.say(`${old} is off. There is no way back now but a release.`);
  });
}
