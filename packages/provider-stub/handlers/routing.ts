import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, shape, tagMap, text, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";

const tableArgs = shape("vpcId tags:own");

async function tableOf(id: string, cloud: Cloud): Promise<ec2.RouteTable | undefined> {
  return (await ifThere(cloud.ec2.send(new ec2.DescribeRouteTablesCommand({ RouteTableIds: [id] }))))?.RouteTables?.[0];
}

/** As the official provider's `flattenRoutes`: without the VPC's own and those of gateway endpoints. */
const routesOf = ({ Routes = [] }: ec2.RouteTable) =>
  Routes.filter(({ GatewayId }) => GatewayId !== "local" && !GatewayId?.startsWith("vpce-")).map((one) => ({
    cidrBlock: one.DestinationCidrBlock ?? "",
    ipv6CidrBlock: one.DestinationIpv6CidrBlock ?? "",
    destinationPrefixListId: one.DestinationPrefixListId ?? "",
    gatewayId: one.GatewayId ?? "",
    natGatewayId: one.NatGatewayId ?? "",
  }));

const routeTable: Row = {
  type: "aws:ec2/routeTable:RouteTable",
  args: tableArgs,
  replace: "vpcId",
  tagging: ec2Tagging,
  async create(inputs, cloud) {
    const request = {
      ...toAws<ec2.CreateRouteTableCommandInput>(tableArgs, inputs),
      ...tagsAtCreation("route-table", inputs),
    };
    return (await cloud.ec2.send(new ec2.CreateRouteTableCommand(request))).RouteTable?.RouteTableId ?? "";
  },
  async read(id, cloud) {
    const found = await tableOf(id, cloud);
    if (!found) return undefined;
    const { account } = await cloud.identity();
    const arn = `arn:aws:ec2:${cloud.region}:${account}:route-table/${id}`;
    return { ...fromAws(tableArgs, found), routes: routesOf(found), tags: tagMap(found.Tags), arn, ownerId: account };
  },
  async remove(id, _state, cloud) {
    const go = () => ifThere(cloud.ec2.send(new ec2.DeleteRouteTableCommand({ RouteTableId: id })));
    await retrying(/^DependencyViolation/, 5, cloud, go);
  },
};

const associationArgs = shape("routeTableId subnetId gatewayId");

async function associationOf(id: string, cloud: Cloud, state: Props): Promise<ec2.RouteTableAssociation | undefined> {
  const byId = { Name: "association.route-table-association-id", Values: [id] };
  const bySubnet = { Name: "association.subnet-id", Values: [String(state.subnetId)] };
  for (const filter of state.subnetId ? [byId, bySubnet] : [byId]) {
    const answer = await cloud.ec2.send(new ec2.DescribeRouteTablesCommand({ Filters: [filter] }));
    const all = (answer.RouteTables ?? []).flatMap((table) => table.Associations ?? []);
    const found = all.find(
      (one) => one.RouteTableAssociationId === id || (one.SubnetId && one.SubnetId === state.subnetId),
    );
    if (found) return found;
  }
  return undefined;
}

const routeTableAssociation: Row = {
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  args: associationArgs,
  replace: "subnetId gatewayId",
  async create(inputs, cloud) {
    const request = toAws<ec2.AssociateRouteTableCommandInput>(associationArgs, inputs);
    return (await cloud.ec2.send(new ec2.AssociateRouteTableCommand(request))).AssociationId ?? "";
  },
  async read(id, cloud, state) {
    const found = await associationOf(id, cloud, state);
    return found && fromAws(associationArgs, found);
  },
  async update({ id, news, olds, changed }, cloud) {
    if (!changed("routeTableId")) return;
    const AssociationId = (await associationOf(id, cloud, olds))?.RouteTableAssociationId ?? id;
    const RouteTableId = String(news.routeTableId);
    await cloud.ec2.send(new ec2.ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }));
  },
  async remove(id, state, cloud) {
    const AssociationId = (await associationOf(id, cloud, state))?.RouteTableAssociationId;
    if (AssociationId) await ifThere(cloud.ec2.send(new ec2.DisassociateRouteTableCommand({ AssociationId })));
  },
};

const routeArgs = shape("routeTableId destinationCidrBlock gatewayId natGatewayId");

function routeOf(id: string): { RouteTableId: string; DestinationCidrBlock: string } {
  const [RouteTableId, DestinationCidrBlock = ""] = id.split("_");
  return { RouteTableId, DestinationCidrBlock };
}

