import * as ec2 from "@aws-sdk/client-ec2";
import type { Row } from "../row.ts";
import { shape, tagList } from "../shape.ts";
import { ec2Tagging } from "./ec2-tags.ts";
import { securityGroupProps } from "./security.ts";

const args = shape("vpcId:own tags:own");

/** A VPC's own default group: adopted, emptied, and left as it is when the stack gives it up. */
export const defaultSecurityGroup: Row = {
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  args,
  replace: "vpcId",
  tagging: ec2Tagging,
  async create(inputs, cloud) {
    const Filters = [
      { Name: "group-name", Values: ["default"] },
      { Name: "vpc-id", Values: [String(inputs.vpcId)] },
    ];
    const { SecurityGroups = [] } = await cloud.ec2.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
    if (SecurityGroups.length !== 1)
      throw new Error(`${SecurityGroups.length} default groups in ${String(inputs.vpcId)}`);
    return SecurityGroups[0].GroupId ?? "";
  },
  async settle(GroupId, inputs, cloud) {
    const found = (await cloud.ec2.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups;
    const { IpPermissions = [], IpPermissionsEgress = [] } = found?.[0] ?? {};
    const Tags = tagList(inputs.tags);
    if (Tags.length > 0) await cloud.ec2.send(new ec2.CreateTagsCommand({ Resources: [GroupId], Tags }));
    if (IpPermissions.length > 0)
      await cloud.ec2.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    if (IpPermissionsEgress.length > 0) {
      const request = { GroupId, IpPermissions: IpPermissionsEgress };
      await cloud.ec2.send(new ec2.RevokeSecurityGroupEgressCommand(request));
    }
  },
  async read(id, cloud) {
    const props = await securityGroupProps(id, cloud);
    return props && { ...props, name: "default" };
  },
  remove: () => Promise.resolve(),
};
