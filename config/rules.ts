import { Address4 } from "ip-address";
import { other } from "./colors.ts";
import type { Fault } from "./faults.ts";
import type { Settings } from "./schema.ts";

type Name = keyof Settings;

/** What is allowed instead, or something falsy when all is well. */
type Judgement = string | false | undefined;

interface Rule {
  /** The setting to blame. */
  name: Name;
  reads: readonly Name[];
  judge: (settings: Settings) => Judgement;
}

/** A rule sees the settings that it says it reads, and no others: it is judged whenever those are valid. */
function rule<K extends Name>(
  name: Name,
  reads: readonly K[],
  judge: (settings: Pick<Settings, K>) => Judgement,
): Rule {
  return { name, reads, judge };
}

const bounds = ["minSize", "capacityFloor", "previewSize"] as const;
const ranges = ["allowedCidrs", "previewCidrs"] as const;
const subnetLists = ["publicSubnetIds", "privateSubnetIds"] as const;
const images = ["blueAmi", "greenAmi"] as const;

/** Policies of AWS that hand out the account (policy/rules/access.ts has them, too). */
const administrator = /:iam::aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

/** Shortest prefix of a range that one owner has (RFC 791: a class A network): two halves of the Internet are everybody, too. */
const widest = 8;

const saidTwice = (name: Settings["onPurpose"][number]): string =>
  `it is said twice: pulumi config set --path "onPurpose[0]" ${name}`;

