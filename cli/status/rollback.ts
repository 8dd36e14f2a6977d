import { byColor, other, type Color } from "../../deployment/model.ts";
import { rollbackReadiness, type RollbackReadiness } from "../../deployment/rollback-readiness.ts";
import { imageName, type LiveState } from "../state/model.ts";
import { serving } from "./words.ts";

/**
 * Whether the release could be taken back at once: what the output `rollbackReady` said after the last update, asked of the
 * stack as it is now, and of the records.
 */
export function rollbackFacts(world: LiveState): RollbackReadiness {
  const { weights, settings, fleets } = world;
  const now = serving(world);
  return rollbackReadiness({
    weights: weights.live,
    recorded: weights.recorded,
    activeColor: settings.deployed.activeColor,
    capacity: byColor((color) => fleets[color].capacity),
    imageIds: byColor((color) => fleets[color].image.imageId),
    foreign: world.foreign,
    observed: fleets,
    revoked: world.revoked,
    objection: now && objectionTo(world, other(now)),
  });
}

/** Why the standby is nothing to go back to, by the records. */
function objectionTo({ fleets, record, earlier }: LiveState, back: Color): string | undefined {
  const { image } = fleets[back];
  const records = record === undefined ? [] : [record, ...earlier];
  // What came by pulumi up has no record; whoever did that has looked at it.
  const last = records.find((one) => one.color === back && one.image.imageId === image.imageId);
  const what = `${back} holds ${imageName(image)}`;
  switch (last?.outcome) {
    case "running":
      return `${what}, which has no traffic yet`;
    case "rolled-back":
      return `${what}, which was rolled back`;
    case "superseded":
      return last.servesSince === undefined ? `${what}, which was staged and never served` : undefined;
    case "released":
    case undefined:
      return undefined;
  }
}
