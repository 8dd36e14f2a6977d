import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, shape, tagMap, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";

const ATTRIBUTES = {
  enableDnsSupport: "EnableDnsSupport",
  enableDnsHostnames: "EnableDnsHostnames",
  enableNetworkAddressUsageMetrics: "EnableNetworkAddressUsageMetrics",
} as const;

/** AWS takes one attribute a call; hostnames need DNS support first, hence the order of the table. */
async function setAttributes(id: string, wanted: Props, cloud: Cloud): Promise<void> {
  for (const [arg, attribute] of Object.entries(ATTRIBUTES)) {
    if (wanted[arg] === undefined) continue;
    await cloud.ec2.send(
      new ec2.ModifyVpcAttributeCommand({ VpcId: id, [attribute]: { Value: wanted[arg] === true } }),
    );
  }
}

async function attributes(id: string, cloud: Cloud): Promise<Props> {
  const read = Object.entries(ATTRIBUTES).map(async ([arg, name]) => {
    const Attribute = (name[0].toLowerCase() + name.slice(1)) as ec2.VpcAttributeName;
    const answer = await cloud.ec2.send(new ec2.DescribeVpcAttributeCommand({ VpcId: id, Attribute }));
    return [arg, answer[name]?.Value];
  });
  return Object.fromEntries(await Promise.all(read)) as Props;
}

async function defaultsOf(id: string, cloud: Cloud): Promise<Props> {
  const filters = (name: string) => ({
    Filters: [
      { Name: "vpc-id", Values: [id] },
      { Name: name, Values: ["true"] },
    ],
  });
  const [tables, acls, groups] = await Promise.all([
    cloud.ec2.send(new ec2.DescribeRouteTablesCommand(filters("association.main"))),
    cloud.ec2.send(new ec2.DescribeNetworkAclsCommand(filters("default"))),
    cloud.ec2.send(
      new ec2.DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "vpc-id", Values: [id] },
          { Name: "group-name", Values: ["default"] },
        ],
      }),
    ),
  ]);
  const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId;
  return {
    mainRouteTableId,
    defaultRouteTableId: mainRouteTableId,
    defaultNetworkAclId: acls.NetworkAcls?.[0]?.NetworkAclId,
    defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
  };
}

const vpcArgs = shape(`cidrBlock instanceTenancy tags:own
  enableDnsSupport:own enableDnsHostnames:own enableNetworkAddressUsageMetrics:own`);

const vpc: Row = {
  type: "aws:ec2/vpc:Vpc",
  args: vpcArgs,
  replace: "cidrBlock instanceTenancy",
  tagging: ec2Tagging,
  defaults: (inputs) => ({ enableDnsSupport: true, ...inputs }),
  async create(inputs, cloud) {
    const request = { ...toAws(vpcArgs, inputs), ...tagsAtCreation("vpc", inputs) };
    return (await cloud.ec2.send(new ec2.CreateVpcCommand(request))).Vpc?.VpcId ?? "";
  },
  async settle(id, inputs, cloud) {
    await until(`VPC ${id} to be available`, 10, cloud, async () => {
      const seen = await cloud.ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [id] }));
      const state = seen.Vpcs?.[0]?.State;
      return state === "available" ? { done: true } : { missing: `state ${state}` };
    });
    await setAttributes(id, inputs, cloud);
  },
  async read(id, cloud) {
    const found = (await ifThere(cloud.ec2.send(new ec2.DescribeVpcsCommand({ VpcIds: [id] }))))?.Vpcs?.[0];
    if (!found) return undefined;
    const [set, made, who] = await Promise.all([attributes(id, cloud), defaultsOf(id, cloud), cloud.identity()]);
    return {
      ...fromAws(vpcArgs, found),
      ...set,
      ...made,
      tags: tagMap(found.Tags),
      arn: `arn:aws:ec2:${cloud.region}:${who.account}:vpc/${id}`,
      ownerId: who.account,
      dhcpOptionsId: found.DhcpOptionsId,
    };
  },
  async update({ id, news, changed }, cloud) {
    const asked = Object.fromEntries(
      Object.keys(ATTRIBUTES)
        .filter((arg) => changed(arg))
        .map((arg) => [arg, news[arg] ?? false]),
    );
    await setAttributes(id, asked, cloud);
  },
  async remove(id, _state, cloud) {
    const go = () => ifThere(cloud.ec2.send(new ec2.DeleteVpcCommand({ VpcId: id })));
    await retrying(/^DependencyViolation/, 5, cloud, go);
  },
};

