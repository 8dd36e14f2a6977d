import * as pulumi from "@pulumi/pulumi";
import { byColor, type ByColor, type Wanted } from "../deployment/model.ts";
import { settingsIn } from "./parse.ts";
import { namespace, type Settings } from "./schema.ts";

export type { Settings };

/**
 * Settings from raw config values.
 * @throws RunError with every fault at once: name, value and what is allowed.
 */
export function parseSettings(raw: Record<string, string>, secretKeys?: ReadonlySet<string>): Settings {
  const parsed = settingsIn(raw, secretKeys);
  if ("faults" in parsed) throw new pulumi.RunError(parsed.faults);
  return parsed.settings;
}

/** The settings of the stack that runs. Reads Pulumi's config; throws as {@link parseSettings} does. */
export function loadSettings(): Settings {
  const prefix = `${namespace}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  // The language host tells which values are secrets; the SDK has no public word for it.
  const secrets = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return parseSettings(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    new Set(secrets.map((key) => key.slice(prefix.length))),
  );
}

/** Whether the stack serves HTTPS: with a certificate of its own, or one for its domain. */
export const servesHttps = ({ domain, certificateArn }: Settings) => Boolean(domain ?? certificateArn);

/** Each colour's image, a missing one filled in from the other colour. */
export function imageIds({ blueAmi, greenAmi }: Settings): ByColor<string> {
  return { blue: blueAmi ?? greenAmi ?? "", green: greenAmi ?? blueAmi ?? "" };
}

/**
 * The part of the settings that traffic depends on.
 * @param bootGate whether each colour's image answers the launch lifecycle hook
 */
export function wantedFrom(settings: Settings, bootGate: ByColor<boolean>): Wanted {
  const { instanceType, detailedMonitoring, healthCheckPath, versionPath } = settings;
  const { vpcId, vpcCidr, availabilityZoneCount, appPort } = settings;
  const image = imageIds(settings);
  const machine = { instanceType, detailedMonitoring, healthCheckPath, versionPath };
  return {
    ...settings,
    machines: byColor((color) => ({ imageId: image[color], ...machine, bootGate: bootGate[color] })),
    foundation: { vpcId, vpcCidr, availabilityZoneCount, appPort, https: servesHttps(settings) },
  };
}
