import * as autoscaling from "@aws-sdk/client-auto-scaling";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, shape, text, toAws } from "../shape.ts";

const args = shape(`name=PolicyName autoscalingGroupName=AutoScalingGroupName policyType estimatedInstanceWarmup enabled
  targetTrackingConfiguration{disableScaleIn targetValue
    predefinedMetricSpecification{predefinedMetricType resourceLabel}}`);

async function put(inputs: Props, cloud: Cloud): Promise<void> {
  await cloud.autoscaling.send(
    new autoscaling.PutScalingPolicyCommand(toAws<autoscaling.PutScalingPolicyCommandInput>(args, inputs)),
  );
}

async function policyOf(name: string, group: unknown, cloud: Cloud): Promise<autoscaling.ScalingPolicy | undefined> {
  const request = { AutoScalingGroupName: String(group), PolicyNames: [name] };
  try {
    return (await cloud.autoscaling.send(new autoscaling.DescribePoliciesCommand(request))).ScalingPolicies?.[0];
  } catch (error) {
    if (/not found/.test(String(error))) return undefined;
    throw error;
  }
}

/** Target-tracking policies; AWS checks a request-count policy's label against the group's target groups. */
export const scalingPolicy: Row = {
  type: "aws:autoscaling/policy:Policy",
  args,
  replace: "name autoscalingGroupName",
  name: { max: 255 },
  check: ({ policyType }) =>
    policyType === "TargetTrackingScaling"
      ? []
      : [
          {
            property: "policyType",
            reason: `"${text(policyType ?? "SimpleScaling")}": the stand-in only does TargetTrackingScaling`,
          },
        ],
  async create(inputs, cloud) {
    await put(inputs, cloud);
    return String(inputs.name);
  },
  async read(name, cloud, state) {
    const found = await policyOf(name, state.autoscalingGroupName, cloud);
    return found && { ...fromAws(args, found), arn: found.PolicyARN };
  },
  async update({ news }, cloud) {
    await put(news, cloud);
  },
  async remove(name, state, cloud) {
    const group = state.autoscalingGroupName;
    if (!(await policyOf(name, group, cloud))) return;
    const request = { AutoScalingGroupName: String(group), PolicyName: name };
    await cloud.autoscaling.send(new autoscaling.DeletePolicyCommand(request));
  },
};
