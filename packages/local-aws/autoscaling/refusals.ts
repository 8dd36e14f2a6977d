import type { Image } from "@aws-sdk/client-ec2";
import { AwsError, validationError } from "@bluegreen/query-protocol";
import type { Subnet } from "../ec2/directory.ts";
import type { TargetGroup, Topology } from "../elb/topology.ts";
import { usage } from "../elb/topology.ts";
import type { SizeChange } from "./capacity.ts";
import type { Group } from "./model.ts";

/** Refuses sizes that contradict each other. */
export function checkSize({ minSize, maxSize, desired }: Required<SizeChange>): void {
  if (minSize > maxSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  }
  if (desired < minSize || desired > maxSize) {
    throw validationError(
      `Desired capacity:${desired} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
}

/** Refuses a SetDesiredCapacity outside of the group's bounds. */
export function checkDesired(group: Pick<Group, "minSize" | "maxSize">, desired: number): void {
  const above = desired > group.maxSize;
  if (above || desired < group.minSize) {
    const bound = above ? `above max value ${group.maxSize}` : `below min value ${group.minSize}`;
    throw validationError(`New SetDesiredCapacity value ${desired} is ${bound} for the AutoScalingGroup.`);
  }
}

/** Refuses subnets that don't exist or aren't of one VPC. */
export function checkSubnets(ids: string[], found: Subnet[]): void {
  if (ids.length === 0) {
    throw validationError("At least one Availability Zone or VPC Subnet is required.");
  }
  const known = new Set(found.map((subnet) => subnet.id));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) {
    throw validationError(`The subnet ID '${missing.join("', '")}' does not exist`);
  }
  const vpcs = [...new Set(found.map((subnet) => subnet.vpcId))];
  if (vpcs.length > 1) {
    throw validationError(
      `The subnets '${ids.join(", ")}' do not all belong to one VPC; they are in ${vpcs.join(", ")}`,
    );
  }
}

/** Refuses target groups that don't exist, don't take instances, or belong to another VPC. */
export function checkTargetGroups(arns: string[], known: TargetGroup[], vpcId: string): void {
  for (const arn of arns) {
    const group = known.find((candidate) => candidate.arn === arn);
    if (!group) {
      throw validationError("Provided Target Groups may not be valid. Please ensure they exist and try again.");
    }
    if (group.targetType !== "instance") {
      throw validationError(
        `Provided Target Group '${arn}' has invalid target type. ` +
          "Please ensure all provided Target Groups have target type of instance.",
      );
    }
    if (group.vpcId !== vpcId) {
      throw validationError(
        `Provided Target Group '${arn}' is in VPC '${group.vpcId}', but the AutoScalingGroup's subnets are in '${vpcId}'`,
      );
    }
  }
}

/** Refuses a launch template's image that doesn't exist (any more). */
export function checkImage(id: string | undefined, image: Image | undefined): void {
  if (!id) {
    throw validationError(
      "You must use a valid fully-formed launch template. The request must contain the parameter ImageId",
    );
  }
  if (!image) {
    throw validationError(`You must use a valid fully-formed launch template. The image id '[${id}]' does not exist`);
  }
}

/** Refuses security groups of a launch template that aren't in the group's VPC. */
export function checkSecurityGroups(ids: string[], known: Map<string, string>, vpcId: string): void {
  const missing = ids.find((id) => !known.has(id));
  if (missing) {
    throw validationError(
      `You must use a valid fully-formed launch template. The security group '${missing}' does not exist in VPC '${vpcId}'`,
    );
  }
  if (ids.some((id) => known.get(id) !== vpcId)) {
    throw validationError(
      "One or more security groups in the launch template are not linked to the VPCs configured in the Auto Scaling group",
    );
  }
}

/** Refuses the deletion of a group that still holds something. */
export function checkDelete(group: Pick<Group, "members" | "launching">): void {
  if (group.members.size > 0 || group.launching.length > 0) {
    throw new AwsError(
      "ResourceInUse",
      "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.",
    );
  }
}

/**
 * Refuses the label of a request-count policy that doesn't name a load balancer and a target group which are
 * connected with each other and with the Auto Scaling group: `app/NAME/ID/targetgroup/NAME/ID`.
 */
export function checkResourceLabel(
  label: string | undefined,
  group: Pick<Group, "targetGroups">,
  world: Topology,
): void {
  if (!label) {
    throw validationError("ResourceLabel must be specified for ALBRequestCountPerTarget metric type");
  }
  const parts = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label);
  const balancer = world.loadBalancers.find((candidate) => candidate.arn.endsWith(`:loadbalancer/${parts?.[1]}`));
  const target = world.targetGroups.find((candidate) => candidate.arn.endsWith(`:${parts?.[2]}`));
  if (!balancer || !target) {
    throw validationError(`The load balancer or target group of the resource label ${label} does not exist.`);
  }
  if (!usage(world).get(target.arn)?.has(balancer.arn)) {
    throw validationError(
      `The load balancer does not route traffic to the target group of the resource label ${label}.`,
    );
  }
  if (!group.targetGroups.includes(target.arn)) {
    throw validationError(`The target group of the resource label ${label} is not attached to the AutoScalingGroup.`);
  }
}
