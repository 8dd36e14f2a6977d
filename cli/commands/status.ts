import { readWorld } from "../read-world";
import { renderStatus } from "../status/render";
import { seesColor } from "../status/paint";
import { statusReport } from "../status/report";
import { lineScreen, liveScreen } from "../status/screen";
import { watch } from "../status/watch";
import type { Context } from "./context";
import { look } from "./drift";

/** Who serves, and all that matters of it, as it really is. */
export async function status(
  context: Context,
  { watch: live, drift }: { readonly watch?: boolean; readonly drift?: boolean },
): Promise<void> {
  const { ui, interruption } = context;
  const session = await context.open();
  if (live) {
    const screen = ui.mode === "terminal" ? await liveScreen(process.stdout) : lineScreen(process.stdout);
    const read = async () => (await readWorld(session)).world;
    return watch({ read, screen, signal: interruption.signal });
  }
  const { world } = await readWorld(session);
  const counts = drift ? (await look(session)).counts : undefined;
  const report = statusReport(world, Date.now(), counts);
  ui.result(report, renderStatus(report, { color: seesColor(process.stdout), width: process.stdout.columns ?? 100 }));
}
