import { readProjectFile, standbyHoursDefault } from "../analysis/project-file.ts";
import { CliError } from "../error.ts";
import { TtlCache } from "../analysis/ttl-cache.ts";
import { revokedNow } from "../rollout/revoked.ts";
import { launchTimes } from "../status/launches.ts";
import { readLiveState } from "../state/read.ts";
import { renderStatus } from "../status/render.ts";
import { seesColor } from "../status/paint.ts";
import { statusReport } from "../status/report.ts";
import { lineScreen, liveScreen } from "../status/screen.ts";
import { watch } from "../status/watch.ts";
import type { Context } from "./context.ts";
import { look } from "./drift.ts";

/** Who serves, and all that matters of it, as it really is. */
export async function status(
  context: Context,
  { watch: isLive, drift }: { readonly watch?: boolean; readonly drift?: boolean },
): Promise<void> {
  const { ui, interruption } = context;
  const session = await context.open();
  const standbyHours = standbyHoursOf(session.stackRef.folder, ui);
  const timed = launchTimes(session.clients);
  if (isLive) {
    const screen = ui.mode === "terminal" ? await liveScreen(process.stdout) : lineScreen(process.stdout);
    const revoked = new TtlCache(60, Date.now, async () => revokedNow(session, (await readLiveState(session)).world));
    const read = async () => {
      const { world } = await readLiveState(session);
      return { ...world, fleets: await timed(world.fleets), revoked: await revoked.get() };
    };
    return watch({ read, screen, standbyHours, signal: interruption.signal });
  }
  const live = await readLiveState(session);
  const fleets = await timed(live.world.fleets);
  const world = { ...live.world, fleets, revoked: await revokedNow(session, live.world) };
  const counts = drift ? (await look(session)).counts : undefined;
  const report = statusReport(world, { now: Date.now(), standbyHours, drift: counts });
  ui.result(report, renderStatus(report, { color: seesColor(process.stdout), width: process.stdout.columns ?? 100 }));
}

/** A fault of the project file is said and does no harm here: whoever asks for the status may have no time to mend it. */
function standbyHoursOf(folder: string, ui: Context["ui"]): number {
  try {
    return readProjectFile(folder).standbyHours;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    ui.say(error.message);
    return standbyHoursDefault;
  }
}
