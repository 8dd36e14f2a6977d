import type { Health } from "./health.ts";
import type { TargetGroup } from "./topology.ts";

/** A registered target. */
export interface Target {
  readonly id: string;
  readonly port: number;
  /** Of its instance; undefined where nobody knows. */
  readonly zone?: string;
  health: Health;
  draining: boolean;
  /** Requests that it has in hand. */
  inFlight: number;
  /** Where its port really is; undefined for a target without a machine. */
  readonly address?: { host: string; port: number };
}

/** A target group with its targets; `healthy` and `open` are kept ready for the proxy. */
export interface Pool {
  group: TargetGroup;
  /** Whether a listener or rule names the group. A group that none names is not health-checked. */
  used: boolean;
  /** Zones of the load balancers that name it. */
  zones: ReadonlySet<string>;
  /** Their subnets: requests and health checks come from there. */
  subnetIds: readonly string[];
  readonly targets: Map<string, Target>;
  /** Healthy targets that are not draining. */
  healthy: Target[];
  /** All targets that are not draining: whom a load balancer asks when none is healthy (fail-open). */
  open: Target[];
  /** Round robin's counter. */
  turn: number;
}

/** A target's health as DescribeTargetHealth gives it. */
export interface TargetHealthDescription {
  id: string;
  port: number;
  healthCheckPort: string;
  state: string;
  reason?: string;
  description?: string;
}

/** A target as callers name it: without a port it is the instance, whatever its port. */
export interface WantedTarget {
  id: string;
  port?: number;
}

/** Whether a caller means this target. */
export function isWanted(target: Pick<Target, "id" | "port">, want: WantedTarget): boolean {
  return target.id === want.id && (want.port === undefined || want.port === target.port);
}

/** Whether a load balancer that names the pool has a subnet in the target's zone. */
export const isInEnabledZone = ({ zones }: Pick<Pool, "zones">, { zone }: Pick<Target, "zone">): boolean =>
  zone === undefined || zones.has(zone);

/** A registered target's health, in the order in which AWS's states win over each other. */
export function describeTarget(
  pool: Pick<Pool, "group" | "used" | "zones">,
  target: Pick<Target, "id" | "port" | "zone" | "draining" | "health">,
  running: boolean,
): TargetHealthDescription {
  const base = { id: target.id, port: target.port, healthCheckPort: checkPort(pool.group, target.port) };
  if (target.draining) {
    const description = "Target deregistration is in progress";
    return { ...base, state: "draining", reason: "Target.DeregistrationInProgress", description };
  }
  if (!running) {
    const description = "Target is in the stopped state";
    return { ...base, state: "unused", reason: "Target.InvalidState", description };
  }
  if (!pool.used) {
    const description = "Target group is not configured to receive traffic from the load balancer";
    return { ...base, state: "unused", reason: "Target.NotInUse", description };
  }
  if (!isInEnabledZone(pool, target)) {
    const description = "Target is in an Availability Zone that is not enabled for the load balancer";
    return { ...base, state: "unused", reason: "Target.NotInUse", description };
  }
  const { state, reason, description } = target.health;
  return { ...base, state, reason, description };
}

/** What AWS says about a target that was asked for and isn't registered. */
export function describeUnregistered(group: TargetGroup, want: WantedTarget): TargetHealthDescription {
  const port = want.port ?? group.port;
  return {
    id: want.id,
    port,
    healthCheckPort: checkPort(group, port),
    state: "unused",
    reason: "Target.NotRegistered",
    description: "Target is not registered to the target group",
  };
}

function checkPort(group: Pick<TargetGroup, "healthCheck">, port: number): string {
  return group.healthCheck.port === "traffic-port" ? String(port) : group.healthCheck.port;
}
