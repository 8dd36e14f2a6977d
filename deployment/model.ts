/** Who serves, and with what share: the words that the plan, the guards and the gate speak. */

import { byColor, colors, other, type ByColor, type Color } from "../config/colors.ts";

export { byColor, colors, other, type ByColor, type Color };

/** What a fleet's instances are made of, and how they are asked. It changes only with a new fleet, so never under traffic. */
export interface LaunchSpec {
  imageId: string;
  instanceType: string;
  detailedMonitoring: boolean;
  /** MiB a second at which the root volume is loaded from its snapshot; undefined: as it is read. */
  volumeInitializationRate?: number;
  /** Paths that the image answers: they stay with it, or the rollback would fail its health checks. */
  healthCheckPath: string;
  versionPath: string;
  /** Whether the image answers the launch lifecycle hook; a hook is part of its group, so it stays with the image, too. */
  bootGate: boolean;
  /** Whether the stack's own key encrypts the volumes; else AWS's key for them does. */
  customerKey: boolean;
}

/** Bounds of an Auto Scaling group, in instances. Both 0: the fleet is off. */
export interface Capacity {
  minSize: number;
  maxSize: number;
}

/** What can't change in a running stack without replacing what serves. */
export interface ImmutableSettings {
  vpcId?: string;
  vpcCidr: string;
  availabilityZoneCount: number;
  /** Zones of the stack's own VPC in the order of its subnets; undefined in an existing VPC, and where nobody has recorded them. */
  availabilityZones?: string[];
  appPort: number;
  https: boolean;
  /** Whether the stack has a key of its own: what it encrypted is lost without it. */
  customerKey: boolean;
}

/** The outputs of the last update that succeeded: what is taken to be there before this one. */
export interface CurrentState {
  activeColor: Color;
  weights: ByColor<number>;
  machines: ByColor<LaunchSpec>;
  capacity: ByColor<Capacity>;
  foundation: ImmutableSettings;
}

/** The settings that traffic depends on. */
export interface DesiredState {
  activeColor: Color;
  standby: "off" | "warm";
  standbyWeight: number;
  minSize: number;
  maxSize: number;
  capacityFloor: number;
  /** Instances of a warm standby that is only being tried; 0: serving size. */
  previewSize: number;
  machines: ByColor<LaunchSpec>;
  foundation: ImmutableSettings;
}

/** What an update will do to the fleets and the listener. */
export interface Plan {
  weights: ByColor<number>;
  capacity: ByColor<Capacity>;
  machines: ByColor<LaunchSpec>;
  /** Colours whose fleet must be ready before the listener is touched: all that are to get requests. */
  beforeListener: Color[];
  /** Colours that the update waits for: all with instances, but for the one that this update takes traffic from, and `abortTo`. */
  awaited: Color[];
  /**
   * The active colour, when it takes back what it had given to its canary. It serves already: nothing waits for it, and the
   * gate asks for no more than one healthy target, because a rollback that can be refused is none.
   */
  abortTo?: Color;
  /** Machine settings that wait until the colour no longer serves, as sentences. */
  deferred: string[];
  /** Images that come into use and whose instances no boot gate looks at, as sentences. */
  ungated: string[];
}

/** What the health gate saw of one colour. */
export interface TargetHealthSummary {
  /** Targets that are not leaving (initial, healthy or unhealthy), whosever they are. */
  readonly registered: number;
  /** Healthy targets that are instances in service of the colour's present Auto Scaling group, at most as many as it wants. */
  readonly healthy: number;
  /** Registered targets that are no instance of the colour's present Auto Scaling group. */
  readonly staleTargets: readonly string[];
}

/** The share of the requests that each colour gets, in percent: two weights that add up to 100. */
export function weightsFor(activeColor: Color, standbyWeight: number): ByColor<number> {
  return byColor((color) => (color === activeColor ? 100 - standbyWeight : standbyWeight));
}

/** The declared colour as long as it has traffic: a canary may be the greater part, and is still one. */
export function servingColor(weights: ByColor<number>, active: Color): Color {
  return weights[active] > 0 ? active : other(active);
}

/**
 * Healthy targets that a colour needs for its share of the requests: the same share of those that answer all of them now, and
 * one at least. Where nobody answers, one is better than none.
 * @param weight percent; without a share it needs none
 * @param whole healthy targets for all of the requests
 */
export const healthyTargetsNeeded = (weight: number, whole: number): number =>
  weight > 0 ? Math.max(1, Math.ceil((whole * weight) / 100)) : 0;

export const shares = (weights: ByColor<number>) => colors.map((color) => `${color} ${weights[color]} %`).join(", ");

/** Colours that get a greater share than they have; on a listener's first day, all that get any. */
export function gaining(weights: ByColor<number>, recorded: ByColor<number> | undefined): Color[] {
  return colors.filter((color) => weights[color] > (recorded?.[color] ?? 0));
}
