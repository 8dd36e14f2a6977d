import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Update } from "../row.ts";
import { fromAws, type Props, shape, tagMap, toAws } from "../shape.ts";
import { until } from "../wait.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";

const endpointArgs = shape(`vpcId serviceName vpcEndpointType policy=PolicyDocument privateDnsEnabled ipAddressType
  routeTableIds subnetIds securityGroupIds tags:own`);

async function endpointOf(id: string, cloud: Cloud): Promise<ec2.VpcEndpoint | undefined> {
  const answer = await ifThere(cloud.ec2.send(new ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })));
  const found = answer?.VpcEndpoints?.[0];
  return found?.State?.toLowerCase() === "deleted" ? undefined : found;
}

function addedAndRemoved(update: Update, arg: string, suffix: string): Props {
  const list = (props: Props) => (props[arg] as string[] | undefined) ?? [];
  const [olds, news] = [list(update.olds), list(update.news)];
  const [added, gone] = [news.filter((item) => !olds.includes(item)), olds.filter((item) => !news.includes(item))];
  return { ...(added.length && { [`Add${suffix}`]: added }), ...(gone.length && { [`Remove${suffix}`]: gone }) };
}

/** Ways to AWS's services without the internet. */
export const vpcEndpoint: Row = {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  args: endpointArgs,
  replace: "vpcId serviceName vpcEndpointType",
  tagging: ec2Tagging,
  defaults: (inputs) => ({ vpcEndpointType: "Gateway", ...inputs }),
  async create(inputs, cloud) {
    const request = {
      ...toAws<ec2.CreateVpcEndpointCommandInput>(endpointArgs, inputs),
      ...tagsAtCreation("vpc-endpoint", inputs),
    };
    return (await cloud.ec2.send(new ec2.CreateVpcEndpointCommand(request))).VpcEndpoint?.VpcEndpointId ?? "";
  },
  async settle(id, _inputs, cloud) {
    await until(`VPC endpoint ${id} to be available`, 10, cloud, async () => {
      const state = (await endpointOf(id, cloud))?.State?.toLowerCase();
      return state === "available" ? { done: true } : { missing: `state ${state}` };
    });
  },
  async read(id, cloud) {
    const found = await endpointOf(id, cloud);
    if (!found) return undefined;
    return {
      ...fromAws(endpointArgs, found),
      securityGroupIds: found.Groups?.map((group) => group.GroupId),
      tags: tagMap(found.Tags),
      arn: `arn:aws:ec2:${cloud.region}:${found.OwnerId}:vpc-endpoint/${id}`,
      state: found.State,
      networkInterfaceIds: found.NetworkInterfaceIds,
      dnsEntries: found.DnsEntries?.map((entry) => ({ dnsName: entry.DnsName, hostedZoneId: entry.HostedZoneId })),
    };
  },
  async update(update, cloud) {
    if (
      !update.changed("policy", "privateDnsEnabled", "ipAddressType", "routeTableIds", "subnetIds", "securityGroupIds")
    )
      return;
    const { policy, privateDnsEnabled, ipAddressType } = update.news;
    const request = {
      VpcEndpointId: update.id,
      ...toAws(endpointArgs, { policy, privateDnsEnabled, ipAddressType }),
      ...addedAndRemoved(update, "routeTableIds", "RouteTableIds"),
      ...addedAndRemoved(update, "subnetIds", "SubnetIds"),
      ...addedAndRemoved(update, "securityGroupIds", "SecurityGroupIds"),
    };
    await cloud.ec2.send(new ec2.ModifyVpcEndpointCommand(request));
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.ec2.send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })));
    await until(`VPC endpoint ${id} to be deleted`, 10, cloud, async () => {
      const found = await endpointOf(id, cloud);
      return found ? { missing: `state ${found.State}` } : { done: true };
    });
  },
};
