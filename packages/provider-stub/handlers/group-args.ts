import type {
  LifecycleHookSpecification,
  PutLifecycleHookCommandInput,
  Tag,
  UpdateAutoScalingGroupCommandInput,
} from "@aws-sdk/client-auto-scaling";
import type { Update } from "../row.ts";
import { isBlock, type Props, shape, toAws } from "../shape.ts";
import { hasUnknown } from "../diff.ts";

const HOOK = `name=LifecycleHookName lifecycleTransition defaultResult heartbeatTimeout notificationMetadata
  notificationTargetArn=NotificationTargetARN roleArn=RoleARN`;

/** What a group takes; warm pools, instance refresh, classic load balancers and launch configurations are left out. */
export const GROUP_ARGS = shape(`name=AutoScalingGroupName minSize maxSize desiredCapacity desiredCapacityType
  capacityRebalance context defaultCooldown defaultInstanceWarmup healthCheckGracePeriod healthCheckType
  maxInstanceLifetime placementGroup serviceLinkedRoleArn=ServiceLinkedRoleARN terminationPolicies
  protectFromScaleIn=NewInstancesProtectedFromScaleIn targetGroupArns=TargetGroupARNs
  vpcZoneIdentifiers=VPCZoneIdentifier:csv
  launchTemplate{id=LaunchTemplateId name=LaunchTemplateName version}
  instanceMaintenancePolicy{maxHealthyPercentage minHealthyPercentage}
  mixedInstancesPolicy{
    instancesDistribution{onDemandAllocationStrategy onDemandBaseCapacity onDemandPercentageAboveBaseCapacity
      spotAllocationStrategy spotInstancePools spotMaxPrice}
    launchTemplate{launchTemplateSpecification{launchTemplateId launchTemplateName version}
      overrides{instanceType weightedCapacity launchTemplateSpecification{launchTemplateId launchTemplateName version}}}}
  initialLifecycleHooks:own{${HOOK}} tags:own{key value propagateAtLaunch}
  enabledMetrics:own metricsGranularity:own suspendedProcesses:own forceDelete:own
  waitForCapacityTimeout:own minElbCapacity:own waitForElbCapacity:own ignoreFailedScalingActivities:own`);

const APART = ["name", "desiredCapacity", "targetGroupArns", "initialLifecycleHooks"];

/** The official provider's defaults. */
export function groupDefaults(inputs: Props): Props {
  return { waitForCapacityTimeout: "10m", metricsGranularity: "1Minute", healthCheckGracePeriod: 300, ...inputs };
}

/** What the official provider refuses before AWS is asked. */
export function groupFaults(inputs: Props): { property: string; reason: string }[] {
  const faults: { property: string; reason: string }[] = [];
  const { launchTemplate, mixedInstancesPolicy, instanceMaintenancePolicy, vpcZoneIdentifiers } = inputs;
  const templates = [launchTemplate, mixedInstancesPolicy].filter((given) => given !== undefined && given !== null);
  if (templates.length !== 1) {
    const reason = `exactly one of launchTemplate and mixedInstancesPolicy must be given, not ${templates.length}`;
    faults.push({ property: "launchTemplate", reason });
  }
  if (isBlock(launchTemplate) && (launchTemplate.id === undefined) === (launchTemplate.name === undefined)) {
    faults.push({ property: "launchTemplate", reason: "exactly one of id and name must be given" });
  }
  if (isBlock(instanceMaintenancePolicy) && !hasUnknown(instanceMaintenancePolicy)) {
    const missing = ["minHealthyPercentage", "maxHealthyPercentage"].filter(
      (name) => instanceMaintenancePolicy[name] === undefined,
    );
    if (missing.length > 0)
      faults.push({ property: "instanceMaintenancePolicy", reason: `${missing.join(" and ")} must be given` });
  }
  if (vpcZoneIdentifiers === undefined) {
    faults.push({
      property: "vpcZoneIdentifiers",
      reason: "give the subnets: the stand-in does no zones without them",
    });
  }
  return [...faults, ...hookFaults(inputs.initialLifecycleHooks)];
}

const TRANSITIONS: readonly unknown[] = ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"];
const RESULTS: readonly unknown[] = ["CONTINUE", "ABANDON", undefined];

function hookFaults(hooks: unknown): { property: string; reason: string }[] {
  return blocks(hooks)
    .filter((hook) => !hasUnknown(hook))
    .flatMap(({ name, lifecycleTransition, defaultResult, heartbeatTimeout }, index) => {
      const seconds = Number(heartbeatTimeout ?? 3600);
      const wrong: [string, boolean, string][] = [
        ["name", !/^[A-Za-z0-9\-_/]{1,255}$/.test(String(name)), "1 to 255 letters, digits, -, _ and /"],
        ["lifecycleTransition", !TRANSITIONS.includes(lifecycleTransition), TRANSITIONS.join(" or ")],
        ["defaultResult", !RESULTS.includes(defaultResult), "CONTINUE or ABANDON"],
        ["heartbeatTimeout", !(seconds >= 30 && seconds <= 7200), "30 to 7200 seconds"],
      ];
      const faulty = wrong.filter(([, isWrong]) => isWrong);
      return faulty.map(([part, , allowed]) => ({
        property: `initialLifecycleHooks[${index}].${part}`,
        reason: `allowed: ${allowed}`,
      }));
    });
}

function blocks(value: unknown): Props[] {
  return Array.isArray(value) ? value.filter(isBlock) : [];
}

export function groupTags(group: string, tags: unknown): Tag[] {
  return blocks(tags).map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: group,
    ResourceType: "auto-scaling-group",
    Key: String(key),
    Value: String(value),
    PropagateAtLaunch: propagateAtLaunch === true,
  }));
}

const hookArgs = shape(HOOK);

export function hookRequests(group: string, inputs: Props): PutLifecycleHookCommandInput[] {
  return blocks(inputs.initialLifecycleHooks).map((hook) => {
    const specification = toAws<LifecycleHookSpecification>(hookArgs, hook);
    return { AutoScalingGroupName: group, ...specification };
  });
}

/** What AWS must be told where an argument was taken away, for it keeps what it isn't told. */
const UNSET: Props = {
  capacityRebalance: false,
  terminationPolicies: ["Default"],
  maxInstanceLifetime: 0,
  protectFromScaleIn: false,
};

/** The UpdateAutoScalingGroup of an update, with the changed arguments only; undefined when none of them is in it. */
export function updateRequest({ id, news, changed }: Update): UpdateAutoScalingGroupCommandInput | undefined {
  const sent = [...GROUP_ARGS.values()].filter(
    (arg) => arg.kind !== "own" && !APART.includes(arg.name) && changed(arg.name),
  );
  const props = Object.fromEntries(sent.map(({ name }) => [name, news[name] ?? UNSET[name]]));
  if (changed("healthCheckType")) props.healthCheckGracePeriod = news.healthCheckGracePeriod;
  if (changed("desiredCapacity") && news.desiredCapacity !== undefined) props.desiredCapacity = news.desiredCapacity;
  const fields = toAws<Partial<UpdateAutoScalingGroupCommandInput>>(GROUP_ARGS, props);
  return Object.keys(fields).length > 0 ? { AutoScalingGroupName: id, ...fields } : undefined;
}
