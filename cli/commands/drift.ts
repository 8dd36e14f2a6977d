import { classify } from "../drift/classify.ts";
import { renderDrift } from "../drift/render.ts";
import { driftReport, nextOf, type DriftReport } from "../drift/report.ts";
import { CliError } from "../error.ts";
import { RolloutContext } from "../rollout/context.ts";
import { reportProgress } from "../rollout/update.ts";
import { readLiveState } from "../state/read.ts";
import type { Session } from "../session.ts";
import { seesColor } from "../status/paint.ts";
import { type Context, withLockedStack } from "./context.ts";

/** What differs from the declared state, by the engine's own look at every resource. */
export async function drift(context: Context, { repair }: { readonly repair?: boolean }): Promise<void> {
  if (repair) return withLockedStack(context, { doing: "drift --repair" }, putBack);
  const session = await context.open();
  const report = await look(session);
  const shown = { color: seesColor(process.stdout), width: process.stdout.columns ?? 100 };
  context.ui.result(report, renderDrift(report, shown));
  const next = nextOf(report);
  if (next !== undefined) throw new CliError(report.exit, next);
}

/** Compares every resource with the state; nothing is changed. */
export async function look(session: Session): Promise<DriftReport> {
  return session.ui.step("drift", "Comparing every resource with the state", async (tell) => {
    const { world, recorded } = await readLiveState(session);
    const result = await session.runner.run("refresh", { previewOnly: true, onProgress: reportProgress(tell) });
    if (!result.ok) throw new CliError("failed", `The engine could not compare: ${result.error}`);
    return driftReport(world, classify([...result.changes, ...result.observed], world, recorded.resources));
  });
}

/** Puts back what was declared: the state learns what is there, and the same settings as before are applied to it. */
async function putBack(rollout: RolloutContext): Promise<void> {
  const { ui, runner } = rollout.session;
  const declared = rollout.declared();
  await ui.step("recover", "Reading what is there into the state", async (tell) => {
    const result = await runner.run("refresh", { clearPendingCreates: true, onProgress: reportProgress(tell) });
    if (!result.ok) throw new CliError("failed", `The state can't be brought up to date: ${result.error}`);
  });
  await rollout.look({ state: true });
  await ui.step("recover", "Putting back what was declared", async (tell) => {
    const touched = await rollout.change(declared, tell);
    tell.keep(touched.length === 0 ? "nothing had to be changed" : `touched: ${touched.join(", ")}`);
  });
}
