import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  type Filter,
  type LocationType,
} from "@aws-sdk/client-ec2";
import type { Invoke } from "./server.ts";
import { fromAws, isBlock, type Props, shape, text } from "./shape.ts";

/** Refuses what a look-up would else drop silently. */
function known(token: string, args: Props, names: readonly string[]): void {
  const others = Object.keys(args).filter(
    (name) => !names.includes(name) && args[name] !== undefined && args[name] !== null,
  );
  if (others.length > 0)
    throw new Error(`${token}: the stand-in does not know ${others.join(", ")}; it knows ${names.join(", ")}`);
}

function filters(args: Props): Filter[] {
  const blocks = Array.isArray(args.filters) ? args.filters.filter(isBlock) : [];
  return blocks.map(({ name, values }) => ({ Name: String(name), Values: values as string[] }));
}

const getAvailabilityZones: Invoke = async (args, { cloud }) => {
  known("getAvailabilityZones", args, ["state", "filters"]);
  const asked = filters(args);
  const request = new DescribeAvailabilityZonesCommand(asked.length > 0 ? { Filters: asked } : {});
  const answer = await cloud.ec2.send(request);
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

const imageArgs =
  shape(`imageId name description architecture hypervisor imageType ownerId platform public rootDeviceName
  rootDeviceType state virtualizationType creationDate deprecationTime enaSupport bootMode imdsSupport tags:tags`);

const getAmi: Invoke = async (args, { cloud }) => {
  known("getAmi", args, ["filters", "owners", "executableUsers", "includeDeprecated", "mostRecent"]);
  const request = {
    Filters: filters(args),
    Owners: args.owners as string[] | undefined,
    ExecutableUsers: args.executableUsers as string[] | undefined,
    IncludeDeprecated: args.includeDeprecated as boolean | undefined,
  };
  const images = (await cloud.ec2.send(new DescribeImagesCommand(request))).Images ?? [];
  images.sort((a, b) => String(b.CreationDate).localeCompare(String(a.CreationDate)));
  if (images.length === 0)
    throw new Error("Your query returned no results. Please change your search criteria and try again.");
  if (images.length > 1 && args.mostRecent !== true) {
    throw new Error(
      "Your query returned more than one result. Please try a more specific search criteria, or set `mostRecent` to true.",
    );
  }
  const [image] = images;
  const { region } = cloud;
  const arn = `arn:aws:ec2:${region}::image/${image.ImageId}`;
  return { tags: {}, ...fromAws(imageArgs, image), id: image.ImageId, arn, region };
};

/** As the provider's data source has it: three lists in step, empty where nothing matches (ec2_instance_type_offerings_data_source.go). */
const getInstanceTypeOfferings: Invoke = async (args, { cloud }) => {
  known("getInstanceTypeOfferings", args, ["filters", "locationType"]);
  const asked = { LocationType: args.locationType as LocationType | undefined, Filters: filters(args) };
  const found = (await cloud.ec2.send(new DescribeInstanceTypeOfferingsCommand(asked))).InstanceTypeOfferings ?? [];
  return {
    id: cloud.region,
    region: cloud.region,
    locationType: args.locationType,
    instanceTypes: found.map(({ InstanceType }) => InstanceType),
    locations: found.map(({ Location }) => Location),
    locationTypes: found.map(({ LocationType }) => LocationType),
  };
};

const getRegion: Invoke = (args, { cloud }) => {
  const asked = args.region ?? args.name ?? cloud.region;
  if (asked !== cloud.region)
    throw new Error(`getRegion: ${text(asked)} is not the provider's region, ${cloud.region}`);
  const { region } = cloud;
  return { id: region, region, name: region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
};

const getCallerIdentity: Invoke = async (_args, { cloud }) => {
  const { account, arn, userId } = await cloud.identity();
  return { id: account, accountId: account, arn, userId };
};

const getPartition: Invoke = () => ({
  id: "aws",
  partition: "aws",
  dnsSuffix: "amazonaws.com",
  reverseDnsPrefix: "com.amazonaws",
});

/** Every look-up function that the stand-in knows, by its token. */
export const INVOKES: ReadonlyMap<string, Invoke> = new Map([
  ["aws:index/getAvailabilityZones:getAvailabilityZones", getAvailabilityZones],
  ["aws:ec2/getAmi:getAmi", getAmi],
  ["aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", getInstanceTypeOfferings],
  ["aws:index/getRegion:getRegion", getRegion],
  ["aws:index/getCallerIdentity:getCallerIdentity", getCallerIdentity],
  ["aws:index/getPartition:getPartition", getPartition],
]);
