import { askPreview, NoConnection } from "../../aws/preview.ts";
import { servingColor } from "../../deployment/model.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import { CliError } from "../error.ts";
import type { RolloutContext } from "./context.ts";
import { previewOf } from "./preview.ts";

/**
 * Refuses a release while the serving one says that it is degraded: a backing service is away, which new instances wait for
 * before they are ready. It is asked through the preview listener; where that can't be reached, there is nothing to refuse by.
 * @throws CliError
 */
export async function requireWhole({
  session,
  recorded,
  world,
}: Pick<RolloutContext, "session" | "recorded" | "world">): Promise<void> {
  const serving = servingColor(world.weights.live, world.settings.deployed.activeColor);
  const { healthCheckPath } = recorded.outputs.deployed.machines[serving];
  let body: string;
  try {
    ({ body } = await askPreview(previewOf(recorded, session), serving, healthCheckPath, session.signal));
  } catch (error) {
    if (error instanceof NoConnection || !session.signal.aborted) return;
    throw error;
  }
  const away = degradedBy(body);
  if (away === undefined) return;
  throw new CliError(
    "refused",
    `${serving} serves degraded: ${away} is away, and a new fleet could not get ready. Release when ${healthCheckPath} says ready again`,
  );
}

/** What a health check's answer says is away; undefined: it says nothing of the kind. */
export function degradedBy(body: string): string | undefined {
  try {
    const { status, because } = JSON.parse(body) as { status?: unknown; because?: unknown };
    if (status !== "degraded") return undefined;
    const names = Array.isArray(because) ? because.filter((name) => typeof name === "string") : [];
    return names.length > 0 ? outsideText(names.join(", ")) : "a backing service";
  } catch {
    return undefined;
  }
}
