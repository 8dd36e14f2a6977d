/** Who serves, with what share, in what order, and what may not change: decisions without a resource or a call. */
import { withoutBootGate } from "./boot-gate";

export const colors = ["blue", "green"] as const;
export type Color = (typeof colors)[number];
export type ByColor<T> = Record<Color, T>;

export const other = (color: Color): Color => (color === "blue" ? "green" : "blue");

export const byColor = <T>(value: (color: Color) => T): ByColor<T> => ({ blue: value("blue"), green: value("green") });

/** What a fleet's instances are made of, and how they are asked. It changes only with a new fleet, so never under traffic. */
export interface Machine {
  imageId: string;
  instanceType: string;
  detailedMonitoring: boolean;
  /** Paths that the image answers: they stay with it, or the way back would fail its health checks. */
  healthCheckPath: string;
  versionPath: string;
  /** Whether the image answers the launch lifecycle hook; a hook is part of its group, so it stays with the image, too. */
  bootGate: boolean;
}

/** Bounds of an Auto Scaling group, in instances. Both 0: the fleet is off. */
export interface Capacity {
  minSize: number;
  maxSize: number;
}

/** What can't change in a running stack without replacing what serves. */
export interface Foundation {
  vpcId?: string;
  vpcCidr: string;
  availabilityZoneCount: number;
  appPort: number;
  https: boolean;
}

/** The outputs of the last update that succeeded: what the world is taken to be before this one. */
export interface Deployed {
  activeColor: Color;
  weights: ByColor<number>;
  machines: ByColor<Machine>;
  capacity: ByColor<Capacity>;
  foundation: Foundation;
}

/** The settings that traffic depends on. */
export interface Wanted {
  activeColor: Color;
  standby: "off" | "warm";
  standbyWeight: number;
  minSize: number;
  maxSize: number;
  capacityFloor: number;
  machines: ByColor<Machine>;
  foundation: Foundation;
}

/** What an update will do to the fleets and the listener. */
export interface Plan {
  weights: ByColor<number>;
  capacity: ByColor<Capacity>;
  machines: ByColor<Machine>;
  /** Colours whose fleet must be ready before the listener is touched: all that are to get requests. */
  beforeListener: Color[];
  /** Colours that the update waits for: all with instances, but for the one that this update takes traffic from. */
  awaited: Color[];
  /** Machine settings that wait until the colour no longer serves, as sentences. */
  deferred: string[];
  /** Images in use whose instances no boot gate looks at, as sentences. */
  ungated: string[];
}

export type Planned = { plan: Plan; refusals: string[] };

/** The share of the requests that each colour gets, in percent: two weights that add up to 100. */
export function weightsFor(activeColor: Color, standbyWeight: number): ByColor<number> {
  return byColor((color) => (color === activeColor ? 100 - standbyWeight : standbyWeight));
}

/**
 * The plan for an update, and the reasons to refuse it.
 * @param deployed undefined on a stack's first update, which nothing can forbid.
 */
export function planUpdate(wanted: Wanted, deployed: Deployed | undefined): Planned {
  const weights = weightsFor(wanted.activeColor, wanted.standbyWeight);
  const capacity = byColor((color) => capacityFor(wanted, color));
  const machines = byColor((color) => machineFor(color, wanted, deployed, weights));
  const plan: Plan = {
    weights,
    capacity,
    machines,
    beforeListener: colors.filter((color) => weights[color] > 0),
    awaited: colors.filter(
      (color) => weights[color] > 0 || (capacity[color].minSize > 0 && !(deployed && deployed.weights[color] > 0)),
    ),
    deferred: colors.flatMap((color) => deferredSettings(color, machines[color], wanted.machines[color])),
    ungated: ungatedImages(colors.filter((color) => capacity[color].maxSize > 0).map((color) => machines[color])),
  };
  return { plan, refusals: deployed ? refusals(plan, wanted, deployed) : [] };
}

function capacityFor(wanted: Wanted, color: Color): Capacity {
  if (color !== wanted.activeColor && wanted.standby === "off") return { minSize: 0, maxSize: 0 };
  return { minSize: Math.max(wanted.minSize, wanted.capacityFloor), maxSize: wanted.maxSize };
}