/** What must hold between settings that are each valid alone. */
const rules: Rule[] = [
  rule(
    "volumeInitializationRate",
    ["volumeInitializationRate"],
    ({ volumeInitializationRate: rate }) => rate > 0 && rate < 100 && "0, or 100 to 300, as EBS has it",
  ),
  rule("instancePolicyArns", ["instancePolicyArns", "onPurpose"], ({ instancePolicyArns, onPurpose }) => {
    const wide = instancePolicyArns.filter((arn) => administrator.test(arn));
    return (
      wide.length > 0 &&
      !onPurpose.includes("instancePolicyArns") &&
      `policies that don't hand out the account (${wide.join(", ")}), unless ${saidTwice("instancePolicyArns")}`
    );
  }),
  rule("previewCidrs", ["previewCidrs", "onPurpose"], ({ previewCidrs, onPurpose }) => {
    const wide = previewCidrs.filter((range) => new Address4(range).subnetMask < widest);
    return (
      wide.length > 0 &&
      !onPurpose.includes("previewCidrs") &&
      `ranges of your own, /${widest} at most (${wide.join(", ")}), unless ${saidTwice("previewCidrs")}`
    );
  }),
  ...images.map((name) =>
    rule(
      name,
      [...images, "activeColor"],
      ({ activeColor, blueAmi, greenAmi }) =>
        name === `${activeColor}Ami` && !blueAmi && !greenAmi && `an image to serve: pulumi config set ${name} ami-...`,
    ),
  ),
  ...bounds.map((name) =>
    rule(
      name,
      [name, "maxSize"],
      (settings) => settings[name] > settings.maxSize && `at most maxSize (${settings.maxSize})`,
    ),
  ),
  rule(
    "standbyWeight",
    ["standbyWeight", "standby", "activeColor"],
    ({ standbyWeight, standby, activeColor }) =>
      standbyWeight > 0 &&
      standby === "off" &&
      `0 while ${other(activeColor)} is the standby and standby is off, which has no instances`,
  ),
  rule(
    "allowedCidrs",
    ["allowedCidrs"],
    ({ allowedCidrs }) =>
      allowedCidrs.length === 0 &&
      'who may reach the service: pulumi config set --path "allowedCidrs[0]" <your address>/32',
  ),
  ...ranges.map((name) =>
    rule(name, [name], (settings) => {
      const overlap = overlapping(settings[name]);
      return overlap && `ranges that do not overlap (${overlap.join(" and ")} do)`;
    }),
  ),
  rule("vpcCidr", ["vpcCidr", "vpcId"], ({ vpcCidr, vpcId }) => {
    const prefix = new Address4(vpcCidr).subnetMask;
    const wrong = !vpcId && (prefix < 16 || prefix > 23);
    return wrong && "a prefix from /16 (AWS's limit) to /23 (smaller ones leave subnets too small for a load balancer)";
  }),
  ...subnetLists.map((name) =>
    rule(name, [name, "vpcId"], (settings) => {
      if (!settings.vpcId) return settings[name].length > 0 && "empty without vpcId";
      return new Set(settings[name]).size < 2 && "two different subnets or more with vpcId";
    }),
  ),
  rule(
    "availabilityZones",
    ["availabilityZones", "availabilityZoneCount", "vpcId"],
    ({ availabilityZones, availabilityZoneCount, vpcId }) => {
      if (availabilityZones.length === 0) return false;
      if (vpcId) return "empty with vpcId, whose subnets have their zones";
      const different = new Set(availabilityZones).size;
      if (different === availabilityZones.length && different === availabilityZoneCount) return false;
      return `${availabilityZoneCount} different zones, as availabilityZoneCount says`;
    },
  ),
  rule(
    "natGateways",
    ["natGateways", "vpcId"],
    ({ natGateways, vpcId }) => vpcId && natGateways !== "none" && "none with vpcId: an existing VPC has its own",
  ),
  rule(
    "trustedAccounts",
    ["trustedAccounts", "natGateways", "vpcId"],
    ({ trustedAccounts, natGateways, vpcId }) =>
      trustedAccounts.length > 0 &&
      (vpcId !== undefined || natGateways !== "none") &&
      "empty unless natGateways is none in a VPC of the stack's own: nothing else keeps the fleets from any account's buckets",
  ),
  rule(
    "flowLogs",
    ["flowLogs", "vpcId"],
    ({ flowLogs, vpcId }) => flowLogs && vpcId !== undefined && "false with vpcId: an existing VPC has its own",
  ),
  rule("domain", ["domain", "certificateArn", "hostedZoneId"], ({ domain, certificateArn, hostedZoneId }) => {
    if (domain) return !certificateArn && !hostedZoneId && "needs hostedZoneId or certificateArn beside it";
    // Without it nobody could tell whose certificate answers the gate's requests and a release's probes.
    return certificateArn && "a host name of the certificate beside certificateArn";
  }),
  rule(
    "hostedZoneId",
    ["hostedZoneId", "domain"],
    ({ hostedZoneId, domain }) => hostedZoneId && !domain && "needs domain beside it",
  ),
  rule(
    "allowHttp",
    ["allowHttp", "domain", "certificateArn"],
    ({ allowHttp, domain, certificateArn }) =>
      !domain && !certificateArn && !allowHttp && "true, or set domain: plain HTTP must be asked for",
  ),
  rule("previewPort", ["previewPort", "domain", "certificateArn"], ({ previewPort, domain, certificateArn }) => {
    const taken = domain || certificateArn ? [80, 443] : [80];
    return taken.includes(previewPort) && `another port than the service's own (${taken.join(", ")})`;
  }),
  rule(
    "webAclArn",
    ["webAclArn", "waf"],
    ({ webAclArn, waf }) => webAclArn !== undefined && waf && "unset beside waf: a load balancer has one web ACL",
  ),
  rule(
    "alarmP95Seconds",
    ["alarmP95Seconds", "alarmP99Seconds"],
    ({ alarmP95Seconds, alarmP99Seconds }) =>
      alarmP95Seconds > alarmP99Seconds && `at most alarmP99Seconds (${alarmP99Seconds}), which fewer answers exceed`,
  ),
  rule(
    "notificationEmails",
    ["notificationEmails"],
    ({ notificationEmails }) => new Set(notificationEmails).size < notificationEmails.length && "each address once",
  ),
  rule("backendPorts", ["backendPorts"], ({ backendPorts }) => {
    if (new Set(backendPorts).size < backendPorts.length) return "each port once";
    return backendPorts.includes(443) && "ports other than 443, which is open already";
  }),
];

/**
 * What is wrong between settings that are each valid alone.
 * @param invalid settings that are already at fault alone: no rule that reads one of them is judged.
 */
export function combinationFaults(settings: Settings, invalid: ReadonlySet<string>): Fault[] {
  return rules
    .filter(({ reads }) => !reads.some((read) => invalid.has(read)))
    .flatMap(({ name, judge }) => {
      const allowed = judge(settings);
      return allowed ? [{ name, value: settings[name], allowed }] : [];
    });
}

function overlapping(cidrs: string[]): [string, string] | undefined {
  for (const [index, first] of cidrs.entries()) {
    for (const second of cidrs.slice(index + 1)) {
      const [a, b] = [new Address4(first), new Address4(second)];
      if (a.isInSubnet(b) || b.isInSubnet(a)) return [first, second];
    }
  }
  return undefined;
}
