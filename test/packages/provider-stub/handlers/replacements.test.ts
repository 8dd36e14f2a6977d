import { UNKNOWN } from "../../../../packages/provider-stub/diff.ts";
import { difference, plannedUpdate } from "../../../../packages/provider-stub/operations.ts";
import { ROWS } from "../../../../packages/provider-stub/handlers/index.ts";
import type { Props } from "../../../../packages/provider-stub/shape.ts";
import { rowOf } from "./checked.ts";

/** Argument by argument: does its change force a new resource, as the official provider's schema says? */
const REPLACED: Record<string, { forced: string[]; inPlace: string[] }> = {
  "aws:ec2/vpc:Vpc": { forced: ["cidrBlock"], inPlace: ["enableDnsHostnames", "tags"] },
  "aws:ec2/subnet:Subnet": {
    forced: ["vpcId", "cidrBlock", "availabilityZone"],
    inPlace: ["mapPublicIpOnLaunch", "tags"],
  },
  "aws:ec2/internetGateway:InternetGateway": { forced: [], inPlace: ["vpcId", "tags"] },
  "aws:ec2/routeTable:RouteTable": { forced: ["vpcId"], inPlace: ["tags"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { forced: ["subnetId"], inPlace: ["routeTableId"] },
  "aws:ec2/route:Route": { forced: ["routeTableId", "destinationCidrBlock"], inPlace: ["gatewayId", "natGatewayId"] },
  "aws:ec2/eip:Eip": { forced: ["domain"], inPlace: ["tags"] },
  "aws:iam/policy:Policy": { forced: ["name", "path", "description"], inPlace: ["policy", "tags"] },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    forced: ["url"],
    inPlace: ["clientIdLists", "thumbprintLists", "tags"],
  },
  "aws:s3/bucketVersioning:BucketVersioning": { forced: ["bucket"], inPlace: ["versioningConfiguration"] },
  "aws:ec2/natGateway:NatGateway": { forced: ["subnetId", "allocationId"], inPlace: ["tags"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    forced: ["vpcId", "serviceName", "vpcEndpointType"],
    inPlace: ["policy", "privateDnsEnabled", "subnetIds", "routeTableIds", "securityGroupIds", "tags"],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    forced: ["name", "description", "vpcId"],
    inPlace: ["tags", "revokeRulesOnDelete"],
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { forced: ["vpcId"], inPlace: ["tags"] },
  "aws:ec2/flowLog:FlowLog": {
    forced: ["vpcId", "trafficType", "logDestination", "logDestinationType", "iamRoleArn", "maxAggregationInterval"],
    inPlace: ["tags"],
  },
  "aws:wafv2/webAcl:WebAcl": {
    forced: ["name", "scope"],
    inPlace: ["description", "defaultAction", "rules", "visibilityConfig", "tags"],
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": { forced: ["resourceArn", "webAclArn"], inPlace: [] },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    forced: ["securityGroupId"],
    inPlace: ["cidrIpv4", "fromPort", "toPort", "ipProtocol", "description", "tags"],
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { forced: ["securityGroupId"], inPlace: ["cidrIpv4"] },
  "aws:lb/loadBalancer:LoadBalancer": {
    forced: ["name", "internal", "loadBalancerType"],
    inPlace: ["subnets", "securityGroups", "idleTimeout", "enableDeletionProtection", "accessLogs", "tags"],
  },
  "aws:lb/targetGroup:TargetGroup": {
    forced: ["name", "port", "protocol", "protocolVersion", "vpcId", "targetType"],
    inPlace: ["healthCheck", "deregistrationDelay", "slowStart", "stickiness", "tags"],
  },
  "aws:lb/listener:Listener": {
    forced: ["loadBalancerArn"],
    inPlace: ["port", "protocol", "defaultActions", "sslPolicy", "certificateArn", "tags"],
  },
  "aws:lb/listenerRule:ListenerRule": {
    forced: ["listenerArn"],
    inPlace: ["priority", "actions", "conditions", "tags"],
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    forced: ["name"],
    inPlace: ["imageId", "instanceType", "userData", "metadataOptions", "networkInterfaces", "description", "tags"],
  },
  "aws:autoscaling/group:Group": {
    forced: ["name", "initialLifecycleHooks"],
    inPlace: [
      "launchTemplate",
      "mixedInstancesPolicy",
      "minSize",
      "maxSize",
      "desiredCapacity",
      "targetGroupArns",
      "tags",
      "vpcZoneIdentifiers",
    ],
  },
  "aws:autoscaling/policy:Policy": {
    forced: ["name", "autoscalingGroupName"],
    inPlace: ["targetTrackingConfiguration"],
  },
  "aws:iam/role:Role": { forced: ["name", "path"], inPlace: ["assumeRolePolicy", "description", "tags"] },
  "aws:iam/rolePolicy:RolePolicy": { forced: ["name", "role"], inPlace: ["policy"] },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { forced: ["role", "policyArn"], inPlace: [] },
  "aws:iam/instanceProfile:InstanceProfile": { forced: ["name", "path"], inPlace: ["role", "tags"] },
  "aws:s3/bucket:Bucket": { forced: ["bucket"], inPlace: ["forceDestroy", "tags"] },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": { forced: ["bucket"], inPlace: ["blockPublicAcls"] },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    forced: ["bucket"],
    inPlace: ["rules"],
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { forced: ["bucket"], inPlace: ["rules"] },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { forced: ["bucket"], inPlace: ["rule"] },
  "aws:s3/bucketPolicy:BucketPolicy": { forced: ["bucket"], inPlace: ["policy"] },
  "aws:acm/certificate:Certificate": {
    forced: ["domainName", "subjectAlternativeNames", "validationMethod"],
    inPlace: ["tags"],
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    forced: ["certificateArn", "validationRecordFqdns"],
    inPlace: [],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    forced: ["name"],
    inPlace: ["threshold", "metricQueries", "extendedStatistic", "alarmActions", "actionsEnabled", "tags"],
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    forced: ["alarmName", "actionsEnabled"],
    inPlace: ["alarmRule", "alarmDescription", "alarmActions", "okActions", "tags"],
  },
  "aws:cloudwatch/dashboard:Dashboard": { forced: ["dashboardName"], inPlace: ["dashboardBody"] },
  "aws:cloudwatch/logGroup:LogGroup": { forced: ["name"], inPlace: ["retentionInDays", "tags"] },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    forced: ["name", "logGroupName"],
    inPlace: ["pattern", "metricTransformation"],
  },
  "aws:sns/topic:Topic": { forced: ["name"], inPlace: ["kmsMasterKeyId", "tags"] },
  "aws:sns/topicPolicy:TopicPolicy": { forced: ["arn"], inPlace: ["policy"] },
  "aws:sns/topicSubscription:TopicSubscription": { forced: ["topic", "protocol", "endpoint"], inPlace: [] },
  "aws:kms/key:Key": {
    forced: [],
    inPlace: ["description", "policy", "enableKeyRotation", "deletionWindowInDays", "tags"],
  },
  "aws:dynamodb/table:Table": {
    forced: ["name", "hashKey", "rangeKey"],
    inPlace: ["billingMode", "deletionProtectionEnabled", "pointInTimeRecovery", "tags"],
  },
  "aws:route53/record:Record": { forced: ["zoneId", "name", "type"], inPlace: ["ttl", "records", "aliases"] },
};

const cases = Object.entries(REPLACED).flatMap(([type, { forced, inPlace }]) => [
  ...forced.map((arg): [string, string, boolean] => [type, arg, true]),
  ...inPlace.map((arg): [string, string, boolean] => [type, arg, false]),
]);

it("every row has its line in this table", () => {
  expect([...ROWS.keys()].sort()).toEqual(Object.keys(REPLACED).sort());
});

it.each(cases)("%s: a change of %s forces a new resource: %s", (type, arg, forced) => {
  const row = rowOf(type);
  expect([...row.args.keys()]).toContain(arg);
  const { changes } = difference(row, { [arg]: "old" }, { [arg]: "new" });
  expect(changes).toEqual([{ path: arg, kind: "update", replace: forced }]);
});

describe("deleteFirst", () => {
  const generated = { name: "blue-1234567", __defaults: ["name"] };
  it.each([
    ["a generated name", "aws:lb/targetGroup:TargetGroup", generated, { port: 1 }, { port: 2 }, false],
    ["a fixed name", "aws:lb/targetGroup:TargetGroup", { name: "blue" }, { port: 1 }, { port: 2 }, true],
    [
      "a fixed name, changed in place",
      "aws:lb/targetGroup:TargetGroup",
      { name: "blue" },
      { slowStart: 0 },
      { slowStart: 30 },
      false,
    ],
    [
      "a composite alarm under its own name, which then deletes the new one",
      "aws:cloudwatch/compositeAlarm:CompositeAlarm",
      { alarmName: "blue" },
      { actionsEnabled: true },
      { actionsEnabled: false },
      false,
    ],
    [
      "an attachment",
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      { role: "r" },
      { policyArn: "a" },
      { policyArn: "b" },
      true,
    ],
  ])("%s", (_what, type, both: Props, olds: Props, news: Props, expected) => {
    expect(difference(rowOf(type), { ...both, ...olds }, { ...both, ...news }).deleteFirst).toBe(expected);
  });
});

describe("a launch template's preview", () => {
  const row = rowOf("aws:ec2/launchTemplate:LaunchTemplate");
  it.each([
    ["its data", { instanceType: "b" }, UNKNOWN],
    ["its tags, which make no version", { tags: { a: "b" } }, UNKNOWN],
    ["its description, which does make one", { description: "d" }, 3],
  ])("after a change of %s", (_what, changed, latestVersion) => {
    const inputs = { name: "n", instanceType: "a" };
    const planned = plannedUpdate(row, { ...inputs, latestVersion: 3, arn: "x" }, inputs, { ...inputs, ...changed });
    expect(planned).toMatchObject({ latestVersion, arn: "x", ...changed });
  });
  it("leaves out what was taken away", () => {
    expect(plannedUpdate(row, { keyName: "k", latestVersion: 1 }, { keyName: "k" }, {})).toEqual({
      latestVersion: UNKNOWN,
    });
  });
});

it("a group's replacement is seen at the path that the program watches", () => {
  const policy = (version: string) => ({
    mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateId: "lt", version } } },
  });
  const { changes } = difference(rowOf("aws:autoscaling/group:Group"), policy("1"), policy(UNKNOWN));
  expect(changes.map(({ path }) => path)).toEqual([
    "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version",
  ]);
});
