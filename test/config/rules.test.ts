import { parseSettings, certificateArn, existing, faultsOf, minimal, type Raw } from "./raw-settings.ts";

describe("fails on settings that don't go together", () => {
  test.each<[string, Raw, string[]]>([
    ["no image", { blueAmi: "" }, ["blueAmi: not set. Allowed: an image to serve: pulumi config set blueAmi ami-..."]],
    ["no image for green", { blueAmi: "", activeColor: "green" }, ["greenAmi: not set. Allowed: an image to serve"]],
    ["nobody may come in", { allowedCidrs: "" }, ["allowedCidrs: []. Allowed: who may reach the service"]],
    ["least above most", { minSize: "5" }, ["minSize: 5. Allowed: at most maxSize (4)"]],
    ["a floor above most", { capacityFloor: "5" }, ["capacityFloor: 5. Allowed: at most maxSize (4)"]],
    [
      "a slow rate for volumes",
      { volumeInitializationRate: "99" },
      ["volumeInitializationRate: 99. Allowed: 0, or 100"],
    ],
    ["a trial above most", { previewSize: "5" }, ["previewSize: 5. Allowed: at most maxSize (4)"]],
    [
      "slower at 95 % than at 99 %",
      { alarmP95Seconds: "3.5" },
      ["alarmP95Seconds: 3.5. Allowed: at most alarmP99Seconds (3)"],
    ],
    [
      "an address twice",
      { notificationEmails: '["a@x.co","a@x.co"]' },
      ['notificationEmails: ["a@x.co","a@x.co"]. Allowed: each'],
    ],
    ["a canary on an empty fleet", { standbyWeight: "1" }, ["standbyWeight: 1. Allowed: 0 while green is the standby"]],
    [
      "a preview for everybody",
      { previewCidrs: '["0.0.0.0/0"]' },
      ['previewCidrs: ["0.0.0.0/0"]. Allowed: ranges of your own, /8 at most (0.0.0.0/0), unless it is said twice'],
    ],
    [
      "a preview for everybody, in two halves",
      { previewCidrs: '["0.0.0.0/1","128.0.0.0/1"]' },
      ["ranges of your own, /8 at most (0.0.0.0/1, 128.0.0.0/1)"],
    ],
    [
      "an administrator on every server, and another setting said twice",
      { instancePolicyArns: '["arn:aws:iam::aws:policy/AdministratorAccess"]', onPurpose: '["previewCidrs"]' },
      [
        "Allowed: policies that don't hand out the account (arn:aws:iam::aws:policy/AdministratorAccess), unless it is said " +
          'twice: pulumi config set --path "onPurpose[0]" instancePolicyArns',
      ],
    ],
    ["overlapping ranges", { allowedCidrs: '["10.0.0.0/8","10.1.0.0/16"]' }, ["(10.0.0.0/8 and 10.1.0.0/16 do)"]],
    ["the small range first", { previewCidrs: '["10.1.0.0/16","10.0.0.0/8"]' }, ["previewCidrs: "]],
    ["one range twice", { allowedCidrs: '["10.0.0.0/8","10.0.0.0/8"]' }, ["ranges that do not overlap"]],
    [
      "a new VPC beyond AWS's limit",
      { vpcCidr: "10.0.0.0/15" },
      ['vpcCidr: "10.0.0.0/15". Allowed: a prefix from /16'],
    ],
    ["a new VPC too small", { vpcCidr: "10.0.0.0/24" }, ['vpcCidr: "10.0.0.0/24". Allowed: a prefix from /16']],
    ["subnets without a VPC", { ...existing, vpcId: "" }, ["publicSubnetIds: ", "privateSubnetIds: "]],
    [
      "a VPC without subnets",
      { vpcId: "vpc-12345678" },
      ["publicSubnetIds: []. Allowed: two different", "privateSubnetIds: []"],
    ],
    [
      "one subnet twice",
      { ...existing, publicSubnetIds: '["subnet-aaaaaaaa","subnet-aaaaaaaa"]' },
      ["two different subnets"],
    ],
    [
      "zones in somebody's VPC",
      { ...existing, availabilityZones: '["eu-central-1a","eu-central-1b"]' },
      ["Allowed: empty with vpcId, whose subnets have their zones"],
    ],
    [
      "more zones than are wanted",
      { availabilityZones: '["eu-central-1a","eu-central-1b","eu-central-1c"]' },
      ["Allowed: 2 different zones, as availabilityZoneCount says"],
    ],
    [
      "one zone twice",
      { availabilityZones: '["eu-central-1a","eu-central-1a"]' },
      ["Allowed: 2 different zones, as availabilityZoneCount says"],
    ],
    [
      "NAT in somebody's VPC",
      { ...existing, natGateways: "single" },
      ['natGateways: "single". Allowed: none with vpcId'],
    ],
    [
      "a domain alone",
      { domain: "a.example.com" },
      ['domain: "a.example.com". Allowed: needs hostedZoneId or certificateArn'],
    ],
    ["a zone alone", { hostedZoneId: "Z1" }, ['hostedZoneId: "Z1". Allowed: needs domain']],
    [
      "a zone and a certificate without a domain",
      { hostedZoneId: "Z1", certificateArn },
      ["domain: not set. Allowed: a host name of the certificate", "hostedZoneId: "],
    ],
    ["a certificate for no name", { certificateArn }, ["domain: not set. Allowed: a host name of the certificate"]],
    ["plain HTTP unasked", { allowHttp: "" }, ["allowHttp: false. Allowed: true, or set domain"]],
    [
      "previews on the service's port",
      { previewPort: "80" },
      ["previewPort: 80. Allowed: another port than the service's own (80)"],
    ],
    [
      "previews on the HTTPS port",
      { domain: "app.example.com", certificateArn, previewPort: "443" },
      ["the service's own (80, 443)"],
    ],
    [
      "previews on the redirect's port",
      { domain: "app.example.com", certificateArn, previewPort: "80" },
      ["the service's own (80, 443)"],
    ],
    [
      "443 asked for again",
      { backendPorts: "[5432,443]" },
      ["backendPorts: [5432,443]. Allowed: ports other than 443"],
    ],
    ["a port twice", { backendPorts: "[5432,5432]" }, ["backendPorts: [5432,5432]. Allowed: each port once"]],
  ])("%s", (_, raw, expected) => {
    const faults = faultsOf({ ...minimal, ...raw });
    expect(faults).toHaveLength(expected.length);
    expected.forEach((fragment, index) => expect(faults[index]).toContain(fragment));
  });
});