/**
 * The machine that a colour gets now: what it is made of waits while it has traffic; its paths and its boot gate stay with
 * its image.
 */
function machineFor(color: Color, wanted: Wanted, deployed: Deployed | undefined, weights: ByColor<number>): Machine {
  const [now, next] = [deployed?.machines[color], wanted.machines[color]];
  if (!deployed || !now) return next;
  const kept = weights[color] > 0 || deployed.weights[color] > 0 ? now : next;
  const { healthCheckPath, versionPath, bootGate } = now.imageId === next.imageId ? now : next;
  return { ...kept, imageId: next.imageId, healthCheckPath, versionPath, bootGate };
}

function deferredSettings(color: Color, now: Machine, wanted: Machine): string[] {
  const differing = (names: (keyof Machine)[]) => names.filter((name) => now[name] !== wanted[name]);
  return [
    ...differing(["instanceType", "detailedMonitoring"]).map(
      (name) => `${color} has traffic and keeps ${name} ${now[name]}; ${wanted[name]} reaches it once it has none`,
    ),
    ...differing(["healthCheckPath", "versionPath"]).map(
      (name) => `${color} keeps ${name} ${now[name]} with its image; ${wanted[name]} reaches it with its next one`,
    ),
  ];
}

const ungatedImages = (machines: Machine[]): string[] => [
  ...new Set(machines.filter(({ bootGate }) => !bootGate).map(({ imageId }) => withoutBootGate(imageId))),
];

/** Why an update is refused, each with what to do instead. Empty: go on. */
function refusals(plan: Plan, wanted: Wanted, deployed: Deployed): string[] {
  const { weights, capacity, machines } = plan;
  const moves = colors.some((color) => weights[color] !== deployed.weights[color]);
  const found: string[] = [];

  for (const color of colors) {
    const [from, to] = [deployed.machines[color].imageId, machines[color].imageId];
    const standby = other(color);
    if (from === to) continue;
    if (deployed.weights[color] > 0) {
      found.push(
        `${color} serves ${deployed.weights[color]} % of the requests; its image may not change in place (${from} to ${to}). ` +
          `Keep ${color}Ami ${from}, set ${standby}Ami to the new image with standby: warm, update, then set activeColor: ${standby}.`,
      );
    } else if (weights[color] > 0) {
      found.push(
        `${color} would change its image (${from} to ${to}) and start to serve in one update. ` +
          `First update with activeColor: ${deployed.activeColor} and standbyWeight: 0, try ${color} through the preview listener, then move traffic.`,
      );
    }
  }

  if (wanted.activeColor !== deployed.activeColor && wanted.standby === "off") {
    found.push(
      `a flip to ${wanted.activeColor} with standby: off would empty ${deployed.activeColor}, the way back. ` +
        `Set standby: warm, flip, and switch the standby off in a later update.`,
    );
  } else if (moves) {
    for (const color of colors) {
      const [from, to] = [deployed.capacity[color], capacity[color]];
      if (to.minSize >= from.minSize && to.maxSize >= from.maxSize) continue;
      found.push(
        `an update that moves traffic may not shrink a fleet: ${color} would go from ${range(from)} to ${range(to)} instances. ` +
          `Move traffic first; shrink in a later update.`,
      );
    }
  }

  for (const name of ["vpcId", "vpcCidr", "availabilityZoneCount", "appPort"] as const) {
    const [from, to] = [deployed.foundation[name], wanted.foundation[name]];
    if (from === to) continue;
    found.push(
      `${name} can't change in a running stack (${from ?? "not set"} to ${to ?? "not set"}): it would replace what serves. ` +
        `Set it back, and use a new stack for the new value.`,
    );
  }
  if (deployed.foundation.https && !wanted.foundation.https) {
    found.push(
      "HTTPS can't be given up in a running stack: port 80 belongs to its redirect until the update is over. " +
        "Keep certificateArn or domain, and use a new stack for plain HTTP.",
    );
  }
  return found;
}

