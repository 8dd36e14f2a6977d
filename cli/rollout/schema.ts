import { servingColor } from "../../deployment/model.ts";
import { askPreview, NoConnection } from "../../aws/preview.ts";
import type { ImageFacts } from "../state/model.ts";
import { CliError } from "../error.ts";
import { schemaFault } from "../schema-fit.ts";
import type { RolloutContext } from "./context.ts";
import { previewOf } from "./preview.ts";

type Asked = Pick<RolloutContext, "session" | "recorded" | "world">;

/**
 * Refuses an image whose schema range does not fit what the backing store says. The serving release is asked, through the
 * preview listener; where that can't be reached, or where it tells of no store, there is nothing to refuse by.
 * @throws CliError
 */
export async function requireSchema(rollout: Asked, image: ImageFacts): Promise<void> {
  const { session, recorded, world } = rollout;
  const serving = servingColor(world.weights.live, world.settings.deployed.activeColor);
  const { versionPath } = recorded.outputs.deployed.machines[serving];
  let body: string;
  const preview = previewOf(recorded, session);
  try {
    ({ body } = await askPreview(preview, serving, versionPath, session.signal));
  } catch (error) {
    if (!(error instanceof NoConnection)) return;
    session.ui.say(
      `The preview listener can't be reached from here (${error.message}): the store's schema is not known.`,
    );
    return;
  }
  const fault = schemaFault(image, storeSchemaIn(body));
  if (fault !== undefined) throw new CliError("refused", fault);
}

/** The schema that a version's answer tells of its store; undefined: none. */
function storeSchemaIn(body: string): number | undefined {
  try {
    const { store } = JSON.parse(body) as { store?: { schema?: unknown } };
    return typeof store?.schema === "number" ? store.schema : undefined;
  } catch {
    return undefined;
  }
}
