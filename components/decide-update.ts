import * as pulumi from "@pulumi/pulumi";
import type { AwsClients } from "../aws/clients.ts";
import type { ReadItem } from "../aws/releases-item.ts";
import type { Settings } from "../config/schema.ts";
import { imageIds, desiredState, servesHttps } from "../deployment/desired-state.ts";
import { byColor, type ByColor, type Plan, type DesiredState } from "../deployment/model.ts";
import { planUpdate } from "../deployment/plan.ts";
import { standingZones, zonesFor, type ZoneQuestion } from "../deployment/zones.ts";
import { readCurrentState, type DeployedStack } from "./deployed.ts";
import { describeImage, type Image } from "./images.ts";
import { olderSettings } from "./older-settings.ts";
import { networkRefusals } from "./network-refusals.ts";
import { refuseUnlessOverridden } from "./override.ts";
import { projectAuthorities } from "./project-authorities.ts";
import { connectAws, inBackground, onceTried } from "./provider-config.ts";
import { describeRegion, zonesOffering, type RegionInfo } from "./region-info.ts";
import { revocationPatience, revokedImages } from "./revoked-images.ts";

/** What an update will do, and what it needs to know for it. */
export interface Decision {
  readonly clients: AwsClients;
  /** Asks the stack's table. */
  readonly readItem: ReadItem;
  readonly wanted: DesiredState;
  /** What the stack is now; undefined on its first update. */
  readonly deployed: DeployedStack | undefined;
  readonly images: ByColor<Image>;
  readonly plan: Plan;
  /** What is wrong with a colour's image where it is revoked, as words behind its name. */
  readonly revoked: ByColor<string | undefined>;
  readonly regionInfo: RegionInfo;
  /** Certificates (PEM) of private authorities that the health gate believes beside the public ones. */
  readonly authorities: string | undefined;
  /** Zones of the stack's own VPC; empty in an existing one. */
  readonly availabilityZones: string[];
}

/**
 * Reads what there is, and decides what the update will do, before the first resource.
 * @throws RunError when AWS can't be asked, when an image can't be launched, when zones or subnets would not do, or when a guard
 *   refuses the update
 */
export async function decideUpdate(settings: Settings): Promise<Decision> {
  const { clients, readItem, readNetwork, readRevocations, tried } = connectAws();
  const { blue, green } = imageIds(settings);
  // These reads are under way together; they are awaited in the order in which their faults are to be told.
  const regionRead = inBackground(tried, describeRegion);
  const offeringRead = inBackground(tried, () => zonesOffering(settings.instanceType));
  const blueRead = inBackground(tried, () => describeImage(blue, "blueAmi"));
  const greenRead = inBackground(tried, () => describeImage(green, "greenAmi"));
  const revocationsRead = inBackground(tried, () => readRevocations(revocationPatience()));
  const last = await onceTried(tried, readCurrentState(clients));
  const images = { blue: await blueRead, green: await greenRead };
  const regionInfo = await regionRead;
  const deployed = last && withZones(last, regionInfo);
  const question: ZoneQuestion = {
    named: settings.availabilityZones,
    count: settings.availabilityZoneCount,
    available: regionInfo.zones,
    standing: deployed?.foundation.availabilityZones,
    offering: last || settings.vpcId ? undefined : await offeringRead,
  };
  const zones = settings.vpcId ? undefined : zonesFor(question);
  const wanted = desiredState(
    settings,
    byColor((color) => images[color].bootGate),
    zones,
  );
  const { plan, refusals } = planUpdate(wanted, deployed);
  const network = { settings, deployed, plan, question, zones, readNetwork, offering: () => offeringRead };
  refusals.push(...(await networkRefusals(network)));
  if (deployed) refusals.push(...(await olderSettings(readItem, settings.releaseRevision, plan, deployed)));
  const { certificates, fault } = servesHttps(settings) ? await projectAuthorities(process.cwd()) : {};
  if (fault !== undefined) refusals.push(fault);
  const { revoked, refusals: forRevoked } = await revokedImages(revocationsRead, plan, deployed, images);
  refusals.push(...forRevoked);
  if (refusals.length > 0)
    refuseUnlessOverridden("update-refused", "This update is refused and nothing was changed", refusals);
  for (const sentence of plan.deferred) void pulumi.log.warn(sentence);
  for (const sentence of plan.ungated) void pulumi.log.info(sentence);
  return {
    clients,
    readItem,
    wanted,
    deployed,
    images,
    plan,
    revoked,
    regionInfo,
    availabilityZones: zones ?? [],
    authorities: certificates,
  };
}

/** The stack with the zones that it stands in, also where its state does not tell them yet. */
function withZones(last: DeployedStack, { zones }: RegionInfo): DeployedStack {
  const { foundation } = last;
  const availabilityZones = foundation.vpcId ? undefined : standingZones(foundation, zones);
  return { ...last, foundation: { ...foundation, availabilityZones } };
}