const range = ({ minSize, maxSize }: Capacity) => `${minSize}-${maxSize}`;

/** What the health gate saw of one colour. */
export interface Observed {
  /** Targets that are not leaving (initial, healthy or unhealthy). */
  registered: number;
  healthy: number;
  /** Registered targets that are no instance of the colour's present Auto Scaling group. */
  foreign: string[];
}

/** An answer through the preview listener: its faults, or why there was no way to ask. */
export type PreviewAnswer = { faults: string[] } | { unreachable: string };

export interface GateQuestion {
  weights: ByColor<number>;
  /** Weights that the state holds and those that are really live; undefined while there is no listener. */
  recorded?: ByColor<number>;
  live?: ByColor<number>;
  capacity: ByColor<Capacity>;
  observed: ByColor<Observed>;
  preview: Partial<ByColor<PreviewAnswer>>;
}

/** Reasons not to let the listener change. Empty: the gate is open. */
export function gateVerdict({ weights, recorded, live, capacity, observed, preview }: GateQuestion): string[] {
  const reasons: string[] = [];
  if (recorded && live && colors.some((color) => recorded[color] !== live[color])) {
    reasons.push(
      `the live weights are ${shares(live)}, the state says ${shares(recorded)}: somebody moved traffic by hand. ` +
        `Run pulumi refresh, look, and update again.`,
    );
  }
  for (const color of gaining(weights, recorded)) {
    const { healthy, foreign } = observed[color];
    const needed = neededTargets(color, weights, recorded, capacity, observed);
    if (healthy < needed) {
      reasons.push(
        `${color} has ${healthy} healthy targets and needs ${needed} for ${weights[color]} % of the requests. ` +
          `Raise capacityFloor to what the serving fleet runs, or wait until ${color} is healthy.`,
      );
    }
    if (foreign.length > 0) {
      reasons.push(
        `${color}'s target group still holds ${foreign.join(", ")} of an earlier fleet. ` +
          `Finish that update first: pulumi up with the present weights.`,
      );
    }
    const answer = preview[color];
    if (answer && "faults" in answer)
      reasons.push(...answer.faults.map((fault) => `${color} through the preview listener: ${fault}`));
  }
  return reasons;
}

/** Colours that get a greater share than they have; on a listener's first day, all that get any. */
export function gaining(weights: ByColor<number>, recorded: ByColor<number> | undefined): Color[] {
  return colors.filter((color) => weights[color] > (recorded?.[color] ?? 0));
}

/**
 * Healthy targets that a colour needs for its share: at the whole of the traffic as many as the serving fleet really
 * runs, of a part the same part of them, and always one at least. Without a serving fleet: its own minimum.
 */
function neededTargets(
  color: Color,
  weights: ByColor<number>,
  recorded: ByColor<number> | undefined,
  capacity: ByColor<Capacity>,
  observed: ByColor<Observed>,
): number {
  const serving = recorded && colors.find((candidate) => candidate !== color && recorded[candidate] > 0);
  const whole = serving ? observed[serving].registered : capacity[color].minSize;
  return Math.max(1, Math.ceil((whole * weights[color]) / 100));
}

export const shares = (weights: ByColor<number>) => colors.map((color) => `${color} ${weights[color]} %`).join(", ");

/** Whether one flip would bring the other colour back at once, and if not, why. */
export function rollbackReadiness(
  weights: ByColor<number>,
  capacity: ByColor<Capacity>,
  machines: ByColor<Machine>,
  observed: ByColor<Observed>,
): { ready: boolean; reason?: string } {
  const serving: Color = weights.blue >= weights.green ? "blue" : "green";
  const back = other(serving);
  const no = (reason: string) => ({ ready: false, reason });
  if (capacity[back].maxSize === 0) return no(`${back} is off (standby: off)`);
  if (machines[back].imageId === machines[serving].imageId) return no(`${back} runs the same image as ${serving}`);
  const [have, need] = [observed[back].healthy, observed[serving].registered];
  if (have < need) return no(`${back} has ${have} healthy targets, ${serving} runs ${need}`);
  return { ready: true };
}
