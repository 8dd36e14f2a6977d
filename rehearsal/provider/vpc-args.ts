import * as pulumi from "@pulumi/pulumi";
import type { SubnetSpec } from "./vpc-layout";

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

/** Reads the component's inputs; whatever the stand-in does not do is refused. */
export function vpcArgs(inputs: pulumi.Inputs): VpcArgs {
  const given = Object.keys(inputs).filter((name) => inputs[name] !== undefined && inputs[name] !== null);
  const unknown = given.filter((name) => ![...PLAIN, ...PASSED, "tags"].includes(name));
  if (unknown.length > 0) refuse(`unknown argument ${unknown.join(", ")}`, [...PLAIN, ...PASSED, "tags"].join(", "));
  const late = PLAIN.filter((name) => pulumi.Output.isInstance(inputs[name]));
  if (late.length > 0) refuse(`${late.join(", ")} known only during the update`, "plain values here");
  if (inputs.subnetStrategy !== "Auto")
    refuse(`subnetStrategy is ${JSON.stringify(inputs.subnetStrategy ?? "Legacy")}`, '"Auto"');
  const { strategy = "OnePerAz", ...otherNat } = (inputs.natGateways ?? {}) as Record<string, unknown>;
  const natStrategy = NAT.find((one) => one.toLowerCase() === String(strategy).toLowerCase());
  if (!natStrategy) refuse(`natGateways.strategy is "${String(strategy)}"`, NAT.join(", "));
  if (Object.keys(otherNat).length > 0) refuse(`natGateways has ${Object.keys(otherNat).join(", ")}`, "strategy");
  if (inputs.availabilityZoneNames && inputs.numberOfAvailabilityZones) {
    refuse("both availabilityZoneNames and numberOfAvailabilityZones are given", "one of them");
  }
  return {
    cidrBlock: inputs.cidrBlock ?? "10.0.0.0/16",
    availabilityZoneNames: inputs.availabilityZoneNames,
    numberOfAvailabilityZones: inputs.numberOfAvailabilityZones ?? 3,
    availabilityZoneCidrMask: inputs.availabilityZoneCidrMask,
    natStrategy,
    subnetSpecs: inputs.subnetSpecs?.map(specOf),
    tags: inputs.tags,
    vpc: Object.fromEntries(PASSED.filter((name) => given.includes(name)).map((name) => [name, inputs[name]])),
  };
}
