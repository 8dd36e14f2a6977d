import { servingColor, type Color } from "../../deployment/model.ts";
import type { ImageFacts, LiveState } from "../state/model.ts";

/** What a colour does now. `canary`: it has a share of the requests beside the colour that is declared to serve. */
export type Role = "serving" | "canary" | "standby" | "off";

/** The colour that serves; undefined when the listener sends requests to neither. */
export function serving({ weights: { live }, settings }: LiveState): Color | undefined {
  return live.blue + live.green === 0 ? undefined : servingColor(live, settings.deployed.activeColor);
}

export function roleOf(world: LiveState, color: Color): Role {
  if (serving(world) === color) return "serving";
  if (world.weights.live[color] > 0) return "canary";
  return world.fleets[color].capacity.maxSize === 0 && world.fleets[color].instances.length === 0 ? "off" : "standby";
}

/** What an image is, in a line: version, short commit, id and age, as far as its tags tell. */
export function imageLine(image: ImageFacts, now: number): string {
  const { version, commit, imageId, createdAt } = image;
  return [
    version,
    commit && `commit ${commit.slice(0, 7)}`,
    imageId,
    createdAt && `built ${ageText(now - Date.parse(createdAt))} ago`,
  ]
    .filter(Boolean)
    .join(", ");
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** A time span in its greatest unit, cut: `45 s`, `3 min`, `2 h`, `5 d`. @param milliseconds negative counts as 0 */
export function ageText(milliseconds: number): string {
  const [unit, size] = units.find(([, length]) => milliseconds >= length) ?? (["s", 1000] as const);
  return `${Math.max(0, Math.floor(milliseconds / size))} ${unit}`;
}

/** A moment and how long ago that is: `2026-11-21 14:02 UTC (3 min)`. @param iso ISO 8601 */
export function sinceText(iso: string, now: number): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC (${ageText(now - Date.parse(iso))})`;
}