const route: Row = {
  type: "aws:ec2/route:Route",
  args: routeArgs,
  replace: "routeTableId destinationCidrBlock",
  async create(inputs, cloud) {
    const request = toAws<ec2.CreateRouteCommandInput>(routeArgs, inputs);
    const unready = /^(InvalidParameterException|InvalidGatewayID\.NotFound|InvalidNatGatewayID\.NotFound)/;
    await retrying(unready, 5, cloud, () => cloud.ec2.send(new ec2.CreateRouteCommand(request)));
    return `${text(inputs.routeTableId)}_${text(inputs.destinationCidrBlock)}`;
  },
  async read(id, cloud) {
    const { RouteTableId, DestinationCidrBlock } = routeOf(id);
    const table = await tableOf(RouteTableId, cloud);
    const found = table?.Routes?.find((one) => one.DestinationCidrBlock === DestinationCidrBlock);
    if (!found) return undefined;
    const target = { gatewayId: found.GatewayId ?? null, natGatewayId: found.NatGatewayId ?? null };
    return {
      routeTableId: RouteTableId,
      destinationCidrBlock: DestinationCidrBlock,
      ...target,
      origin: found.Origin,
      state: found.State,
    };
  },
  async update({ news }, cloud) {
    await cloud.ec2.send(new ec2.ReplaceRouteCommand(toAws<ec2.ReplaceRouteCommandInput>(routeArgs, news)));
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.ec2.send(new ec2.DeleteRouteCommand(routeOf(id))));
  },
};

const eipArgs = shape("domain publicIpv4Pool networkBorderGroup tags:own");

const eip: Row = {
  type: "aws:ec2/eip:Eip",
  args: eipArgs,
  replace: "domain publicIpv4Pool networkBorderGroup",
  tagging: ec2Tagging,
  async create(inputs, cloud) {
    const request = { Domain: "vpc" as const, ...toAws(eipArgs, inputs), ...tagsAtCreation("elastic-ip", inputs) };
    return (await cloud.ec2.send(new ec2.AllocateAddressCommand(request))).AllocationId ?? "";
  },
  async read(id, cloud) {
    const answer = await ifThere(cloud.ec2.send(new ec2.DescribeAddressesCommand({ AllocationIds: [id] })));
    const found = answer?.Addresses?.[0];
    if (!found) return undefined;
    const { account } = await cloud.identity();
    const arn = `arn:aws:ec2:${cloud.region}:${account}:elastic-ip/${id}`;
    const outputs = {
      allocationId: id,
      associationId: found.AssociationId,
      publicIp: found.PublicIp,
      privateIp: found.PrivateIpAddress,
    };
    return { ...fromAws(eipArgs, found), ...outputs, tags: tagMap(found.Tags), arn };
  },
  async remove(id, _state, cloud) {
    const go = () => ifThere(cloud.ec2.send(new ec2.ReleaseAddressCommand({ AllocationId: id })));
    await retrying(/^(AuthFailure|InvalidIPAddress\.InUse)/, 3, cloud, go);
  },
};

const natArgs = shape("subnetId allocationId connectivityType tags:own");

async function natOf(id: string, cloud: Cloud): Promise<ec2.NatGateway | undefined> {
  const answer = await ifThere(cloud.ec2.send(new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] })));
  const found = answer?.NatGateways?.[0];
  return found?.State === "deleted" ? undefined : found;
}

const natGateway: Row = {
  type: "aws:ec2/natGateway:NatGateway",
  args: natArgs,
  replace: "subnetId allocationId connectivityType",
  tagging: ec2Tagging,
  async create(inputs, cloud) {
    const request = {
      ...toAws<ec2.CreateNatGatewayCommandInput>(natArgs, inputs),
      ...tagsAtCreation("natgateway", inputs),
    };
    return (await cloud.ec2.send(new ec2.CreateNatGatewayCommand(request))).NatGateway?.NatGatewayId ?? "";
  },
  async settle(id, _inputs, cloud) {
    await until(`NAT gateway ${id} to be available`, 10, cloud, async () => {
      const found = await natOf(id, cloud);
      if (found?.State === "failed") throw new Error(`${found.FailureCode}: ${found.FailureMessage}`);
      return found?.State === "available" ? { done: true } : { missing: `state ${found?.State}` };
    });
  },
  async read(id, cloud) {
    const found = await natOf(id, cloud);
    if (!found) return undefined;
    const address = found.NatGatewayAddresses?.[0];
    const addresses = {
      publicIp: address?.PublicIp,
      privateIp: address?.PrivateIp,
      networkInterfaceId: address?.NetworkInterfaceId,
    };
    return { ...fromAws(natArgs, found), allocationId: address?.AllocationId, ...addresses, tags: tagMap(found.Tags) };
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.ec2.send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: id })));
    await until(`NAT gateway ${id} to be deleted`, 30, cloud, async () => {
      const found = await natOf(id, cloud);
      return found ? { missing: `state ${found.State}` } : { done: true };
    });
  },
};

/** Ways in and out: route tables, routes, addresses, NAT gateways. */
export const routingRows: Row[] = [routeTable, routeTableAssociation, route, eip, natGateway];
