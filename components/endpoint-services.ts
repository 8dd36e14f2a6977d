import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RegionInfo } from "./region-info.ts";

/**
 * Asks AWS for a service's name and zones. The provider's `service` alone would not do: it puts `com.amazonaws` before every
 * name, and in China some begin with `cn.com.amazonaws` (aws_vpc_endpoint_service; aws-cdk's list of them is by region and
 * service). Where there is one prefix only, the name is asked for, since GovCloud has been seen to follow no filter.
 */
export function endpointService(
  id: string,
  serviceType: "Gateway" | "Interface",
  { region, reverseDnsPrefix }: Pick<RegionInfo, "region" | "reverseDnsPrefix">,
): pulumi.Output<aws.ec2.GetVpcEndpointServiceResult> {
  const names = ["com.amazonaws", reverseDnsPrefix].map((prefix) => `${prefix}.${region}.${id}`);
  if (names[0] === names[1]) return aws.ec2.getVpcEndpointServiceOutput({ serviceName: names[0], serviceType });
  return aws.ec2.getVpcEndpointServiceOutput({ filters: [{ name: "service-name", values: names }], serviceType });
}

/**
 * The subnets in whose zones a service is offered: AWS refuses an endpoint with any other. From the other zones its private name
 * leads there, too.
 * @throws RunError when it is offered in none of them
 */
export function offeredIn(
  id: string,
  zones: readonly string[] | undefined,
  subnetIds: readonly string[],
  { region, availabilityZoneNames }: { region: string; availabilityZoneNames: readonly string[] },
): string[] {
  // GovCloud's answer may have names alone.
  if (zones === undefined || zones.length === 0) return [...subnetIds];
  const offered = subnetIds.filter((_, index) => zones.includes(availabilityZoneNames[index]));
  if (offered.length > 0) return offered;
  throw new pulumi.RunError(
    `${region} offers no endpoint of ${id} in ${availabilityZoneNames.join(", ")}, but in ${zones.join(", ")}. ` +
      "Instances without a NAT gateway need it: set natGateways to single.",
  );
}
