import { classify, type DriftClass } from "../../../cli/drift/classify.ts";
import { world } from "../worlds.ts";

/** How a change of properties is judged that are declared, and of those that are not. */
const judged = (type: string, op: "update" | "same", properties: string[]): DriftClass[] => {
  const values = Object.fromEntries(properties.map((property) => [property, { old: 1, new: 2 }]));
  const seen = { op, type, urn: "urn", name: "app-x", diff: properties, values } as const;
  return classify([seen], world()).map((item) => item.class);
};

const group = "aws:autoscaling/group:Group";
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";

// Each of these moves requests, or opens the stack to somebody, without a weight having changed.
test.each<[string, string, string[]]>([
  ["instances of another make, or none at all", group, ["mixedInstancesPolicy", "launchTemplate"]],
  ["instances that get no requests", group, ["targetGroupArns", "trafficSources"]],
  ["instances in other subnets", group, ["vpcZoneIdentifiers"]],
  ["instances that stay although they are ill", group, ["healthCheckType", "suspendedProcesses"]],
  ["instances that serve before their boot gate has answered", group, ["initialLifecycleHooks"]],
  [
    "requests that reach another port, or other targets",
    "aws:lb/targetGroup:TargetGroup",
    ["port", "protocol", "targetType"],
  ],
  ["a load balancer that others reach", balancer, ["securityGroups", "internal"]],
  ["a load balancer in other subnets", balancer, ["subnets", "subnetMappings"]],
  ["an endpoint that others reach", endpoint, ["securityGroupIds"]],
  ["logs that others read", "aws:s3/bucket:Bucket", ["policy", "acl", "grants"]],
  ["a key that is off", "aws:kms/key:Key", ["isEnabled"]],
  ["a topic that others write to", "aws:sns/topic:Topic", ["policy"]],
])("%s: dangerous", (_, type, properties) =>
  expect(judged(type, "update", properties)).toEqual(properties.map(() => "dangerous")),
);

// AWS changes these by itself: a pipeline that fails on drift would fail every night.
test.each<[string, string[]]>([
  [group, ["desiredCapacity", "predictedCapacity", "warmPoolSize", "availabilityZones", "loadBalancers"]],
  ["aws:autoscaling/policy:Policy", ["alarmArns"]],
  ["aws:sns/topicSubscription:TopicSubscription", ["pendingConfirmation", "confirmationWasAuthenticated"]],
  [
    "aws:acm/certificate:Certificate",
    ["notAfter", "notBefore", "renewalSummaries", "renewalEligibility", "pendingRenewal", "status"],
  ],
  [endpoint, ["networkInterfaceIds", "dnsEntries", "cidrBlocks", "prefixListId", "state", "requesterManaged"]],
])("%s: %j are AWS's own to change", (type, properties) =>
  expect(judged(type, "update", properties)).toEqual(properties.map(() => "expected")),
);

// Nothing declares these, so no update takes away what somebody has put there.
test.each<[string, string[]]>([
  ["aws:ec2/launchTemplate:LaunchTemplate", ["defaultVersion", "latestVersion"]],
  [group, ["suspendedProcesses", "trafficSources", "launchTemplate"]],
  ["aws:ec2/securityGroup:SecurityGroup", ["ingress", "egress"]],
  ["aws:iam/role:Role", ["managedPolicyArns", "inlinePolicies"]],
  ["aws:s3/bucket:Bucket", ["policy", "acl", "grants"]],
  ["aws:ec2/routeTable:RouteTable", ["routes"]],
])("%s: %j that somebody has added are dangerous", (type, properties) =>
  expect(judged(type, "same", properties)).toEqual(properties.map(() => "dangerous")),
);
