import { cp, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { RehearsalStack } from "../engine/stack.ts";
import type { Session } from "../session.ts";
import { touchedResources } from "../../automation/protocol.ts";
import type { Context } from "../scenarios/context.ts";
import { fixtures } from "../scenarios/release.ts";
import { type Figure, median } from "./figure.ts";

/** Rounds: in each a flip, a rollback, an update of the floor, a preview and a refused update, so that a drift meets all. */
const rounds = 5;

/** How many times the floor a flip or a rollback may take. */
const OVER_FLOOR = 2;

/** Seconds of each `pulumi` command as typed, its preview included. */
interface Seconds {
  readonly flip: number[];
  readonly rollback: number[];
  readonly floor: number[];
  readonly preview: number[];
  readonly refused: number[];
}

/** What a person waits for who types `pulumi up`, beside the same command on a program with one resource that changes. */
export async function typed(context: Context, folder: string, say: (line: string) => void): Promise<Figure[]> {
  const floor = await floorStack(context.session, path.join(folder, "floor"));
  await floor.up();
  const seconds: Seconds = { flip: [], rollback: [], floor: [], preview: [], refused: [] };
  const resources = new Set<number>();
  for (let round = 1; round <= rounds; round++) {
    say(`pulumi up as typed, round ${round} of ${rounds}`);
    const flip = await context.updated(fixtures.green(context));
    seconds.flip.push(flip.seconds);
    floor.setConfig({ days: round % 2 === 0 ? 1 : 3 });
    const least = await floor.up();
    if (!least.ok || touchedResources(least).join() !== "floor")
      throw new Error(`the floor was not updated: ${least.error}`);
    seconds.floor.push(least.seconds);
    const rollback = await context.updated(fixtures.warm(context));
    seconds.rollback.push(rollback.seconds);
    for (const result of [flip, rollback]) resources.add(touchedResources(result).length);
    seconds.preview.push((await context.session.stack.preview()).seconds);
    seconds.refused.push(
      (await context.refused({ ...fixtures.warm(context), minSize: 9, maxSize: 3 }, /minSize/)).seconds,
    );
  }
  context.apply(fixtures.warm(context));
  return figuresOf(seconds, Math.max(...resources));
}

function figuresOf(seconds: Seconds, mostTouched: number): Figure[] {
  const least = median(seconds.floor);
  const against = (name: "flip" | "rollback"): Figure => {
    const value = median(seconds[name]);
    const ratio = value / least;
    return {
      name: `pulumi up as typed, ${name}: times the floor (medians of ${rounds}: ${value.toFixed(1)} s and ${least.toFixed(1)} s)`,
      value: ratio.toFixed(2),
      limit: OVER_FLOOR.toFixed(2),
      ok: ratio <= OVER_FLOOR,
    };
  };
  const [refused, preview] = [median(seconds.refused), median(seconds.preview)];
  return [
    against("flip"),
    against("rollback"),
    {
      name: `a refused pulumi up: times an accepted preview (medians of ${rounds}: ${refused.toFixed(1)} s and ${preview.toFixed(1)} s)`,
      value: (refused / preview).toFixed(2),
      limit: "1.00",
      ok: refused <= preview,
    },
    {
      name: "resources touched by a flip or a rollback",
      value: `${mostTouched}`,
      limit: "1",
      ok: mostTouched === 1,
    },
  ];
}

/** A stack of the floor's program beside the rehearsed one: the same CLI, providers and cloud. */
async function floorStack({ stack }: Session, project: string): Promise<RehearsalStack> {
  const repository = path.resolve(import.meta.dirname, "../..");
  await rm(project, { recursive: true, force: true });
  await mkdir(project, { recursive: true });
  await cp(path.join(import.meta.dirname, "floor"), project, { recursive: true });
  for (const name of ["node_modules", "package.json", "tools"])
    await symlink(path.join(repository, name), path.join(project, name));
  return stack.beside("floor", project, { days: 1 });
}
