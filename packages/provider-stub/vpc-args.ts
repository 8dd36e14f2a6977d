import * as pulumi from "@pulumi/pulumi";
import type { SubnetSpec } from "./vpc-layout.ts";

export type NatStrategy = "None" | "Single" | "OnePerAz";

/** awsx's arguments of a Vpc, as far as the stand-in serves them; awsx's defaults. */
export interface VpcArgs {
  /** Default 10.0.0.0/16. */
  readonly cidrBlock: string;
  /** Default: the region's first `numberOfAvailabilityZones`. */
  readonly availabilityZoneNames?: readonly string[];
  /** Default 3. */
  readonly numberOfAvailabilityZones: number;
  /** Bits of a zone's share; default: even shares. */
  readonly availabilityZoneCidrMask?: number;
  /** Default OnePerAz. */
  readonly natStrategy: NatStrategy;
  readonly subnetSpecs?: readonly SubnetSpec[];
  readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
  /** Arguments that go to the VPC as they are. */
  readonly vpc: Readonly<Record<string, pulumi.Input<string | boolean>>>;
}

const PLAIN = [
  "cidrBlock",
  "availabilityZoneNames",
  "numberOfAvailabilityZones",
  "availabilityZoneCidrMask",
  "natGateways",
  "subnetSpecs",
  "subnetStrategy",
];
const PASSED = ["enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics", "instanceTenancy"];
const SPEC_ARGS = ["type", "name", "cidrMask", "tags"];
const TYPES = ["Public", "Private", "Isolated", "Unused"];
const NAT: readonly NatStrategy[] = ["None", "Single", "OnePerAz"];

function refuse(what: string, allowed: string): never {
  throw new Error(`awsx:ec2:Vpc: ${what}; the rehearsal's stand-in takes ${allowed}`);
}

function specOf(spec: Record<string, unknown>): SubnetSpec {
  const unknown = Object.keys(spec).filter((name) => !SPEC_ARGS.includes(name) && spec[name] !== undefined);
  if (unknown.length > 0) refuse(`subnetSpecs has ${unknown.join(", ")}`, SPEC_ARGS.join(", "));
  const type = TYPES.find((one) => one.toLowerCase() === String(spec.type).toLowerCase());
  if (!type) refuse(`a subnet's type is "${String(spec.type)}"`, TYPES.join(", "));
  return { ...spec, type } as SubnetSpec;
}

/** The arguments whose values the layout needs at once, as their types say. */
interface Plain {
  readonly cidrBlock?: string;
  readonly availabilityZoneNames?: readonly string[];
  readonly numberOfAvailabilityZones?: number;
  readonly availabilityZoneCidrMask?: number;
  readonly natGateways?: Record<string, unknown>;
  readonly subnetSpecs?: readonly Record<string, unknown>[];
  readonly subnetStrategy?: string;
  readonly tags?: VpcArgs["tags"];
}

function natStrategyOf({ strategy = "OnePerAz", ...others }: Record<string, unknown>): NatStrategy {
  if (Object.keys(others).length > 0) refuse(`natGateways has ${Object.keys(others).join(", ")}`, "strategy");
  const found = NAT.find((one) => one.toLowerCase() === String(strategy).toLowerCase());
  return found ?? refuse(`natGateways.strategy is "${String(strategy)}"`, NAT.join(", "));
}

/** Reads the component's inputs; whatever the stand-in does not do is refused. */
export function vpcArgs(inputs: pulumi.Inputs): VpcArgs {
  const given = Object.keys(inputs).filter((name) => inputs[name] !== undefined && inputs[name] !== null);
  const unknown = given.filter((name) => ![...PLAIN, ...PASSED, "tags"].includes(name));
  if (unknown.length > 0) refuse(`unknown argument ${unknown.join(", ")}`, [...PLAIN, ...PASSED, "tags"].join(", "));
  const late = PLAIN.filter((name) => pulumi.Output.isInstance(inputs[name]));
  if (late.length > 0) refuse(`${late.join(", ")} known only during the update`, "plain values here");
  const plain = inputs as Plain;
  const { subnetStrategy = "Legacy", availabilityZoneNames, numberOfAvailabilityZones } = plain;
  if (subnetStrategy !== "Auto") refuse(`subnetStrategy is "${subnetStrategy}"`, '"Auto"');
  if (availabilityZoneNames && numberOfAvailabilityZones) {
    refuse("both availabilityZoneNames and numberOfAvailabilityZones are given", "one of them");
  }
  const passed = PASSED.filter((name) => given.includes(name));
  return {
    cidrBlock: plain.cidrBlock ?? "10.0.0.0/16",
    availabilityZoneNames,
    numberOfAvailabilityZones: numberOfAvailabilityZones ?? 3,
    availabilityZoneCidrMask: plain.availabilityZoneCidrMask,
    natStrategy: natStrategyOf(plain.natGateways ?? {}),
    subnetSpecs: plain.subnetSpecs?.map(specOf),
    tags: plain.tags,
    vpc: Object.fromEntries(passed.map((name) => [name, inputs[name] as pulumi.Input<string | boolean>])),
  };
}
