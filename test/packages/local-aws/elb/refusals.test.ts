import { parseQuery } from "../../../../packages/query-protocol/query.ts";
import * as refusals from "../../../../packages/local-aws/elb/refusals.ts";
import { listener, loadBalancer, targetGroup, targetGroupArn, topology } from "./fixtures.ts";

/** The code of the refusal, undefined when the call is accepted. */
function codeOf(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

const subnet = (id: string, zone: string, vpcId = "vpc-1") => ({ id, zone, vpcId, freeAddresses: 8 });
const [one, two, twin, foreign] = [subnet("s1", "a"), subnet("s2", "b"), subnet("s3", "b"), subnet("s4", "b", "vpc-2")];

describe("checkSubnets", () => {
  test.each([
    ["two zones", ["s1", "s2"], [one, two], undefined],
    ["one subnet", ["s1"], [one], "ValidationError"],
    ["one zone", ["s2", "s3"], [two, twin], "ValidationError"],
    ["two subnets in a zone", ["s1", "s2", "s3"], [one, two, twin], "InvalidConfigurationRequest"],
    ["two VPCs", ["s1", "s4"], [one, foreign], "InvalidConfigurationRequest"],
    ["an unknown one", ["s1", "s9"], [one], "SubnetNotFound"],
  ])("%s", (_name, ids, found, code) => {
    expect(codeOf(() => refusals.checkSubnets(ids, found))).toBe(code);
  });
});

describe("checkCreateLoadBalancer", () => {
  const subnets = "Subnets.member.1=s1&Subnets.member.2=s2";
  const around = {
    topology: topology(),
    subnets: [one, two],
    securityGroups: new Map([
      ["sg-1", "vpc-1"],
      ["sg-2", "vpc-2"],
    ]),
    hasInternetGateway: true,
  };
  test.each([
    ["accepts a good one", `Name=new&${subnets}&SecurityGroups.member.1=sg-1`, {}, undefined],
    ["accepts 32 characters", `Name=${"n".repeat(32)}&${subnets}`, {}, undefined],
    ["refuses 33 characters", `Name=${"n".repeat(33)}&${subnets}`, {}, "ValidationError"],
    ["refuses a hyphen at the end", `Name=n-&${subnets}`, {}, "ValidationError"],
    ["refuses a taken name", `Name=main&${subnets}`, {}, "DuplicateLoadBalancerName"],
    ["refuses an unknown security group", `Name=n&${subnets}&SecurityGroups.member.1=sg-9`, {}, "InvalidSecurityGroup"],
    ["refuses another VPC's", `Name=n&${subnets}&SecurityGroups.member.1=sg-2`, {}, "InvalidSecurityGroup"],
    ["refuses a VPC without a gateway", `Name=n&${subnets}`, { hasInternetGateway: false }, "InvalidSubnet"],
    [
      "refuses a subnet with 7 free",
      `Name=n&${subnets}`,
      { subnets: [one, { ...two, freeAddresses: 7 }] },
      "InvalidSubnet",
    ],
    ["lets an internal one be", `Name=n&Scheme=internal&${subnets}`, { hasInternetGateway: false }, undefined],
    ["refuses what it can't rehearse", `Name=n&Type=network&${subnets}`, {}, "NotImplemented"],
  ])("%s", (_name, body, over, code) => {
    expect(codeOf(() => refusals.checkCreateLoadBalancer(parseQuery(body), { ...around, ...over }))).toBe(code);
  });
});

describe("checkTargetGroup", () => {
  test.each([
    ["HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=2", undefined],
    ["HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=5", "ValidationError"],
    ["HealthCheckIntervalSeconds=5", "ValidationError"],
    ["HealthCheckIntervalSeconds=4&HealthCheckTimeoutSeconds=2", "ValidationError"],
    ["HealthCheckIntervalSeconds=301", "ValidationError"],
    ["UnhealthyThresholdCount=1", "ValidationError"],
    ["HealthyThresholdCount=11", "ValidationError"],
    ["TargetType=ip", "NotImplemented"],
  ])("%s: %p", (body, code) => {
    expect(codeOf(() => refusals.checkTargetGroup(parseQuery(body)))).toBe(code);
  });
  test("holds a changed time-out against the known interval", () => {
    const known = targetGroup("blue");
    const change = parseQuery("HealthCheckTimeoutSeconds=5");
    expect(codeOf(() => refusals.checkTargetGroup(change, known))).toBe("ValidationError");
  });
});

describe("checkActions", () => {
  const main = loadBalancer("main");
  const forward = (groups: [string, number][]) =>
    groups.map(([name, weight]) => ({ TargetGroupArn: targetGroupArn(name), Weight: String(weight) }));
  const world = topology({
    loadBalancers: [main, loadBalancer("other")],
    listeners: [listener("main", 80, { blue: 1 }), listener("other", 80, { theirs: 1 })],
    targetGroups: [
      ...["blue", "green", "theirs"].map((name) => targetGroup(name)),
      targetGroup("far", { vpcId: "vpc-2" }),
    ],
  });
  const check = (action: Parameters<typeof refusals.checkActions>[0][number]) =>
    codeOf(() => refusals.checkActions([{ Type: "forward", ...action }], "defaultActions", main, world));

  test.each([
    [
      "weights",
      [
        ["blue", 90],
        ["green", 10],
      ],
      undefined,
    ],
    [
      "all weights 0, as AWS does",
      [
        ["blue", 0],
        ["green", 0],
      ],
      undefined,
    ],
    ["weight 999", [["blue", 999]], undefined],
    ["weight 1000", [["blue", 1000]], "ValidationError"],
    ["weight -1", [["blue", -1]], "ValidationError"],
    ["half a weight", [["blue", 0.5]], "ValidationError"],
    ["six groups", Array.from({ length: 6 }, () => ["blue", 1]), "TooManyTargetGroups"],
    ["an unknown group", [["none", 1]], "TargetGroupNotFound"],
    ["another VPC's group", [["far", 1]], "InvalidConfigurationRequest"],
    ["another load balancer's group", [["theirs", 1]], "TargetGroupAssociationLimit"],
  ] as [string, [string, number][], string | undefined][])("%s", (_name, groups, code) => {
    expect(check({ ForwardConfig: { TargetGroups: forward(groups) } })).toBe(code);
  });

  test("a single target group", () => {
    expect(check({ TargetGroupArn: targetGroupArn("blue") })).toBeUndefined();
    expect(check({ TargetGroupArn: targetGroupArn("none") })).toBe("TargetGroupNotFound");
  });
  test("a single target group beside a forward of two", () => {
    const both = forward([
      ["blue", 1],
      ["green", 1],
    ]);
    expect(check({ TargetGroupArn: targetGroupArn("blue"), ForwardConfig: { TargetGroups: both } })).toBe(
      "ValidationError",
    );
  });
  test("stickiness, which the data plane doesn't follow", () => {
    const TargetGroupStickinessConfig = { Enabled: "true", DurationSeconds: "300" };
    const ForwardConfig = { TargetGroups: forward([["blue", 1]]), TargetGroupStickinessConfig };
    expect(check({ ForwardConfig })).toBe("NotImplemented");
  });
});

describe("listeners, rules and deletions", () => {
  const world = topology();
  const main = loadBalancer("main");
  const own = world.listeners[0];
  test.each([
    ["Port=81&Protocol=HTTP", undefined],
    ["Port=80&Protocol=HTTP", "DuplicateListener"],
    ["Port=0&Protocol=HTTP", "ValidationError"],
    ["Port=443&Protocol=HTTPS", "ValidationError"],
    ["Port=443&Protocol=HTTPS&Certificates.member.1.CertificateArn=c", undefined],
  ])("a listener with %s: %p", (body, code) => {
    expect(codeOf(() => refusals.checkListener(parseQuery(body), main, world))).toBe(code);
  });
  test("a listener may keep its own port", () => {
    expect(codeOf(() => refusals.checkListener(parseQuery("Port=80"), main, world, own))).toBeUndefined();
  });
  test.each([
    ["1", undefined],
    ["7", "PriorityInUse"],
    ["0", "ValidationError"],
    ["50001", "ValidationError"],
  ])("a rule with priority %s: %p", (priority, code) => {
    const busy = { ...listener("main", 80, { blue: 1 }), rules: [{ Priority: "7" }] };
    expect(codeOf(() => refusals.checkPriority({ Priority: priority }, busy))).toBe(code);
  });
  test.each([
    ["arn:aws:acm:eu-central-1:1:certificate/a", "ISSUED", undefined],
    ["arn:aws:acm:eu-central-1:1:certificate/a", "PENDING_VALIDATION", "UnsupportedCertificate"],
    ["arn:aws:acm:eu-central-1:1:certificate/a", undefined, "CertificateNotFound"],
    ["arn:aws:iam::1:server-certificate/a", "ISSUED", "NotImplemented"],
  ])("a listener with the certificate %s that is %p: %p", (arn, status, code) => {
    expect(codeOf(() => refusals.checkCertificate(arn, status))).toBe(code);
  });
  test("a protected load balancer stays", () => {
    const guarded = loadBalancer("main", { attributes: { "deletion_protection.enabled": "true" } });
    expect(codeOf(() => refusals.checkDeleteLoadBalancer(guarded))).toBe("OperationNotPermitted");
    expect(codeOf(() => refusals.checkDeleteLoadBalancer(main))).toBeUndefined();
  });
});
