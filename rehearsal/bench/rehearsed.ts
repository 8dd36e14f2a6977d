import path from "node:path";
import { measureMax, startLoad } from "../load/load.ts";
import { openSession } from "../session.ts";
import { Context, pause } from "../scenarios/context.ts";
import { fixtures } from "../scenarios/release.ts";
import { CleanUp } from "../../tools/clean-up.ts";
import { moves, wholeRelease } from "./commands.ts";
import { comparison } from "./comparison.ts";
import type { Figure } from "./figure.ts";
import { tenReleases, type Release } from "./releases.ts";
import { typed } from "./typed.ts";

/** Processes of both fleets together: from the two a colour that the fleets begin with. */
const sizes = [4, 10, 20, 40];

/** Times as fast as AWS's that the cloud's clocks run. */
export const timeScale = 10;

/** Requests a second of the load while the release commands work. */
const rate = 100;

export interface Rehearsed {
  readonly figures: readonly Figure[];
  readonly releases: readonly Release[];
  /** What teams know, beside it. */
  readonly compared: readonly Figure[];
}

/** What is measured on the local cloud with the real engine. */
export async function rehearsed(say: (line: string) => void): Promise<Rehearsed> {
  const cleanUp = new CleanUp();
  cleanUp.onSignals(say);
  try {
    const folder = path.resolve(import.meta.dirname, "../..", ".rehearsal", "bench");
    const session = await openSession({
      folder,
      provider: "local",
      machines: false,
      timeScale,
      cleanUp,
      progress: say,
    });
    const context = new Context(session, rate, 2);
    say("bringing both fleets up");
    await context.updated(fixtures.warm(context));
    const engine = [
      ...(await typed(context, folder, say)),
      ...(await greatestLoad(context, say)),
      ...(await growth(context, say)),
    ];
    // From here on the settings belong to the commands: the engine's own runs would write the scenario's over them.
    await context.updated(fixtures.warm(context));
    await underLoad(context, cleanUp);
    const { figures, rollbackSeconds } = await moves(context, say);
    const release = await wholeRelease(context, say);
    const releases = await tenReleases(context, say);
    return {
      figures: [...engine, ...figures, ...release],
      releases,
      compared: comparison(releases, rollbackSeconds),
    };
  } finally {
    await cleanUp.run();
  }
}

async function underLoad(context: Context, cleanUp: CleanUp): Promise<void> {
  const { main } = await context.urls();
  const load = await startLoad({ url: `${main}/`, rate, maxSeconds: 2 * 3600 });
  cleanUp.add("load", () => load.stop());
  context.load = load;
  await pause(2);
}

async function greatestLoad(context: Context, say: (line: string) => void): Promise<Figure[]> {
  say("the greatest load that the proxy holds, with a flip and a rollback in it");
  const { main } = await context.urls();
  const load = measureMax({ url: `${main}/`, seconds: 20, connections: 50 });
  await pause(2);
  await context.updated(fixtures.green(context));
  await context.updated(fixtures.warm(context));
  const { sent, failed, perSecond } = await load;
  const name = `requests failed of ${sent}, at the greatest load (${Math.round(perSecond)} a second), flip and rollback included`;
  return [{ name, value: `${failed}`, limit: "0", ok: failed === 0 }];
}

async function growth(context: Context, say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const processes of sizes) {
    say(`both fleets with ${processes} processes together`);
    const size = { minSize: processes / 2, maxSize: processes / 2 };
    const grown = await context.updated({ ...fixtures.warm(context), ...size });
    const flip = await context.updated({ ...fixtures.green(context), ...size });
    const back = await context.updated({ ...fixtures.warm(context), ...size });
    const value = `ready ${grown.seconds.toFixed(1)}, flip ${flip.seconds.toFixed(1)}, rollback ${back.seconds.toFixed(1)}`;
    figures.push({ name: `seconds of an update with ${processes} processes`, value, ok: true });
  }
  // A fleet with traffic is never cut by an update: the fleets scale in first, as they do without requests.
  await context.updated({ ...fixtures.warm(context), maxSize: Math.max(...sizes) / 2 });
  for (const color of ["blue", "green"] as const) await context.scaleTo(color, 2);
  return figures;
}