test.each<Raw>([
  { previewCidrs: '["0.0.0.0/0"]', onPurpose: '["previewCidrs"]' },
  { instancePolicyArns: '["arn:aws:iam::aws:policy/PowerUserAccess"]', onPurpose: '["instancePolicyArns"]' },
  { previewCidrs: '["10.0.0.0/8"]' },
])("given what is dangerous and said twice, or a range that one owner has, then it is taken: %j", (raw) => {
  expect(() => parseSettings({ ...minimal, ...raw })).not.toThrow();
});

describe("fails with all faults in one message", () => {
  test("faults of single settings and of combinations, none twice", () => {
    const raw = { activeColor: "purple", minSize: "9", standbyWeight: "101", vpcId: "vpc-12345678", size: "1" };
    const names = faultsOf(raw).map((line) => line.split(":")[0]);
    expect(names.sort()).toEqual([
      "activeColor",
      "allowHttp",
      "allowedCidrs",
      "minSize",
      "privateSubnetIds",
      "publicSubnetIds",
      "size",
      "standbyWeight",
    ]);
  });

  test("a rule isn't judged on a setting that is wrong itself", () => {
    expect(faultsOf({ ...minimal, maxSize: "many", minSize: "900", blueAmi: "latest" })).toHaveLength(2);
  });

  test("the headline counts them and says that nothing happened", () => {
    expect(() => parseSettings({ ...minimal, minSize: "0" })).toThrow(/^1 setting is wrong; nothing was changed:\n/);
    expect(() => parseSettings({})).toThrow(/^3 settings are wrong; nothing was changed:\n/);
  });
});
