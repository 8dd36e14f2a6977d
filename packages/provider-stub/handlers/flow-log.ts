import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, shape, tagMap, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";
import { faultsOf, oneOf } from "./rules.ts";

const args = shape(`vpcId:own trafficType logDestination logDestinationType iamRoleArn=DeliverLogsPermissionArn
  logFormat maxAggregationInterval tags:own`);

const RULES = {
  trafficType: oneOf("ACCEPT", "REJECT", "ALL"),
  logDestinationType: oneOf("cloud-watch-logs", "s3", "kinesis-data-firehose"),
  maxAggregationInterval: oneOf(60, 600),
};

async function flowLogOf(id: string, cloud: Cloud): Promise<ec2.FlowLog | undefined> {
  return (await ifThere(cloud.ec2.send(new ec2.DescribeFlowLogsCommand({ FlowLogIds: [id] }))))?.FlowLogs?.[0];
}

/** Flow logs of a VPC; nothing of them but tags changes in place. */
export const flowLog: Row = {
  type: "aws:ec2/flowLog:FlowLog",
  args,
  replace: "vpcId trafficType logDestination logDestinationType iamRoleArn logFormat maxAggregationInterval",
  tagging: ec2Tagging,
  defaults: (inputs) => ({ logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600, ...inputs }),
  check: (inputs) => [
    ...faultsOf(RULES, inputs),
    ...(inputs.vpcId === undefined ? [{ property: "vpcId", reason: "the stand-in only does flow logs of a VPC" }] : []),
  ],
  async create(inputs, cloud) {
    const request = {
      ...toAws<ec2.CreateFlowLogsCommandInput>(args, inputs),
      ResourceIds: [String(inputs.vpcId)],
      ResourceType: ec2.FlowLogsResourceType.VPC,
      ...tagsAtCreation("vpc-flow-log", inputs),
    };
    // A role that was made a moment ago may not be seen yet.
    const unseen = /^InvalidParameter.*Unable to assume given IAM role/;
    const made = await retrying(unseen, 2, cloud, () => cloud.ec2.send(new ec2.CreateFlowLogsCommand(request)));
    const failed = made.Unsuccessful?.[0]?.Error;
    if (failed) throw Object.assign(new Error(failed.Message), { name: failed.Code });
    return made.FlowLogIds?.[0] ?? "";
  },
  async read(id, cloud) {
    const found = await flowLogOf(id, cloud);
    if (!found) return undefined;
    const { account } = await cloud.identity();
    const arn = `arn:aws:ec2:${cloud.region}:${account}:vpc-flow-log/${id}`;
    return { ...fromAws(args, found), vpcId: found.ResourceId, tags: tagMap(found.Tags), arn };
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.ec2.send(new ec2.DeleteFlowLogsCommand({ FlowLogIds: [id] })));
  },
};
