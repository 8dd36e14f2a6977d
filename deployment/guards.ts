import { colors, other, type Capacity, type CurrentState, type Plan, type DesiredState } from "./model.ts";

/** Why an update is refused, each with what to do instead. Empty: go on. */
export function guardRefusals(plan: Plan, wanted: DesiredState, deployed: CurrentState): string[] {
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
      `a flip to ${wanted.activeColor} with standby: off would empty ${deployed.activeColor}, the rollback target. ` +
        `Set standby: warm, flip, and switch the standby off in a later update.`,
    );
  } else if (moves) {
    for (const color of colors) {
      const [from, to] = [deployed.capacity[color], capacity[color]];
      if (to.minSize >= from.minSize && to.maxSize >= from.maxSize) continue;
      const tried = color !== wanted.activeColor && wanted.previewSize > 0;
      found.push(
        `an update that moves traffic may not shrink a fleet: ${color} would go from ${range(from)} to ${range(to)} instances. ` +
          `${tried ? "Set previewSize: 0, or move" : "Move"} traffic first; shrink in a later update.`,
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
  const [from, to] = [deployed.foundation.availabilityZones, wanted.foundation.availabilityZones];
  if (from && to && from.length === to.length && from.join() !== to.join()) {
    found.push(
      `the zones of the stack's VPC can't change (${from.join(", ")} to ${to.join(", ")}, in the order of its subnets): ` +
        `its subnets would be replaced under what serves. Set availabilityZones back to ${JSON.stringify(from)}, or remove it, ` +
        `and use a new stack for other zones.`,
    );
  }
  if (deployed.foundation.https && !wanted.foundation.https) {
    found.push(
      "HTTPS can't be given up in a running stack: port 80 belongs to its redirect until the update is over. " +
        "Keep certificateArn or domain, and use a new stack for plain HTTP.",
    );
  }
  if (deployed.foundation.customerKey && !wanted.foundation.customerKey) {
    found.push(
      "customerKey can't be switched off in a running stack: the key would be deleted, and with it the logs, the records and the " +
        "volumes that it encrypted. Keep customerKey: true, and use a new stack without it.",
    );
  }
  return found;
}

const range = ({ minSize, maxSize }: Capacity) => `${minSize}-${maxSize}`;
