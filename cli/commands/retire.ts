import { retire as runRetire } from "../rollout/retire.ts";
import { settle } from "../rollout/release.ts";
import { type Context, withDesk } from "./context.ts";

/** The fleet that doesn't serve goes, and the floor is lifted. */
export function retire(context: Context): Promise<void> {
  return withDesk(context, { doing: "retire" }, async (desk) => {
    await settle(desk);
    const old = await runRetire(desk);
    desk.session.ui.say(`${old} is off. There is no way back now but a release.`);
  });
}
