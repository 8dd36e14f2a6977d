import * as aws from "@pulumi/aws";

/** Where the stack is: what ARNs, endpoints and subnets are named after. */
export interface RegionInfo {
  accountId: string;
  partition: string;
  /** What names of endpoint services begin with here, if not with `com.amazonaws`: `cn.com.amazonaws` in China. */
  reverseDnsPrefix: string;
  region: string;
  /** Its Availability Zones, by name; no Local Zones. */
  zones: string[];
}

/** Asks AWS where this is. */
export async function describeRegion(): Promise<RegionInfo> {
  const optIn = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  const [{ accountId }, { region }, { partition, reverseDnsPrefix }, { names }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
    aws.getAvailabilityZones({ state: "available", filters: optIn }),
  ]);
  return { accountId, partition, reverseDnsPrefix, region, zones: [...names].sort() };
}

/** Zones of the region that offer an instance type; empty: none does, or there is no such type. */
export async function zonesOffering(instanceType: string): Promise<string[]> {
  const filters = [{ name: "instance-type", values: [instanceType] }];
  return (await aws.ec2.getInstanceTypeOfferings({ locationType: "availability-zone", filters })).locations;
}
