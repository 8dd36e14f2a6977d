import { colors, other, shares, type Color } from "../../deployment/model.ts";
import { imageName, type LiveState } from "../state/model.ts";
import { serving } from "./words.ts";

/** Whether the release could be taken back at once, to which colour, and if not, why. */
export interface RollbackFacts {
  readonly ready: boolean;
  /** The colour that would have all the requests; undefined while none serves. */
  readonly to?: Color;
  readonly reason?: string;
}

/**
 * What the output `rollbackReady` said after the last update, asked again of what is there now, with all that the health
 * gate would ask. While a canary has a share, back is the colour that serves beside it; else it is the standby.
 */
export function rollbackFacts(world: LiveState): RollbackFacts {
  const now = serving(world);
  if (now === undefined) return { ready: false, reason: "the listener sends requests to neither colour" };
  const canary = world.weights.live[other(now)] > 0;
  const to = canary ? now : other(now);
  const nothing = canary ? undefined : nothingToTakeBack(world, now);
  const reasons = nothing ? [nothing] : obstacles(world, to);
  return reasons.length === 0 ? { ready: true, to } : { ready: false, to, reason: reasons.join("; ") };
}

/** Why the standby is no way back at all. */
function nothingToTakeBack({ fleets, record, earlier }: LiveState, now: Color): string | undefined {
  const back = other(now);
  const { image, capacity } = fleets[back];
  if (capacity.maxSize === 0) return `${back} is off (standby: off)`;
  if (image.imageId === fleets[now].image.imageId) return `${back} runs the same image as ${now}`;
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

/** What the health gate would say to moving all requests to a colour. */
function obstacles({ fleets, weights: { live, recorded } }: LiveState, to: Color): string[] {
  const from = other(to);
  const { healthy, staleTargets } = fleets[to];
  const need = Math.max(1, fleets[from].registered);
  const moved = colors.some((color) => live[color] !== recorded[color]);
  return [
    ...(healthy < need ? [`${to} has ${healthy} healthy targets and needs ${need}`] : []),
    ...(staleTargets.length > 0 ? [`${to}'s target group holds ${staleTargets.join(", ")} of an earlier fleet`] : []),
    ...(moved ? [`the live weights are ${shares(live)}, the state says ${shares(recorded)}`] : []),
  ];
}
