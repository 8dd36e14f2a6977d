import { Address4 } from "ip-address";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { byColor, colors, other, type Wanted } from "./components/traffic";

/** The config namespace, the project's name and its command. */
export const namespace = "bluegreen";

const integer = (min: number, max: number) => z.int().min(min).max(max);
const matching = (pattern: RegExp, allowed: string) => z.string().regex(pattern, { error: allowed });
const ami = matching(
  /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/,
  "a pinned image id: ami- and 8 or 17 hexadecimal digits (never an alias such as latest or resolve:ssm:)",
);
const subnets = z.array(matching(/^subnet-[0-9a-f]{8,17}$/, "subnet ids (subnet-...)"));
const cidr = z.string().superRefine((value, context) => {
  const fault = cidrFault(value);
  if (fault) context.addIssue({ code: "custom", message: fault });
});

/** Every setting: type, bounds, default and meaning, stated once. Pulumi.yaml and the README's table are made from it. */
export const schema = z.strictObject({
  activeColor: z.enum(colors).default("blue").describe("The fleet that serves. Flip it to cut over or to roll back"),
  blueAmi: ami.optional().describe("Pinned image id of the blue fleet; missing: the green one's"),
  greenAmi: ami.optional().describe("Pinned image id of the green fleet; missing: the blue one's"),
  standby: z
    .enum(["off", "warm"])
    .default("off")
    .describe("The fleet that does not serve. off: no instances. warm: kept at serving size, for release or rollback"),
  standbyWeight: integer(0, 100).default(0).describe("Percent of the requests sent to the standby: the canary"),
  minSize: integer(1, 1000).default(2).describe("Least number of instances of a serving fleet"),
  maxSize: integer(1, 1000).default(4).describe("Greatest number of instances of a serving fleet"),
  capacityFloor: integer(0, 1000)
    .default(0)
    .describe("Instances that both fleets keep at least while a release is under way; 0 otherwise"),
  instanceType: matching(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an EC2 instance type such as t3.small")
    .default("t3.small")
    .describe("EC2 instance type. It reaches a fleet only while that fleet does not serve"),
  spotPercentage: integer(0, 100).default(0).describe("Percent of the instances bought as Spot"),
  detailedMonitoring: z
    .boolean()
    .default(true)
    .describe(
      "EC2 metrics every minute instead of every five. It reaches a fleet only while that fleet does not serve",
    ),
  appPort: integer(1024, 65535)
    .default(3000)
    .describe("TCP port that the service listens on. Fixed for a stack's life"),
  healthCheckPath: matching(/^\/\S*$/, "a path that begins with /")
    .default("/readyz")
    .describe("Path that answers 200 when an instance may serve"),
  versionPath: matching(/^\/\S*$/, "a path that begins with /")
    .default("/version")
    .describe("Path that the health gate asks through the preview listener; answers JSON with the version"),
  healthCheckGracePeriod: integer(0, 7200)
    .default(120)
    .describe("Seconds that a new instance may take before failed health checks replace it"),
  deregistrationDelay: integer(0, 3600)
    .default(30)
    .describe("Seconds that the load balancer lets a leaving instance finish its requests"),
  readinessTimeout: integer(10, 7200)
    .default(600)
    .describe("Seconds that an update waits for a fleet to be healthy before it fails"),
  instancePolicyArns: z
    .array(matching(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/\S+$/, "IAM policy ARNs"))
    .default([])
    .describe("IAM policies that the service needs beside those that the stack gives"),
  backendPorts: z
    .array(integer(1, 65535))
    .default([])
    .describe("TCP ports that the fleets may reach inside the VPC beside 443, for example 5432 or 6379"),
  availabilityZoneCount: integer(2, 3)
    .default(2)
    .describe("Availability Zones of the new VPC. Fixed for a stack's life"),
  vpcCidr: cidr
    .default("10.0.0.0/16")
    .describe("IPv4 range of the VPC, /16 to /23; of an existing VPC, its own range. Fixed for a stack's life"),
  natGateways: z
    .enum(["none", "single", "one-per-az"])
    .default("none")
    .describe("NAT gateways of the new VPC. none: the fleets reach AWS through VPC endpoints and nothing else"),
  vpcId: matching(/^vpc-[0-9a-f]{8,17}$/, "a VPC id (vpc-...)")
    .optional()
    .describe("An existing VPC to use instead of a new one. Fixed for a stack's life"),
  publicSubnetIds: subnets.default([]).describe("With vpcId: subnets of the load balancer, two zones or more"),
  privateSubnetIds: subnets.default([]).describe("With vpcId: subnets of the fleets, two zones or more"),
  allowedCidrs: z
    .array(cidr)
    .default([])
    .describe("IPv4 ranges that may reach the service. Must be given; 0.0.0.0/0 means everybody"),
  previewCidrs: z
    .array(cidr)
    .default([])
    .describe("IPv4 ranges that may reach the preview listener (your office, your pipeline); empty: nobody"),
  previewPort: integer(1, 65535).default(9090).describe("Port of the preview listener"),
  domain: matching(/^(?!-)([a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,63}$/, "a lower-case host name such as app.example.com")
    .optional()
    .describe("Host name of the service: HTTPS. Needs hostedZoneId or certificateArn"),
  hostedZoneId: matching(/^Z[A-Z0-9]{1,31}$/, "a Route 53 hosted zone id (Z...)")
    .optional()
    .describe("Route 53 zone of the domain: the alias record and, without certificateArn, the certificate are made"),
  certificateArn: matching(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/, "the ARN of an ACM certificate")
    .optional()
    .describe("An existing ACM certificate, in the stack's region: HTTPS"),
  allowHttp: z.boolean().default(false).describe("Serve plain HTTP when there is neither certificate nor domain"),
  deletionProtection: z
    .boolean()
    .default(true)
    .describe("Protect the load balancer from deletion and its logs from being deleted with it"),
  accessLogs: z.boolean().default(true).describe("Write the load balancer's access logs to a bucket of their own"),
  accessLogRetention: integer(1, 3650).default(90).describe("Days that access logs are kept"),
});

/** A stack's settings, valid as a whole. */
export type Settings = z.output<typeof schema>;

/** One fault of the settings: the full name of the setting, what came, and what is allowed. */
interface Fault {
  name: string;
  value: unknown;
  allowed: string;
}

/**
 * Settings from raw config values (each a string, lists as JSON, the way Pulumi keeps them). An empty text counts as
 * not set: Pulumi.yaml can say "optional" in no other way.
 * @throws RunError with every fault at once: name, value and what is allowed.
 */
export function parseSettings(raw: Record<string, string>): Settings {
  const given = Object.entries(raw).filter(([key, text]) => text !== "" || !(key in schema.shape));
  const result = schema.safeParse(Object.fromEntries(given.map(([key, text]) => [key, decode(key, text)])));
  const faults: Fault[] = result.success
    ? combinationFaults(result.data)
    : result.error.issues.flatMap((issue) => issueFaults(issue, raw));
  if (!result.success || faults.length > 0) throw new pulumi.RunError(faultMessage(faults));
  return result.data;
}

/** The settings of the stack that runs. Reads Pulumi's config; throws as {@link parseSettings} does. */
export function loadSettings(): Settings {
  const prefix = `${namespace}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return parseSettings(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])));
}

/** The part of the settings that traffic depends on, with a missing image filled in from the other colour. */
export function wantedFrom(settings: Settings): Wanted {
  const { blueAmi, greenAmi, instanceType, detailedMonitoring, vpcId, vpcCidr, availabilityZoneCount, appPort } =
    settings;
  const image = { blue: blueAmi ?? greenAmi ?? "", green: greenAmi ?? blueAmi ?? "" };
  return {
    ...settings,
    machines: byColor((color) => ({ imageId: image[color], instanceType, detailedMonitoring })),
    foundation: { vpcId, vpcCidr, availabilityZoneCount, appPort },
  };
}

function decode(key: string, text: string): unknown {
  const type = jsonType(key);
  if (type === undefined || type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const jsonSchema = z.toJSONSchema(schema, { io: "input" });

function jsonType(key: string) {
  const property = jsonSchema.properties?.[key];
  return typeof property === "object" ? property.type : undefined;
}

function issueFaults(issue: z.core.$ZodIssue, raw: Record<string, string>): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const known = `one of ${Object.keys(schema.shape).join(", ")}`;
    return issue.keys.map((key) => ({ name: key, value: raw[key], allowed: `no such setting; ${known}` }));
  }
  const [key, ...path] = issue.path.map(String);
  const whole = decode(key, raw[key]);
  const value: unknown = path.length > 0 && Array.isArray(whole) ? whole[Number(path[0])] : whole;
  return [{ name: [key, ...path].join("."), value, allowed: allowedBy(issue, key) }];
}

function allowedBy(issue: z.core.$ZodIssue, key: string): string {
  const property = jsonSchema.properties?.[key];
  const { minimum, maximum, type } = typeof property === "object" ? property : {};
  if (issue.code === "invalid_value") return issue.values.join(" or ");
  if (type === "integer") return `a whole number from ${minimum} to ${maximum}`;
  if (issue.code === "invalid_type") return type === "array" ? "a list" : `${issue.expected}`;
  return issue.message;
}

function faultMessage(faults: Fault[]): string {
  const lines = faults.map(({ name, value, allowed }) => {
    const came = value === undefined ? "not set" : JSON.stringify(value);
    return `  ${namespace}:${name}: ${came}. Allowed: ${allowed}`;
  });
  const count = faults.length === 1 ? "1 setting is" : `${faults.length} settings are`;
  return `${count} wrong; nothing was changed:\n${lines.join("\n")}`;
}

/** What is wrong between settings that are each valid alone. */
function combinationFaults(settings: Settings): Fault[] {
  const faults: Fault[] = [];
  const fault = (name: keyof Settings, allowed: string) => faults.push({ name, value: settings[name], allowed });
  const { minSize, maxSize, capacityFloor, domain, certificateArn, hostedZoneId, vpcId } = settings;

  if (!settings.blueAmi && !settings.greenAmi) {
    fault(`${settings.activeColor}Ami`, `an image to serve: pulumi config set ${settings.activeColor}Ami ami-...`);
  }
  if (minSize > maxSize) fault("minSize", `at most maxSize (${maxSize})`);
  if (capacityFloor > maxSize) fault("capacityFloor", `at most maxSize (${maxSize})`);
  if (settings.standbyWeight > 0 && settings.standby === "off") {
    fault(
      "standbyWeight",
      `0 while ${other(settings.activeColor)} is the standby and standby is off, which has no instances`,
    );
  }

  if (settings.allowedCidrs.length === 0) {
    fault("allowedCidrs", 'who may reach the service: pulumi config set --path "allowedCidrs[0]" <your address>/32');
  }
  for (const name of ["allowedCidrs", "previewCidrs"] as const) {
    const overlap = overlapping(settings[name]);
    if (overlap) fault(name, `ranges that do not overlap (${overlap.join(" and ")} do)`);
  }
  const prefix = new Address4(settings.vpcCidr).subnetMask;
  if (!vpcId && (prefix < 16 || prefix > 23)) {
    fault(
      "vpcCidr",
      "a prefix from /16 (AWS's limit) to /23 (smaller ones leave subnets too small for a load balancer)",
    );
  }
  if (!vpcId && settings.publicSubnetIds.length > 0) fault("publicSubnetIds", "empty without vpcId");
  if (!vpcId && settings.privateSubnetIds.length > 0) fault("privateSubnetIds", "empty without vpcId");
  if (vpcId && new Set(settings.publicSubnetIds).size < 2)
    fault("publicSubnetIds", "two different subnets or more with vpcId");
  if (vpcId && new Set(settings.privateSubnetIds).size < 2) {
    fault("privateSubnetIds", "two different subnets or more with vpcId");
  }
  if (vpcId && settings.natGateways !== "none") fault("natGateways", "none with vpcId: an existing VPC has its own");

  if (domain && !certificateArn && !hostedZoneId) fault("domain", "needs hostedZoneId or certificateArn beside it");
  if (hostedZoneId && !domain) fault("hostedZoneId", "needs domain beside it");
  if (!domain && !certificateArn && !settings.allowHttp) {
    fault("allowHttp", "true, or set domain or certificateArn: plain HTTP must be asked for");
  }
  const taken = domain || certificateArn ? [80, 443] : [80];
  if (taken.includes(settings.previewPort))
    fault("previewPort", `another port than the service's own (${taken.join(", ")})`);
  if (settings.backendPorts.includes(443)) fault("backendPorts", "ports other than 443, which is open already");
  return faults;
}

function cidrFault(value: string): string | undefined {
  const allowed = "an IPv4 range such as 10.0.0.0/16";
  if (!Address4.isValid(value) || !value.includes("/")) return allowed;
  const start = new Address4(value).startAddress().correctForm();
  const [address, prefix] = value.split("/");
  return address === start ? undefined : `${allowed}; did you mean ${start}/${prefix}?`;
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
