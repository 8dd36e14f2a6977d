import { isOn, list, object, type ResourceRule } from "../rule.ts";

/** Types of this stack that AWS lets be tagged and that cost or protect something. */
const tagged = new Set([
  "aws:acm/certificate:Certificate",
  "aws:autoscaling/group:Group",
  "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:dynamodb/table:Table",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:iam/role:Role",
  "aws:kms/key:Key",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:s3/bucket:Bucket",
  "aws:sns/topic:Topic",
]);

export const tagRules: readonly ResourceRule[] = [
  {
    name: "required-tags",
    description: "What can be tagged says whose it is (setting `keys`); a group's tags reach its instances.",
    configSchema: {
      properties: {
        keys: { type: "array", items: { type: "string" }, default: ["Project", "Environment", "ManagedBy"] },
      },
    },
    faults: ({ type, props }, config) => {
      if (!tagged.has(type)) return [];
      const ofGroup = type === "aws:autoscaling/group:Group";
      const present = ofGroup
        ? list(props.tags)
            .filter(({ propagateAtLaunch }) => isOn(propagateAtLaunch))
            .map(({ key }) => String(key))
        : Object.keys(object(props.tags));
      const missing = (config.keys as string[]).filter((key) => !present.includes(key));
      return missing.length > 0
        ? [`it has no tag ${missing.join(", ")}${ofGroup ? " that reaches its instances" : ""}`]
        : [];
    },
  },
];
