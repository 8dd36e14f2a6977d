import { isAlive, type Group, type Member, type MixedInstancesPolicy } from "./model.ts";

/** What a group holds and should hold. */
export interface CapacityFacts {
  desired: number;
  /** Zones of the group's subnets. */
  zones: string[];
  /** Launches that have no instance yet. */
  launching: Pick<Member, "zone">[];
  members: Pick<Member, "id" | "zone" | "lifecycle" | "health" | "launchedAt" | "protectedFromScaleIn">[];
  /** The group's instance maintenance policy, which may put a replacement before the end of the unhealthy one. */
  maintenance?: Group["maintenance"];
  terminationPolicies: string[];
}

/** What to do next. */
export interface CapacityPlan {
  /** A zone for each instance to launch. */
  launch: string[];
  terminate: { id: string; reason: "unhealthy" | "capacity" }[];
}

/** The zone with the fewest instances, in the order of `zones`. */
function emptiest(zones: string[], count: (zone: string) => number): string | undefined {
  return zones.reduce<string | undefined>(
    (best, zone) => (best === undefined || count(zone) < count(best) ? zone : best),
    undefined,
  );
}

/** Whom to take out first: from the fullest zone the oldest (or the newest, when the policy says so). */
function instancesToTerminate(healthy: CapacityFacts["members"], surplus: number, policies: string[]): string[] {
  const left = healthy.filter((member) => !member.protectedFromScaleIn);
  const sign = policies[0] === "NewestInstance" ? -1 : 1;
  const gone: string[] = [];
  while (gone.length < surplus && left.length > 0) {
    const count = (zone: string): number => healthy.filter((m) => m.zone === zone && !gone.includes(m.id)).length;
    left.sort((a, b) => count(b.zone) - count(a.zone) || sign * (a.launchedAt.getTime() - b.launchedAt.getTime()));
    gone.push(...left.splice(0, 1).map((member) => member.id));
  }
  return gone;
}

/**
 * Compares a group with its desired capacity. Unhealthy instances are replaced: by default they go at once, with an
 * instance maintenance policy of at least 100 % healthy their replacements come into service first. Launches are
 * spread over the zones; scale-in takes from the fullest zone.
 */
export function planCapacity(facts: CapacityFacts): CapacityPlan {
  // An instance in Standby is none of the group's capacity, and is neither replaced nor scaled in.
  const alive = facts.members.filter((member) => isAlive(member) && member.lifecycle !== "Standby");
  const unhealthy = alive.filter((member) => member.health === "Unhealthy");
  const healthy = alive.filter((member) => member.health === "Healthy");
  const inService = healthy.filter((member) => member.lifecycle === "InService").length;
  const { maintenance } = facts;
  const replaceFirst =
    maintenance !== undefined && maintenance.MinHealthyPercentage >= 100 && maintenance.MaxHealthyPercentage > 100;
  // An unhealthy instance stays until a replacement for it is in service; those that wait for none go.
  const kept = replaceFirst ? Math.max(0, facts.desired - inService) : 0;
  const room =
    replaceFirst && kept > 0
      ? Math.max(Math.ceil((facts.desired * maintenance.MaxHealthyPercentage) / 100), facts.desired + 1) -
        alive.length -
        facts.launching.length
      : Infinity;
  const missing = Math.min(facts.desired - healthy.length - facts.launching.length, room);
  const launch: string[] = [];
  for (let index = 0; index < missing; index++) {
    const busy = [...[...healthy, ...facts.launching].map((item) => item.zone), ...launch];
    const zone = emptiest(facts.zones, (candidate) => busy.filter((taken) => taken === candidate).length);
    launch.push(...(zone === undefined ? [] : [zone]));
  }
  const surplus = healthy.length + facts.launching.length - facts.desired;
  return {
    launch,
    terminate: [
      ...unhealthy
        .slice(0, Math.max(0, unhealthy.length - kept))
        .map(({ id }) => ({ id, reason: "unhealthy" as const })),
      ...instancesToTerminate(healthy, surplus, facts.terminationPolicies).map((id) => ({
        id,
        reason: "capacity" as const,
      })),
    ],
  };
}

/** A change of size that a caller asks for. */
export interface SizeChange {
  minSize?: number;
  maxSize?: number;
  desired?: number;
}

/**
 * The size of a group after UpdateAutoScalingGroup: a minimum above the desired capacity lifts it, a maximum below
 * lowers it, as AWS does it when no desired capacity is given. Whether the result is allowed is `checkSize`'s business.
 */
export function resized(group: Required<SizeChange>, change: SizeChange): Required<SizeChange> {
  const minSize = change.minSize ?? group.minSize;
  const maxSize = change.maxSize ?? group.maxSize;
  return { minSize, maxSize, desired: change.desired ?? Math.min(Math.max(group.desired, minSize), maxSize) };
}

/**
 * Whether the next instance of a mixed-instances group is a Spot one: the on-demand base comes first, above it the
 * stated percentage of on-demand instances is kept.
 * @param running What the group holds, and what it is about to launch.
 */
export function nextIsSpot(policy: MixedInstancesPolicy | undefined, running: Pick<Member, "spot">[]): boolean {
  if (!policy) {
    return false;
  }
  const onDemand = running.filter((instance) => !instance.spot).length;
  const base = policy.InstancesDistribution?.OnDemandBaseCapacity ?? 0;
  const percentage = policy.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity ?? 100;
  const above = Math.max(running.length + 1 - base, 0);
  return onDemand >= base + Math.ceil((above * percentage) / 100);
}