const subnetArgs = shape(`vpcId cidrBlock availabilityZone availabilityZoneId mapPublicIpOnLaunch:own
  assignIpv6AddressOnCreation:own tags:own`);

async function setPublic(id: string, value: unknown, cloud: Cloud): Promise<void> {
  const MapPublicIpOnLaunch = { Value: value === true };
  await cloud.ec2.send(new ec2.ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch }));
}

const subnet: Row = {
  type: "aws:ec2/subnet:Subnet",
  args: subnetArgs,
  replace: "vpcId cidrBlock availabilityZone availabilityZoneId",
  tagging: ec2Tagging,
  check: (inputs) =>
    inputs.assignIpv6AddressOnCreation === true
      ? [{ property: "assignIpv6AddressOnCreation", reason: "the stand-in knows no IPv6: leave it false" }]
      : [],
  async create(inputs, cloud) {
    const request = { ...toAws<ec2.CreateSubnetCommandInput>(subnetArgs, inputs), ...tagsAtCreation("subnet", inputs) };
    return (await cloud.ec2.send(new ec2.CreateSubnetCommand(request))).Subnet?.SubnetId ?? "";
  },
  async settle(id, inputs, cloud) {
    if (inputs.mapPublicIpOnLaunch === true) await setPublic(id, true, cloud);
  },
  async read(id, cloud) {
    const found = (await ifThere(cloud.ec2.send(new ec2.DescribeSubnetsCommand({ SubnetIds: [id] }))))?.Subnets?.[0];
    return (
      found && {
        ...fromAws(subnetArgs, found),
        mapPublicIpOnLaunch: found.MapPublicIpOnLaunch === true,
        assignIpv6AddressOnCreation: found.AssignIpv6AddressOnCreation === true,
        tags: tagMap(found.Tags),
        arn: found.SubnetArn,
        ownerId: found.OwnerId,
      }
    );
  },
  async update({ id, news, changed }, cloud) {
    if (changed("mapPublicIpOnLaunch")) await setPublic(id, news.mapPublicIpOnLaunch, cloud);
  },
  async remove(id, _state, cloud) {
    const go = () => ifThere(cloud.ec2.send(new ec2.DeleteSubnetCommand({ SubnetId: id })));
    await retrying(/^DependencyViolation/, 20, cloud, go);
  },
};

const gatewayArgs = shape("vpcId:own tags:own");

const internetGateway: Row = {
  type: "aws:ec2/internetGateway:InternetGateway",
  args: gatewayArgs,
  tagging: ec2Tagging,
  async create(inputs, cloud) {
    const made = await cloud.ec2.send(new ec2.CreateInternetGatewayCommand(tagsAtCreation("internet-gateway", inputs)));
    return made.InternetGateway?.InternetGatewayId ?? "";
  },
  async settle(id, inputs, cloud) {
    const VpcId = inputs.vpcId as string | undefined;
    if (VpcId) await cloud.ec2.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId }));
  },
  async read(id, cloud) {
    const answer = await ifThere(cloud.ec2.send(new ec2.DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })));
    const found = answer?.InternetGateways?.[0];
    if (!found) return undefined;
    const { account } = await cloud.identity();
    const arn = `arn:aws:ec2:${cloud.region}:${account}:internet-gateway/${id}`;
    return { vpcId: found.Attachments?.[0]?.VpcId ?? null, tags: tagMap(found.Tags), arn, ownerId: account };
  },
  async update({ id, news, olds, changed }, cloud) {
    if (!changed("vpcId")) return;
    const request = (vpcId: unknown) => ({ InternetGatewayId: id, VpcId: String(vpcId) });
    if (olds.vpcId) await cloud.ec2.send(new ec2.DetachInternetGatewayCommand(request(olds.vpcId)));
    if (news.vpcId) await cloud.ec2.send(new ec2.AttachInternetGatewayCommand(request(news.vpcId)));
  },
  async remove(id, state, cloud) {
    const detach = () =>
      ifThere(
        cloud.ec2.send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: String(state.vpcId) })),
      );
    if (state.vpcId) {
      await retrying(/^DependencyViolation/, 20, cloud, detach).catch((error: unknown) => {
        if (!/Gateway\.NotAttached/.test(String(error))) throw error;
      });
    }
    const go = () => ifThere(cloud.ec2.send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: id })));
    await retrying(/^DependencyViolation/, 20, cloud, go);
  },
};

/** The network's frame: VPC, subnets, internet gateway. */
export const vpcRows: Row[] = [vpc, subnet, internetGateway];
