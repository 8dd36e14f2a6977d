import type { LiveState } from "../../../cli/state/model.ts";
import { classify, driftExit, type DriftClass, type Seen } from "../../../cli/drift/classify.ts";
import { rules } from "../../../cli/drift/rules.ts";
import { settled, weights, world } from "../worlds.ts";

/** A resource that differs in the given paths, from 1 to 2. */
const update = (type: string, name: string, ...diff: string[]): Seen => ({
  op: "update",
  type,
  urn: name,
  name,
  diff,
  values: Object.fromEntries(diff.map((path) => [path, { old: 1, new: 2 }])),
});
const observed = (type: string, name: string, ...diff: string[]): Seen => ({
  ...update(type, name, ...diff),
  op: "same",
});
const gone = (type: string, name: string): Seen => ({ ...update(type, name), op: "delete" });

const classes = (seen: Seen, change: Partial<LiveState> = {}): DriftClass[] =>
  classify([seen], world(change)).map((item) => item.class);

const listener = "aws:lb/listener:Listener";
const rule = "aws:lb/listenerRule:ListenerRule";
const targetGroup = "aws:lb/targetGroup:TargetGroup";
const group = "aws:autoscaling/group:Group";
const template = "aws:ec2/launchTemplate:LaunchTemplate";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const role = "aws:iam/role:Role";

describe("what is declared and differs", () => {
  test.each<[string, string, DriftClass]>([
    [listener, "defaultActions[0].forward.targetGroups[0].weight", "dangerous"],
    [listener, "defaultActions[0].forward.stickiness.enabled", "dangerous"],
    [listener, "certificateArn", "dangerous"],
    [listener, "tags.who", "other"],
    [rule, "conditions[0].httpHeader.values[0]", "dangerous"],
    [rule, "priority", "dangerous"],
    [targetGroup, "healthCheck.path", "dangerous"],
    [targetGroup, "stickiness.enabled", "dangerous"],
    [targetGroup, "deregistrationDelay", "other"],
    ["aws:lb/loadBalancer:LoadBalancer", "securityGroups[0]", "dangerous"],
    ["aws:lb/loadBalancer:LoadBalancer", "idleTimeout", "other"],
    [template, "imageId", "dangerous"],
    [template, 'tags["a.b"]', "other"],
    [group, "desiredCapacity", "expected"],
    [group, "targetGroupArns[0]", "dangerous"],
    [group, "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version", "dangerous"],
    [group, "suspendedProcesses[0]", "dangerous"],
    [group, "tags[0].value", "other"],
    ["aws:autoscaling/policy:Policy", "targetTrackingConfiguration.targetValue", "other"],
    [securityGroup, "description", "dangerous"],
    [securityGroup, "tags.who", "other"],
    ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "dangerous"],
    ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "toPort", "dangerous"],
    [role, "assumeRolePolicy", "dangerous"],
    ["aws:iam/rolePolicy:RolePolicy", "policy", "dangerous"],
    ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "policyArn", "dangerous"],
    ["aws:iam/instanceProfile:InstanceProfile", "role", "dangerous"],
    ["aws:s3/bucket:Bucket", "tags.a", "other"],
    ["aws:s3/bucketPolicy:BucketPolicy", "policy", "dangerous"],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicAcls", "dangerous"],
    ["aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", "other"],
    ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "rules[0]", "other"],
    ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules[0].status", "other"],
    ["aws:kms/key:Key", "policy", "dangerous"],
    ["aws:kms/key:Key", "enableKeyRotation", "other"],
    ["aws:sns/topic:Topic", "displayName", "other"],
    ["aws:sns/topicPolicy:TopicPolicy", "policy", "dangerous"],
    ["aws:sns/topicSubscription:TopicSubscription", "pendingConfirmation", "expected"],
    ["aws:dynamodb/table:Table", "deletionProtectionEnabled", "other"],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", "threshold", "other"],
    ["aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmRule", "other"],
    ["aws:cloudwatch/dashboard:Dashboard", "dashboardBody", "other"],
    ["aws:cloudwatch/logGroup:LogGroup", "retentionInDays", "other"],
    ["aws:acm/certificate:Certificate", "notAfter", "expected"],
    ["aws:acm/certificate:Certificate", "domainName", "other"],
    ["aws:acm/certificateValidation:CertificateValidation", "certificateArn", "other"],
    ["aws:route53/record:Record", "aliases[0].name", "dangerous"],
    ["aws:ec2/vpc:Vpc", "enableDnsSupport", "other"],
    ["aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", "other"],
    ["aws:ec2/internetGateway:InternetGateway", "vpcId", "other"],
    ["aws:ec2/routeTable:RouteTable", "routes[0]", "other"],
    ["aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", "other"],
    ["aws:ec2/route:Route", "gatewayId", "other"],
    ["aws:ec2/eip:Eip", "instance", "other"],
    ["aws:ec2/natGateway:NatGateway", "allocationId", "other"],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", "policy", "dangerous"],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", "dnsEntries[0]", "expected"],
    ["aws:new/thing:Thing", "anything", "other"],
  ])("%s: %s is %s", (type, path, expected) => expect(classes(update(type, "app-x", path))).toEqual([expected]));

  test.each<[string, Partial<LiveState>, DriftClass]>([
    ["app-blue-group", {}, "dangerous"],
    ["app-green-group", {}, "other"],
    ["app-green-group", { weights: weights(90, 10) }, "dangerous"],
    ["app-green-group", { weights: { live: { blue: 100, green: 0 }, recorded: { blue: 90, green: 10 } } }, "dangerous"],
  ])("bounds of %s: what counts is whether it has traffic", (name, change, expected) => {
    const bounds = classify([update(group, name, "minSize", "maxSize")], world(change));
    expect(bounds.filter(({ resource }) => resource === name).map((item) => item.class)).toEqual([expected, expected]);
  });

  test.each(Object.keys(rules))("the end of a %s is dangerous", (type) =>
    expect(classes(gone(type, "x"))).toEqual(["dangerous"]),
  );

  test.each([
    [listener, "dangerous"],
    ["aws:dynamodb/table:Table", "other"],
  ])("%s that differs in something unnamed is %s", (type, expected) =>
    expect(classes(update(type, "x"))).toEqual([expected]),
  );
});

