import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import type { Invoke } from "./server";

const getAvailabilityZones: Invoke = async (args, { cloud }) => {
  const others = Object.keys(args).filter((name) => name !== "state" && args[name] !== undefined);
  if (others.length > 0)
    throw new Error(`getAvailabilityZones: the stand-in does not know ${others.join(", ")}; it knows state`);
  const answer = await cloud.ec2.send(new DescribeAvailabilityZonesCommand({}));
  const zones = (answer.AvailabilityZones ?? []).filter((zone) => !args.state || zone.State === args.state);
  zones.sort((a, b) => String(a.ZoneName).localeCompare(String(b.ZoneName)));
  return {
    id: cloud.region,
    region: cloud.region,
    names: zones.map((zone) => zone.ZoneName),
    zoneIds: zones.map((zone) => zone.ZoneId),
    groupNames: [...new Set(zones.map((zone) => zone.GroupName ?? cloud.region))],
  };
};

const getRegion: Invoke = async (args, { cloud }) => {
  const asked = args.region ?? args.name ?? cloud.region;
  if (asked !== cloud.region) throw new Error(`getRegion: ${asked} is not the provider's region, ${cloud.region}`);
  const { region } = cloud;
  return { id: region, region, name: region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
};

const getCallerIdentity: Invoke = async (_args, { cloud }) => {
  const { account, arn, userId } = await cloud.identity();
  return { id: account, accountId: account, arn, userId };
};

const getPartition: Invoke = async () => ({
  id: "aws",
  partition: "aws",
  dnsSuffix: "amazonaws.com",
  reverseDnsPrefix: "com.amazonaws",
});

/** Every look-up function that the stand-in knows, by its token. */
export const INVOKES: ReadonlyMap<string, Invoke> = new Map([
  ["aws:index/getAvailabilityZones:getAvailabilityZones", getAvailabilityZones],
  ["aws:index/getRegion:getRegion", getRegion],
  ["aws:index/getCallerIdentity:getCallerIdentity", getCallerIdentity],
  ["aws:index/getPartition:getPartition", getPartition],
]);
