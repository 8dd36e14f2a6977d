import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeVpcEndpointServicesCommand,
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

const serviceArgs = shape(`serviceId serviceName owner privateDnsName acceptanceRequired managesVpcEndpoints
  vpcEndpointPolicySupported availabilityZones baseEndpointDnsNames supportedIpAddressTypes tags:tags`);

/** Of one service: by its name, or by what AWS's filters leave (vpc_endpoint_service_data_source.go). */
const getVpcEndpointService: Invoke = async (args, { cloud }) => {
  known("getVpcEndpointService", args, ["service", "serviceName", "serviceType", "filters"]);
  const { region } = cloud;
  if (args.service && args.serviceName) throw new Error('"service": conflicts with service_name');
  const name = args.serviceName ?? (args.service ? `com.amazonaws.${region}.${text(args.service)}` : undefined);
  const byType = args.serviceType ? [{ Name: "service-type", Values: [text(args.serviceType)] }] : [];
  const asked = [...byType, ...filters(args)];
  const request = new DescribeVpcEndpointServicesCommand({
    ServiceNames: name === undefined ? undefined : [text(name)],
    Filters: asked.length > 0 ? asked : undefined,
  });
  const { ServiceDetails = [] } = await cloud.ec2.send(request);
  if (ServiceDetails.length === 0) throw new Error("no matching EC2 VPC Endpoint Service found");
  if (ServiceDetails.length > 1) {
    throw new Error(
      "multiple EC2 VPC Endpoint Services matched; use additional constraints to reduce matches to a single EC2 VPC " +
        "Endpoint Service",
    );
  }
  const [service] = ServiceDetails;
  return {
    tags: {},
    ...fromAws(serviceArgs, service),
    id: service.ServiceId,
    serviceType: service.ServiceType?.[0]?.ServiceType,
    region,
  };
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
  ["aws:ec2/getVpcEndpointService:getVpcEndpointService", getVpcEndpointService],
  ["aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", getInstanceTypeOfferings],
  ["aws:index/getRegion:getRegion", getRegion],
  ["aws:index/getCallerIdentity:getCallerIdentity", getCallerIdentity],
  ["aws:index/getPartition:getPartition", getPartition],
]);
