/** What an update will do, in what order, and whether it may: decisions without a resource or a call. */
import { withoutBootGate } from "./boot-gate.ts";
import { guardRefusals } from "./guards.ts";
import {
  byColor,
  colors,
  weightsFor,
  type ByColor,
  type Capacity,
  type Color,
  type CurrentState,
  type LaunchSpec,
  type Plan,
  type DesiredState,
} from "./model.ts";

export type Planned = { plan: Plan; refusals: string[] };

/**
 * The plan for an update, and the reasons to refuse it.
 * @param deployed undefined on a stack's first update, which nothing can forbid.
 */
export function planUpdate(wanted: DesiredState, deployed: CurrentState | undefined): Planned {
  const weights = weightsFor(wanted.activeColor, wanted.standbyWeight);
  const capacity = byColor((color) => capacityFor(wanted, color));
  const machines = byColor((color) => machineFor(color, wanted, deployed, weights));
  const abortTo = abortColor(wanted, deployed, weights);
  const plan: Plan = {
    weights,
    capacity,
    machines,
    beforeListener: colors.filter((color) => weights[color] > 0),
    awaited: colors.filter(
      (color) =>
        color !== abortTo &&
        (weights[color] > 0 || (capacity[color].minSize > 0 && !(deployed && deployed.weights[color] > 0))),
    ),
    abortTo,
    deferred: colors.flatMap((color) => deferredSettings(color, machines[color], wanted.machines[color])),
    ungated: ungatedImages(
      colors.filter((color) => isNew(capacity, machines, deployed, color)).map((color) => machines[color]),
    ),
  };
  return { plan, refusals: deployed ? guardRefusals(plan, wanted, deployed) : [] };
}

function abortColor(
  { activeColor }: DesiredState,
  deployed: CurrentState | undefined,
  weights: ByColor<number>,
): Color | undefined {
  if (deployed?.activeColor !== activeColor) return undefined;
  const before = deployed.weights[activeColor];
  return before > 0 && weights[activeColor] > before ? activeColor : undefined;
}

function capacityFor(wanted: DesiredState, color: Color): Capacity {
  const { activeColor, standby, minSize, maxSize, capacityFloor, previewSize } = wanted;
  const serving = color === activeColor;
  if (!serving && standby === "off") return { minSize: 0, maxSize: 0 };
  if (!serving && previewSize > 0) return { minSize: previewSize, maxSize };
  return { minSize: Math.max(minSize, capacityFloor), maxSize };
}

/**
 * The machine that a colour gets now: what it is made of waits while it has traffic; its paths and its boot gate stay with
 * its image.
 */
function machineFor(
  color: Color,
  wanted: DesiredState,
  deployed: CurrentState | undefined,
  weights: ByColor<number>,
): LaunchSpec {
  const [now, next] = [deployed?.machines[color], wanted.machines[color]];
  if (!deployed || !now) return next;
  const kept = weights[color] > 0 || deployed.weights[color] > 0 ? now : next;
  const { healthCheckPath, versionPath, bootGate } = now.imageId === next.imageId ? now : next;
  return { ...kept, imageId: next.imageId, healthCheckPath, versionPath, bootGate };
}

function deferredSettings(color: Color, now: LaunchSpec, wanted: LaunchSpec): string[] {
  const differing = (names: (keyof LaunchSpec)[]) => names.filter((name) => now[name] !== wanted[name]);
  return [
    ...differing(["instanceType", "detailedMonitoring", "volumeInitializationRate", "customerKey"]).map(
      (name) =>
        `${color} has traffic and keeps ${name} ${now[name] ?? "unset"}; ${wanted[name] ?? "unset"} reaches it once it has none`,
    ),
    ...differing(["healthCheckPath", "versionPath"]).map(
      (name) => `${color} keeps ${name} ${now[name]} with its image; ${wanted[name]} reaches it with its next one`,
    ),
  ];
}

/** Whether a colour gets instances of an image that it has none of yet. */
function isNew(
  capacity: ByColor<Capacity>,
  machines: ByColor<LaunchSpec>,
  deployed: CurrentState | undefined,
  color: Color,
): boolean {
  if (capacity[color].maxSize === 0) return false;
  return (
    (deployed?.capacity[color].maxSize ?? 0) === 0 || deployed?.machines[color].imageId !== machines[color].imageId
  );
}

const ungatedImages = (machines: LaunchSpec[]): string[] => [
  ...new Set(machines.filter(({ bootGate }) => !bootGate).map(({ imageId }) => withoutBootGate(imageId))),
];
