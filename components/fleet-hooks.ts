import * as pulumi from "@pulumi/pulumi";
import type { AwsClients } from "../aws/clients.ts";
import type { ReadItem } from "../aws/releases-item.ts";
import type { Color, Plan } from "../deployment/model.ts";
import type { DeployedStack } from "./deployed.ts";
import { groupFault, preemptedFault, takesInstances, templateFault, type GroupChange } from "./fleet-guards.ts";
import { refuseFault } from "./override.ts";

export interface FleetHooksArgs {
  readonly color: Color;
  readonly clients: AwsClients;
  /** Asks the stack's table. */
  readonly readItem: ReadItem;
  readonly plan: Plan;
  readonly deployed: DeployedStack;
}

/**
 * The last guards of a fleet as hooks: a fleet that serves is never rebuilt or cut down, also when its traffic came while the
 * update was under way. A preview fails by them as by the guards on the settings.
 */
export function fleetHooks(
  name: string,
  { color, clients, readItem, plan, deployed }: FleetHooksArgs,
): { template: pulumi.ResourceHook; group: pulumi.ResourceHook } {
  const guarded = { clients, deployed, plan };
  const template = async () => {
    refuseFault(await preemptedFault(readItem, deployed, `The launch template of ${color} would change`));
    refuseFault(await templateFault(guarded, color));
  };
  const group = async ({ oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
    const change: GroupChange = { before: oldInputs, after: newInputs };
    if (takesInstances(change))
      refuseFault(await preemptedFault(readItem, deployed, `The group of ${color} would be replaced or cut down`));
    refuseFault(await groupFault(guarded, color, change));
  };
  return {
    template: new pulumi.ResourceHook(`${name}-template-guard`, template, { onDryRun: true }),
    group: new pulumi.ResourceHook(`${name}-group-guard`, group, { onDryRun: true }),
  };
}
