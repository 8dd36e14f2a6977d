import { other, type Color } from "../../deployment/model.ts";
import type { Context, Findings, Step } from "./context.ts";
import { runCommand } from "./commands-process.ts";
import { seenNow, servingNow, type Stack, Watch } from "./commands-watch.ts";
import { fixtures } from "./release.ts";

/** What a step with release commands works with. */
export interface Scene {
  readonly context: Context;
  readonly stack: Stack;
  readonly watch: Watch;
  /** When it began. */
  readonly begun: number;
}

/**
 * A step in which the release commands work on the stack, watched from outside. One colour serves, and no more is asked: it
 * begins where the command steps before it have left the stack.
 */
export const commandStep = (name: string, title: string, run: (scene: Scene) => Promise<Findings>): Step => ({
  name,
  title,
  from: (context) => context.handed ?? fixtures.released(context),
  async run(context) {
    // Asked once, before the commands come: the question writes the scenario's settings into the stack's file.
    const stack = await context.session.stack.outputs();
    const watch = new Watch(context, stack);
    try {
      return await run({ context, stack, watch, begun: Date.now() });
    } finally {
      await context.adopt();
      await watch.stop();
    }
  },
});

/** The colour that serves, and a good image that does not serve, for the other one. */
export async function toRelease({ context, stack }: Scene): Promise<{ serving: Color; to: Color; image: string }> {
  const serving = await servingNow(context, stack);
  const { images } = context.session;
  const now = await imageOf(context, serving);
  return { serving, to: other(serving), image: now === images["good-v1"] ? images["good-v2"] : images["good-v1"] };
}

/** Sees to it that nothing stands by: only then a release begins with its staging. */
export async function emptyStandby({ context, stack }: Scene): Promise<void> {
  const { inService } = await seenNow(context, stack);
  if (inService[other(await servingNow(context, stack))] > 0) await runCommand(context, ["retire"], 0);
}

/** The image of a colour's fleet, by the settings that the commands have written. */
export async function imageOf(context: Context, color: Color): Promise<string> {
  await context.adopt();
  const image = context.fixture?.[`${color}Ami`];
  return typeof image === "string" ? image : "";
}

/** Seconds from a moment to the last good answer of a colour. */
export async function lastOf({ context }: Scene, color: Color, since: number): Promise<number | undefined> {
  const last = (await context.traffic(since)).lastOf(color);
  return last === undefined ? undefined : (last - since) / 1000;
}
