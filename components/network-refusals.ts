import * as pulumi from "@pulumi/pulumi";
import type { ReadNetwork } from "../aws/network.ts";
import type { Settings } from "../config/schema.ts";
import { colors, type Plan } from "../deployment/model.ts";
import { networkFaults } from "../deployment/network-fit.ts";
import { typeFaults, zoneFaults, type ZoneQuestion } from "../deployment/zones.ts";
import type { DeployedStack } from "./deployed.ts";

export interface NetworkRefusalsArgs {
  readonly settings: Settings;
  /** Undefined on a stack's first update. */
  readonly deployed: DeployedStack | undefined;
  readonly plan: Plan;
  /** What the zones were chosen by, and the choice; the choice is undefined in an existing VPC. */
  readonly question: ZoneQuestion;
  readonly zones: readonly string[] | undefined;
  readonly readNetwork: ReadNetwork;
  /** Zones that offer the instance type of the settings. */
  readonly offering: () => Promise<string[]>;
}

/**
 * Why zones, subnets or the instance type would not do. Only what comes into use is looked at: a rollback to what has served must not
 * be refused for what a network has become.
 * @throws RunError when AWS can't be asked
 */
export async function networkRefusals(args: NetworkRefusalsArgs): Promise<string[]> {
  const { settings, deployed, plan, question, zones, offering } = args;
  const found = deployed || !zones ? [] : zoneFaults(zones, question);
  const network = await existingNetwork(args);
  found.push(...(network?.faults ?? []));
  const fleetZones = zones ?? network?.fleetZones;
  const { instanceType } = settings;
  if (found.length > 0 || !fleetZones || !isNewType(instanceType, plan, deployed)) return found;
  const remedy = zones
    ? deployed
      ? "use a new stack in zones that offer it"
      : "name zones that offer it (availabilityZones)"
    : "use subnets of zones that offer it";
  return typeFaults(instanceType, fleetZones, await offering(), remedy);
}

function isNewType(instanceType: string, { machines }: Plan, deployed: DeployedStack | undefined): boolean {
  const had = deployed ? colors.map((color) => deployed.machines[color].instanceType) : [];
  return colors.some((color) => machines[color].instanceType === instanceType) && !had.includes(instanceType);
}

/** Faults of a VPC that exists, and the zones of the fleets in it; undefined where there is nothing new to look at. */
async function existingNetwork({ settings, deployed, readNetwork, plan }: NetworkRefusalsArgs) {
  const { vpcId, publicSubnetIds, privateSubnetIds, appPort, instanceType } = settings;
  if (!vpcId) return undefined;
  const named = [...publicSubnetIds, ...privateSubnetIds];
  // A state of before this record was made by an update that has worked.
  const used = deployed ? (deployed.subnetIds ?? named) : [];
  const isNew = named.some((id) => !used.includes(id));
  if (!isNew && !isNewType(instanceType, plan, deployed)) return undefined;
  const facts = await readNetwork(named).catch((error: Error) => {
    throw new pulumi.RunError(
      `The subnets of ${vpcId} can't be read: ${error.name}: ${error.message}. Allow ec2:DescribeSubnets. Nothing was changed.`,
    );
  });
  if (facts.acls === undefined)
    void pulumi.log.warn(
      `Whether network ACLs of ${vpcId} let requests through to appPort ${appPort} can't be asked: allow ec2:DescribeNetworkAcls.`,
    );
  const question = { vpcId, publicSubnetIds, privateSubnetIds, appPort, used };
  return {
    faults: isNew ? networkFaults(question, facts) : [],
    fleetZones: facts.subnets.filter(({ id }) => privateSubnetIds.includes(id)).map(({ zone }) => zone),
  };
}
