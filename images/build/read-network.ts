import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type Filter,
  type IpPermission,
  type Route,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { ClientOptions } from "./aws.ts";
import type { BuilderEndpoint, BuilderSubnet } from "./builder-network.ts";

/**
 * Reads what a builder's subnet leads to.
 * @param subnetId empty: the subnets of the default VPC
 * @returns none where there is no such subnet
 */
export async function readBuilderSubnets(options: ClientOptions, subnetId: string): Promise<BuilderSubnet[]> {
  const ec2 = new EC2Client(options);
  try {
    // By filter: an id that is not there would fail the call.
    const wanted = subnetId === "" ? by("default-for-az", "true") : by("subnet-id", subnetId);
    const { Subnets = [] } = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [...wanted, ...by("state", "available")] }),
    );
    const [vpcId] = Subnets.map(({ VpcId }) => VpcId ?? "");
    if (vpcId === undefined) return [];
    const [{ RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
      ec2.send(new DescribeRouteTablesCommand({ Filters: by("vpc-id", vpcId) })),
      ec2.send(new DescribeVpcEndpointsCommand({ Filters: by("vpc-id", vpcId) })),
    ]);
    const groupIds = [
      ...new Set(VpcEndpoints.flatMap(({ Groups = [] }) => Groups.flatMap(({ GroupId }) => GroupId ?? []))),
    ];
    const { SecurityGroups = [] } =
      groupIds.length === 0
        ? {}
        : await ec2.send(new DescribeSecurityGroupsCommand({ Filters: by("group-id", ...groupIds) }));
    return Subnets.map((subnet) => subnetFacts(subnet, RouteTables, VpcEndpoints, SecurityGroups));
  } finally {
    ec2.destroy();
  }
}

const by = (Name: string, ...Values: string[]): Filter[] => [{ Name, Values }];

function subnetFacts(
  { SubnetId: id = "", CidrBlock: cidr = "" }: Subnet,
  tables: readonly RouteTable[],
  endpoints: readonly VpcEndpoint[],
  groups: readonly SecurityGroup[],
): BuilderSubnet {
  const own = tables.find(({ Associations = [] }) => Associations.some(({ SubnetId }) => SubnetId === id));
  // A subnet without a table of its own has the VPC's main one.
  const table = own ?? tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true));
  const route = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  return {
    id,
    cidr,
    defaultRoute: route && { target: targetOf(route), active: route.State === "active" },
    endpoints: endpoints.flatMap((endpoint) => endpointFacts(endpoint, table?.RouteTableId ?? "", groups)),
  };
}

function targetOf(route: Route): string {
  const { GatewayId, NatGatewayId, TransitGatewayId, NetworkInterfaceId, InstanceId } = route;
  return GatewayId ?? NatGatewayId ?? TransitGatewayId ?? NetworkInterfaceId ?? InstanceId ?? "another gateway";
}

function endpointFacts(endpoint: VpcEndpoint, tableId: string, groups: readonly SecurityGroup[]): BuilderEndpoint[] {
  const { VpcEndpointType: type = "", ServiceName = "", State, PrivateDnsEnabled, RouteTableIds = [] } = endpoint;
  const service = ServiceName.split(".").at(-1) ?? "";
  // moto answers `available`, as the CLI shows it; the API's own model has `Available`.
  const available = State?.toLowerCase() === "available";
  if (type === "Gateway") return RouteTableIds.includes(tableId) ? [{ service, available, privateDns: true }] : [];
  if (type !== "Interface") return [];
  const ids = (endpoint.Groups ?? []).map(({ GroupId }) => GroupId);
  const admits = groups.filter(({ GroupId }) => ids.includes(GroupId)).flatMap(httpsFrom);
  return [{ service, available, privateDns: PrivateDnsEnabled ?? false, admits }];
}

function httpsFrom({ IpPermissions = [] }: SecurityGroup): string[] {
  return IpPermissions.filter(isHttps).flatMap(({ IpRanges = [] }) => IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []));
}

function isHttps({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission): boolean {
  return IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= 443 && ToPort >= 443);
}