describe("what is observed beside the declared", () => {
  test.each<[string, string, DriftClass]>([
    [group, "desiredCapacity", "expected"],
    [group, "suspendedProcesses", "dangerous"],
    [group, "predictedCapacity", "expected"],
    [template, "latestVersion", "dangerous"],
    [securityGroup, "ingress", "dangerous"],
    [securityGroup, "ownerId", "expected"],
    [role, "managedPolicyArns", "dangerous"],
    [role, "uniqueId", "expected"],
    [targetGroup, "loadBalancerArns", "expected"],
    [listener, "defaultActions", "expected"],
    ["aws:new/thing:Thing", "anything", "expected"],
  ])("%s: %s is %s", (type, path, expected) => expect(classes(observed(type, "app-x", path))).toEqual([expected]));
});

describe("weights", () => {
  const moved = { weights: { live: { blue: 50, green: 50 }, recorded: { blue: 100, green: 0 } } };
  const paths = [0, 1].map((index) => `defaultActions[0].forward.targetGroups[${index}].weight`);

  it("that were moved by hand give one item, also when the refresh did not see it", () => {
    const seen = update(listener, "app-listener", ...paths, "defaultActions[0].forward.stickiness.duration");
    const items = classify([seen], world(moved));
    expect(items.map(({ path, from, to }) => ({ path, from, to }))).toEqual([
      { path: undefined, from: { blue: 100, green: 0 }, to: { blue: 50, green: 50 } },
      { path: "defaultActions[0].forward.stickiness.duration", from: 1, to: 2 },
    ]);
    expect(classify([], world(moved))).toEqual([items[0]]);
  });

  it("that only the refresh saw give an item each", () =>
    expect(classes(update(listener, "app-listener", ...paths))).toEqual(["dangerous", "dangerous"]));

  it("name what the listener sends elsewhere, each on its own", () => {
    const items = classify([], world({ foreign: ["43 % to target group legacy", "path-pattern /a to blue (rule 5)"] }));
    expect(items.map((item) => [item.class, item.resource, item.to])).toEqual([
      ["dangerous", "app-listener", "43 % to target group legacy"],
      ["dangerous", "app-listener", "path-pattern /a to blue (rule 5)"],
    ]);
    expect(items[0]?.sentence).toBe(
      "The listener also sends 43 % to target group legacy: nothing declares it. Look who added it, and remove it by hand.",
    );
  });

  it("of a canary that is declared are none", () =>
    expect(classify([], world({ weights: weights(90, 10), settings: settled({ standbyWeight: 10 }) }))).toEqual([]));
});

