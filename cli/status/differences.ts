import { imageIds } from "../../deployment/desired-state.ts";
import { colors, other, shares } from "../../deployment/model.ts";
import type { ReleaseSettings, LiveState } from "../state/model.ts";

/** Where two of settings' file, state and world differ. */
export interface Difference {
  /** `settings`: file against the last update; the others: what is really there against the state. */
  readonly kind: "settings" | "weights" | "foreign" | "capacity" | "image";
  readonly text: string;
}

const names = [
  "activeColor",
  "blueAmi",
  "greenAmi",
  "standby",
  "standbyWeight",
  "capacityFloor",
  "previewSize",
] as const satisfies (keyof ReleaseSettings)[];

export function differences(world: LiveState): Difference[] {
  return [...weights(world), ...foreign(world), ...capacity(world), ...images(world), ...settings(world)];
}

function settings({ stack, settings: { deployed, file } }: LiveState): Difference[] {
  const value = (from: ReleaseSettings, name: (typeof names)[number]) => {
    const color = colors.find((one) => name === `${one}Ami`);
    if (color === undefined) return from[name];
    const imageId = imageIds(from)[color];
    return imageId === "" ? undefined : imageId;
  };
  return names
    .filter((name) => value(deployed, name) !== value(file, name))
    .map((name) => ({
      kind: "settings",
      text: `Pulumi.${stack}.yaml has ${name} ${value(file, name) ?? "not set"}, the last update ${value(deployed, name) ?? "not set"}`,
    }));
}

function weights({ weights: { live, recorded } }: LiveState): Difference[] {
  if (colors.every((color) => live[color] === recorded[color])) return [];
  return [{ kind: "weights", text: `the listener sends ${shares(live)}, the state says ${shares(recorded)}` }];
}

const foreign = (world: LiveState): Difference[] =>
  world.foreign.map((text) => ({
    kind: "foreign",
    text: `the listener also sends ${text}, which this stack does not declare`,
  }));

/** Only what no scaling explains: a fleet that should be off or on, and one below the floor. */
function capacity({ fleets, settings: { deployed } }: LiveState): Difference[] {
  return colors.flatMap((color): Difference[] => {
    const { minSize, maxSize } = fleets[color].capacity;
    const bounds = `${color}'s group has ${minSize}-${maxSize} instances`;
    const off = color === other(deployed.activeColor) && deployed.standby === "off";
    if (off) return maxSize === 0 ? [] : [{ kind: "capacity", text: `${bounds}, the state says it is off` }];
    if (maxSize === 0) return [{ kind: "capacity", text: `${bounds}, the state says it is on` }];
    const preview = color !== deployed.activeColor && deployed.previewSize > 0;
    const floor = preview ? deployed.previewSize : deployed.capacityFloor;
    if (minSize >= floor) return [];
    return [{ kind: "capacity", text: `${bounds}, the state says at least ${floor}` }];
  });
}

function images({ fleets, settings: { deployed } }: LiveState): Difference[] {
  return colors.flatMap((color): Difference[] => {
    const declared = imageIds(deployed)[color];
    const { imageId } = fleets[color].image;
    if (declared === "" || declared === imageId) return [];
    return [{ kind: "image", text: `${color} runs ${imageId}, the state says ${declared}` }];
  });
}
