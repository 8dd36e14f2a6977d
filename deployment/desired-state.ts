/** What the settings ask of fleets and listener. */
import type { Settings } from "../config/schema.ts";
import { byColor, type ByColor, type DesiredState } from "./model.ts";

/** Whether the stack serves HTTPS: with a certificate of its own, or one for its domain. */
export const servesHttps = ({ domain, certificateArn }: Settings) => Boolean(domain ?? certificateArn);

/** Each colour's image, a missing one filled in from the other colour. */
export function imageIds({ blueAmi, greenAmi }: Pick<Settings, "blueAmi" | "greenAmi">): ByColor<string> {
  return { blue: blueAmi ?? greenAmi ?? "", green: greenAmi ?? blueAmi ?? "" };
}

/**
 * The part of the settings that traffic depends on.
 * @param bootGate whether each colour's image answers the launch lifecycle hook
 * @param availabilityZones of the stack's own VPC; undefined in an existing one
 */
export function desiredState(
  settings: Settings,
  bootGate: ByColor<boolean>,
  availabilityZones?: string[],
): DesiredState {
  const { instanceType, detailedMonitoring, volumeInitializationRate, healthCheckPath, versionPath } = settings;
  const { customerKey, vpcId, vpcCidr, availabilityZoneCount, appPort } = settings;
  const image = imageIds(settings);
  const rate = volumeInitializationRate || undefined;
  const machine = {
    instanceType,
    detailedMonitoring,
    volumeInitializationRate: rate,
    healthCheckPath,
    versionPath,
    customerKey,
  };
  return {
    ...settings,
    machines: byColor((color) => ({ imageId: image[color], ...machine, bootGate: bootGate[color] })),
    foundation: {
      vpcId,
      vpcCidr,
      availabilityZoneCount,
      availabilityZones,
      appPort,
      https: servesHttps(settings),
      customerKey,
    },
  };
}