describe("sentences", () => {
  const sentence = (seen: Seen | undefined, change: Partial<LiveState> = {}) =>
    classify(seen ? [seen] : [], world(change))[0]?.sentence;
  const valued = (seen: Seen, old: unknown, value: unknown): Seen => ({
    ...seen,
    values: { [seen.diff[0]]: { old, new: value } },
  });
  test.each<[string, Seen | undefined, Partial<LiveState>, string]>([
    [
      "weights",
      undefined,
      { weights: { live: { blue: 50, green: 50 }, recorded: { blue: 100, green: 0 } } },
      "The listener's weights: blue 100 %, green 0 % declared, blue 50 %, green 50 % found. " +
        "Somebody moved traffic by hand: bluegreen drift --repair puts it back.",
    ],
    [
      "a deletion",
      gone("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "firewall-fleet-from-alb"),
      {},
      "SecurityGroupIngressRule firewall-fleet-from-alb is gone: bluegreen drift --repair makes a new one.",
    ],
    [
      "a property",
      valued(update(targetGroup, "bluegreen-dev-green", "healthCheck.path"), "/readyz", "/"),
      {},
      "TargetGroup bluegreen-dev-green, healthCheck.path: /readyz declared, / found. " +
        "To keep it, declare it; else bluegreen drift --repair puts it back.",
    ],
    [
      "a property that was added",
      valued(update(securityGroup, "firewall-fleet", "tags.who"), undefined, { a: 1 }),
      {},
      'SecurityGroup firewall-fleet, tags.who: nothing declared, {"a":1} found. ' +
        "To keep it, declare it; else bluegreen drift --repair puts it back.",
    ],
    [
      "a long value",
      valued(update(role, "instances-blue-role", "assumeRolePolicy"), "x".repeat(81), "y".repeat(80)),
      {},
      `Role instances-blue-role, assumeRolePolicy: ${"x".repeat(80)}... declared, ${"y".repeat(80)} found. ` +
        "To keep it, declare it; else bluegreen drift --repair puts it back.",
    ],
    [
      "the desired capacity",
      observed(group, "app-blue-group", "desiredCapacity"),
      {},
      "Group app-blue-group, desiredCapacity: 1 declared, 2 found. Auto Scaling moves it between the bounds: nothing to do.",
    ],
    [
      "what AWS computes",
      observed(targetGroup, "bluegreen-dev-blue", "loadBalancerArns"),
      {},
      "TargetGroup bluegreen-dev-blue, loadBalancerArns: 1 declared, 2 found. AWS keeps it by itself: nothing to do.",
    ],
    [
      "a template whose fleet has traffic",
      observed(template, "app-blue-template", "latestVersion"),
      {},
      "LaunchTemplate app-blue-template, latestVersion: 1 declared, 2 found. blue has traffic and launches from the version " +
        "that it was made with; a refresh and an update would rebuild it. Release to the other colour first, then repair.",
    ],
    [
      "a template whose fleet has none",
      update(template, "app-green-template", "instanceType"),
      {},
      "LaunchTemplate app-green-template, instanceType: 1 declared, 2 found. " +
        "To keep it, declare it; else bluegreen drift --repair puts it back.",
    ],
    [
      "a rule that somebody added",
      observed(securityGroup, "firewall-fleet", "ingress"),
      {},
      "SecurityGroup firewall-fleet, ingress: 1 declared, 2 found. " +
        "No setting declares it, so no update takes it away: look who added it, and remove it by hand.",
    ],
    [
      "something unnamed",
      update("aws:dynamodb/table:Table", "bluegreen-dev-releases"),
      {},
      "Table bluegreen-dev-releases differs; pulumi refresh --preview-only --diff shows in what. " +
        "If it is not meant, bluegreen drift --repair puts it back.",
    ],
  ])("%s", (_, seen, change, expected) => expect(sentence(seen, change)).toBe(expected));
});

it("puts the dangerous first, and keeps the order within a class", () => {
  const seen = [
    update("aws:dynamodb/table:Table", "table", "tags.a", "tags.b"),
    observed(group, "app-blue-group", "desiredCapacity"),
    gone(role, "role"),
  ];
  expect(classify(seen, world()).map((item) => `${item.class} ${item.path ?? item.resource}`)).toEqual([
    ...["dangerous role", "other tags.a", "other tags.b", "expected desiredCapacity"],
  ]);
});

test.each<[DriftClass[], string]>([
  [[], "ok"],
  [["expected", "expected"], "ok"],
  [["expected", "other"], "drifted"],
  [["dangerous"], "drifted"],
])("%j ends as %s", (found, expected) => expect(driftExit(found.map((one) => ({ class: one })))).toBe(expected));
