/** The last guards of a fleet, for what no setting shows: traffic that came while the update was under way, a changed program. */
import type { AwsClients } from "../aws/clients.ts";
import type { DeployedStack } from "./deployed.ts";
import { autoScalingGroup, liveWeights, observe, targetHealth } from "../aws/describe.ts";
import { askLock } from "../aws/release-lock.ts";
import type { ReadItem } from "../aws/releases-item.ts";
import { errorMessage } from "../deployment/error-message.ts";
import type { Color, Plan } from "../deployment/model.ts";

/** What a guard judges by: the weights at the program's start and those planned count beside the live ones. */
export interface Guarded {
  clients: AwsClients;
  deployed: DeployedStack;
  plan: Pick<Plan, "weights">;
}

/** An Auto Scaling group's inputs, as a hook is told them. Undefined before: it is created, or created anew in another's place. */
export interface GroupChange {
  before?: { minSize?: number; maxSize?: number };
  after?: { minSize?: number; maxSize?: number };
}

/** A refusal: what would happen, and why it may not. */
export interface FleetFault {
  what: string;
  reasons: string[];
}

/** Whether a change takes instances away: the group is made anew, or its maximum is lowered. */
export const takesInstances = ({ before, after }: GroupChange): boolean =>
  before === undefined || (after?.maxSize ?? 0) < (before.maxSize ?? 0);

/**
 * Why a command's update may not take a fleet away: its lock is another's by now, which may be a rollback that needs that very
 * fleet. A person's own update, and a preview, are asked for no lock here.
 * @param what would happen
 */
export async function preemptedFault(
  read: ReadItem,
  { releasesTable }: Pick<DeployedStack, "releasesTable">,
  what: string,
): Promise<FleetFault | undefined> {
  const { fault } = await askLock(read, releasesTable, false);
  return fault === undefined ? undefined : { what, reasons: [fault] };
}

/** Why a colour's launch template may not change, which replaces the whole fleet; undefined: it may. */
export async function templateFault(guarded: Guarded, color: Color): Promise<FleetFault | undefined> {
  const traffic = await trafficOf(guarded, color);
  if (traffic === undefined) return undefined;
  return {
    what: `The launch template of ${color}, which has traffic, would change`,
    reasons: [
      `a changed template replaces the whole fleet. Let the change reach ${color} while it is the standby.`,
      ...traffic,
    ],
  };
}

/**
 * Why a colour's group may not be made anew or cut down; undefined: it may. A group that is gone may always come back: then
 * no target of the colour is left.
 */
export async function groupFault(
  guarded: Guarded,
  color: Color,
  { before, after }: GroupChange,
): Promise<FleetFault | undefined> {
  if (!takesInstances({ before, after })) return undefined;
  const most = after?.maxSize ?? 0;
  const traffic = await trafficOf(guarded, color);
  if (traffic === undefined) return undefined;
  const instances = await serving(guarded, color);
  if (before === undefined) {
    if (instances === 0) return undefined;
    return {
      what: `The group of ${color}, which has traffic, would be replaced`,
      reasons: [
        `another fleet would take the place of what serves. Move the traffic away, and update again.`,
        ...traffic,
      ],
    };
  }
  if (most >= (instances ?? Infinity)) return undefined;
  return {
    what: `The group of ${color}, which has traffic, would be cut to ${most} instances`,
    reasons: [
      `${color} runs ${instances ?? "an unknown number of"} instances. Move the traffic away first, or let ${color} scale in before maxSize is lowered.`,
      ...traffic,
    ],
  };
}

/**
 * Why the group that another one has replaced may not be deleted; undefined: it may. Asked when all else is done, because
 * traffic may have come while the new group was getting ready.
 * @param groupName the new group's
 */
export async function deletionFault(
  guarded: Guarded,
  color: Color,
  groupName: string,
): Promise<FleetFault | undefined> {
  const traffic = await liveTraffic(guarded, color);
  if (traffic === undefined || (await foreign(guarded, color, groupName)) === 0) return undefined;
  return {
    what: `The earlier group of ${color}, which has traffic, would be deleted`,
    reasons: [
      `traffic came to ${color} while its fleet was being replaced; both fleets of it serve now. Move the traffic away ` +
        `(bluegreen rollback), and update again.`,
      ...traffic,
    ],
  };
}

/** Why a colour counts as one with traffic; undefined: it has none. What needs no question comes first. */
async function trafficOf(guarded: Guarded, color: Color): Promise<string[] | undefined> {
  const { deployed, plan } = guarded;
  // Words that a preview says, too: what was known before is no news.
  if (deployed.weights[color] > 0 || plan.weights[color] > 0) return [];
  return liveTraffic(guarded, color);
}

async function liveTraffic({ clients, deployed }: Guarded, color: Color): Promise<string[] | undefined> {
  try {
    // No listener, no traffic.
    const now = (await liveWeights(clients, deployed.listenerArn, deployed.targetGroupArns))?.[color] ?? 0;
    return now > 0 ? [`the listener gives ${color} ${now} % of the requests now.`] : undefined;
  } catch (error) {
    return [`the live weights can't be read, so that ${color} may have traffic: ${errorMessage(error)}`];
  }
}

/** Instances of the colour that get requests or are about to; undefined: nobody can tell. */
async function serving({ clients, deployed }: Guarded, color: Color): Promise<number | undefined> {
  try {
    return observe(await targetHealth(clients, deployed.targetGroupArns[color])).registered;
  } catch {
    return undefined;
  }
}

/** Targets of the colour that are no instances of its present group; undefined: nobody can tell. */
async function foreign({ clients, deployed }: Guarded, color: Color, groupName: string): Promise<number | undefined> {
  try {
    const [targets, group] = await Promise.all([
      targetHealth(clients, deployed.targetGroupArns[color]),
      autoScalingGroup(clients, groupName),
    ]);
    return observe(targets, group ?? {}).staleTargets.length;
  } catch {
    return undefined;
  }
}
