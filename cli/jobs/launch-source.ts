import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import type { Clients } from "../clients.ts";
import { CliError } from "../error.ts";
import { withPermissionHint } from "./rights.ts";

/** Where and of what an instance of a fleet's release is made. */
export interface LaunchSource {
  readonly launchTemplateId: string;
  readonly version: string;
  /** Subnets of the fleet, to try in this order. */
  readonly subnetIds: readonly string[];
  /** Security groups of the template's network interface. */
  readonly securityGroupIds: readonly string[];
}

/** @throws CliError when there is no such group. */
export async function groupNamed(clients: Pick<Clients, "autoScaling">, name: string): Promise<AutoScalingGroup> {
  const described = clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  const { AutoScalingGroups = [] } = await withPermissionHint("autoscaling:DescribeAutoScalingGroups", described);
  if (AutoScalingGroups[0]) return AutoScalingGroups[0];
  throw new CliError(
    "refused",
    `There is no Auto Scaling group ${name}: run pulumi refresh, look, and run the job again.`,
  );
}

/**
 * Reads it from the live group, which is bound to one version of its template.
 * @throws CliError when the group launches from something else
 */
export async function readLaunchSource(
  clients: Pick<Clients, "autoScaling" | "ec2">,
  groupName: string,
): Promise<LaunchSource> {
  const group = await groupNamed(clients, groupName);
  const { LaunchTemplateId, Version } =
    group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? group.LaunchTemplate ?? {};
  if (!LaunchTemplateId || !Version) {
    throw new CliError("refused", `${groupName} has no launch template: run pulumi up, and run the job again.`);
  }
  const described = clients.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [Version] }),
  );
  const { LaunchTemplateVersions: [template] = [] } = await withPermissionHint(
    "ec2:DescribeLaunchTemplateVersions",
    described,
  );
  const interfaces = template?.LaunchTemplateData?.NetworkInterfaces ?? [];
  return {
    launchTemplateId: LaunchTemplateId,
    version: Version,
    subnetIds: (group.VPCZoneIdentifier ?? "").split(",").filter((id) => id !== ""),
    securityGroupIds: interfaces.find(({ DeviceIndex = 0 }) => DeviceIndex === 0)?.Groups ?? [],
  };
}
