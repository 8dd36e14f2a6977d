import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the stack is: what ARNs, endpoints and subnets are named after. */
export interface RegionInfo {
  accountId: string;
  partition: string;
  /** What names of endpoint services begin with here, if not with `com.amazonaws`: `cn.com.amazonaws` in China. */
  reverseDnsPrefix: string;
  region: string;
  availabilityZoneNames: string[];
}

/**
 * Asks AWS where this is.
 * @param zones number of Availability Zones wanted; the first ones by name, so that a zone added later changes nothing.
 * @throws RunError when the region has fewer.
 */
export async function describeRegion(zones: number): Promise<RegionInfo> {
  const optIn = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  const [{ accountId }, { region }, { partition, reverseDnsPrefix }, { names }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
    aws.getAvailabilityZones({ state: "available", filters: optIn }),
  ]);
  if (names.length < zones) {
    throw new pulumi.RunError(
      `availabilityZoneCount is ${zones}, but ${region} has ${names.length}: ${names.join(", ")}.`,
    );
  }
  const availabilityZoneNames = [...names].sort().slice(0, zones);
  return { accountId, partition, reverseDnsPrefix, region, availabilityZoneNames };
}
