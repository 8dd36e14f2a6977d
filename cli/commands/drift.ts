import { classify } from "../drift/classify.ts";
import { renderDrift } from "../drift/render.ts";
import { driftReport, type DriftReport } from "../drift/report.ts";
import { Refusal } from "../error.ts";
import { Desk } from "../rollout/context.ts";
import { told } from "../rollout/update.ts";
import { readWorld } from "../state/read.ts";
import type { Session } from "../session.ts";
import { seesColor } from "../status/paint.ts";
import { type Context, withDesk } from "./context.ts";

/** What differs from the declared state, by the engine's own look at every resource. */
export async function drift(context: Context, { repair }: { readonly repair?: boolean }): Promise<void> {
  if (repair) return withDesk(context, { doing: "drift --repair" }, putBack);
  const session = await context.open();
  const report = await look(session);
  const shown = { color: seesColor(process.stdout), width: process.stdout.columns ?? 100 };
  context.ui.result(report, renderDrift(report, shown));
  if (report.exit !== "ok")
    throw new Refusal(
      report.exit,
      "What is there differs from what was declared. bluegreen drift --repair puts it back.",
    );
}

/** Compares every resource with the state; nothing is changed. */
export async function look(session: Session): Promise<DriftReport> {
  return session.ui.step("drift", "Comparing every resource with the state", async (tell) => {
    const { world } = await readWorld(session);
    const result = await session.operator.run("refresh", { previewOnly: true, onProgress: told(tell) });
    if (!result.ok) throw new Refusal("failed", `The engine could not compare: ${result.error}`);
    return driftReport(world, classify([...result.changes, ...result.observed], world));
  });
}

/** Puts back what was declared: the state learns what is there, and the same settings as before are applied to it. */
async function putBack(desk: Desk): Promise<void> {
  const { ui, operator } = desk.session;
  const declared = desk.declared();
  await ui.step("recover", "Reading what is there into the state", async (tell) => {
    const result = await operator.run("refresh", { clearPendingCreates: true, onProgress: told(tell) });
    if (!result.ok) throw new Refusal("failed", `The state can't be brought up to date: ${result.error}`);
  });
  await desk.look({ state: true });
  await ui.step("recover", "Putting back what was declared", async (tell) => {
    const touched = await desk.change(declared, tell);
    tell.keep(touched.length === 0 ? "nothing had to be changed" : `touched: ${touched.join(", ")}`);
  });
}
