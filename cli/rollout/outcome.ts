import { errorMessage } from "../../deployment/error-message.ts";
import type { RolloutContext } from "./context.ts";
import { CliError } from "../error.ts";

/**
 * Runs what moves a release on, and tells people when it stops without having gone back: they must act, and may be far from
 * the terminal or the pipeline. A release that went back or is paused has told that itself, who pressed Ctrl-C is there, and whoever has
 * the lock now speaks for the stack.
 */
export async function notifyOfOutcome(rollout: RolloutContext, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const { record, session } = rollout;
    const code = error instanceof CliError ? error.code : "failed";
    if (record?.outcome === "running" && code !== "rolledBack" && code !== "paused" && !session.signal.aborted) {
      const { color, image } = record;
      const why = errorMessage(error);
      // What was refused changes by somebody's decision, what failed perhaps by trying again.
      const kind = code === "refused" || code === "frozen" ? "waiting" : "failed";
      await rollout.notify({ kind, color, image, why }).catch(() => undefined);
    }
    throw error;
  }
}
