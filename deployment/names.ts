/** Logical names of resources that the commands look for in the state; they stay for a stack's life. */
import type { Color } from "./model.ts";

/** The component with the fleets and the main listener. */
export const blueGreenName = "app";

/** The main listener: the only resource that traffic moves by. */
export const listenerName = `${blueGreenName}-listener`;

/** What a fleet is made of; the last two are its scaling policies. */
export const fleetParts = ["template", "group", "cpu", "requests"] as const;
export type FleetPart = (typeof fleetParts)[number];

export const fleetPartName = (color: Color, part: FleetPart): string => `${blueGreenName}-${color}-${part}`;

/** The table of the release commands. @param baseName `<project>-<stack>` */
export const releasesTableName = (baseName: string): string => `${baseName}-releases`;

/** Whether a physical name is what the provider makes of a logical one: a hyphen and seven hexadecimal digits behind it. */
export const isGeneratedFrom = (logicalName: string, physicalName: string): boolean =>
  physicalName.startsWith(`${logicalName}-`) && /^[0-9a-f]{7}$/.test(physicalName.slice(logicalName.length + 1));
