/** In which Availability Zones a stack stands: which ones it gets, which it keeps, and what is wrong with them. */

/** What a choice of zones depends on. */
export interface ZoneQuestion {
  /** The setting `availabilityZones`; empty: not named. */
  readonly named: readonly string[];
  /** The setting `availabilityZoneCount`. */
  readonly count: number;
  /** The region's zones, by name. */
  readonly available: readonly string[];
  /** Zones that the stack stands in; undefined on its first update. */
  readonly standing: readonly string[] | undefined;
  /** Zones that offer the instance type; undefined where that was not asked. */
  readonly offering: readonly string[] | undefined;
}

/**
 * Zones of the stack's own VPC. One that stands keeps its zones whatever the region offers later: other zones would replace its
 * subnets. A new one gets the first zones by name that offer the instance type.
 */
export function zonesFor({ named, count, available, standing, offering }: ZoneQuestion): string[] {
  if (named.length > 0) return [...named];
  // Only an emergency override asks a stack that stands for another count.
  if (standing) return [...standing, ...available.filter((zone) => !standing.includes(zone))].slice(0, count);
  const fit = available.filter((zone) => offering?.includes(zone));
  return (fit.length < count ? available : fit).slice(0, count);
}

/**
 * Zones of a stack that runs: as its last update recorded them, else the first by name, which is what the program chose before it
 * recorded any.
 */
export const standingZones = (
  { availabilityZones, availabilityZoneCount }: { availabilityZones?: string[]; availabilityZoneCount: number },
  available: readonly string[],
): string[] => availabilityZones ?? available.slice(0, availabilityZoneCount);

/** Why a new VPC can't be made in those zones, each with what to do instead. */
export function zoneFaults(zones: readonly string[], { count, available }: ZoneQuestion): string[] {
  if (available.length < count) {
    return [
      `availabilityZoneCount is ${count}, but the region has ${available.length} zones: ${available.join(", ")}. ` +
        `Set it to ${available.length}, or use another region.`,
    ];
  }
  const unknown = zones.filter((zone) => !available.includes(zone));
  if (unknown.length === 0) return [];
  return [
    `availabilityZones has ${unknown.join(", ")}, which this account's region does not have; it has ${available.join(", ")}. ` +
      `Name ${count} of these: pulumi config set --path "availabilityZones[0]" ${available[0]}`,
  ];
}

/**
 * The fault when a zone of the fleets does not offer their instance type: EC2 would refuse each launch there.
 * @param zones of the fleets' subnets
 * @param remedy what to do beside another type, as a sentence's end
 */
export function typeFaults(
  instanceType: string,
  zones: readonly string[],
  offering: readonly string[],
  remedy: string,
): string[] {
  const lacking = [...new Set(zones)].filter((zone) => !offering.includes(zone)).sort();
  if (lacking.length === 0) return [];
  const where = offering.length > 0 ? `${[...offering].sort().join(", ")} do` : "no zone of this region does";
  return [
    `instanceType ${instanceType} is not offered in ${lacking.join(", ")}; ${where}. Set another instanceType, or ${remedy}.`,
  ];
}
