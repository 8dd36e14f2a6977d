import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { autoScaling, ec2, elb } from "./aws.ts";
import { touchedResources } from "../../automation/protocol.ts";
import type { Context, Step } from "./context.ts";

/** Ids of what the stack made and that is still there. */
async function leftovers(context: Context): Promise<string[]> {
  const [compute, balancing, scaling] = [ec2(context), elb(context), autoScaling(context)];
  const [vpcs, groups, templates, instances, balancers, targetGroups, fleets] = await Promise.all([
    compute.send(new DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["false"] }] })),
    compute.send(new DescribeSecurityGroupsCommand({})),
    compute.send(new DescribeLaunchTemplatesCommand({})),
    compute.send(new DescribeInstancesCommand({})),
    balancing.send(new DescribeLoadBalancersCommand({})),
    balancing.send(new DescribeTargetGroupsCommand({})),
    scaling.send(new DescribeAutoScalingGroupsCommand({})),
  ]);
  const alive = instances.Reservations?.flatMap(({ Instances = [] }) => Instances).filter(
    ({ State }) => State?.Name !== "terminated",
  );
  const ids = [
    vpcs.Vpcs?.map(({ VpcId }) => VpcId),
    groups.SecurityGroups?.filter(({ GroupName }) => GroupName !== "default").map(({ GroupId }) => GroupId),
    templates.LaunchTemplates?.map(({ LaunchTemplateId }) => LaunchTemplateId),
    alive?.map(({ InstanceId }) => InstanceId),
    balancers.LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName),
    targetGroups.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName),
    fleets.AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
  ];
  return ids.flat().filter((id) => id !== undefined);
}

export const destroy: Step = {
  name: "destroy",
  title: "destroy: nothing is left behind",
  async run(context) {
    await context.load?.stop();
    const result = await context.session.stack.destroy({ onProgress: context.progress });
    if (!result.ok) throw new Error(`destroy failed: ${result.error}`);
    context.fixture = undefined;
    const left = await leftovers(context);
    if (left.length > 0) throw new Error(`destroy left behind: ${left.join(", ")}`);
    return { touched: touchedResources(result), updateSeconds: result.seconds };
  },
};
