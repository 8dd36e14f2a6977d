import type { FleetFacts } from "../state/model.ts";

/** Why Auto Scaling would not end a fleet's instances now; undefined: it would. */
export function heldFault({ color, groupName, suspended, instances }: FleetFacts): string | undefined {
  const held = suspended.filter((process) => process.startsWith("Terminate "));
  if (held.length === 0 || instances.length === 0) return undefined;
  return (
    `${color}'s instances would stay: of its group ${groupName} ${held.join(", ")} is suspended. ` +
    `Resume it: aws autoscaling resume-processes --auto-scaling-group-name ${groupName}`
  );
}

/**
 * Why a fleet could not be replaced now; undefined: it could. The provider deletes the earlier group, and waits for it to be
 * empty (terraform-provider-aws, internal/service/autoscaling/group.go: drainGroup); it lifts scale-in protection itself.
 */
export function replacementFault(fleet: FleetFacts): string | undefined {
  const aside = fleet.instances.filter(({ lifecycle }) => lifecycle === "Standby").map(({ id }) => id);
  if (aside.length === 0) return heldFault(fleet);
  return (
    `${fleet.color}'s group ${fleet.groupName} can't be replaced while ${aside.join(", ")} is in Standby. ` +
    `Take it out: aws autoscaling exit-standby --auto-scaling-group-name ${fleet.groupName} --instance-ids ${aside.join(" ")}`
  );
}
