import { Address4 } from "ip-address";
import { z } from "zod";
import { colors } from "./colors.ts";

const integer = (min: number, max: number) => z.int().min(min).max(max);
const matching = (pattern: RegExp, allowed: string) => z.string().regex(pattern, { error: allowed });
const ami = matching(
  /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/,
  "a pinned image id: ami- and 8 or 17 hexadecimal digits (never an alias such as latest or resolve:ssm:)",
);
const subnets = z.array(matching(/^subnet-[0-9a-f]{8,17}$/, "subnet ids (subnet-...)"));
const amount = (min: number, max: number) => z.number().min(min).max(max);
const cidr = z.string().superRefine((value, context) => {
  const fault = cidrFault(value);
  if (fault) context.addIssue({ code: "custom", message: fault });
});

/** Days that CloudWatch Logs can keep events for (its API's PutRetentionPolicy). */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Settings whose values are never shown. */
export const secrets: ReadonlySet<string> = new Set(["slackWebhook"]);

/** Every setting: type, bounds, default and meaning, stated once. Pulumi.yaml and docs/settings.md are made from it. */
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
  previewSize: integer(0, 1000)
    .default(0)
    .describe("Instances of a warm standby that is only being tried; 0: serving size. It counts above capacityFloor"),
  releaseRevision: integer(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe(
      "Which release settings these are, written by the release commands: older ones than the last command's move no traffic",
    ),
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
  volumeInitializationRate: integer(0, 300)
    .default(0)
    .describe(
      "MiB a second at which EBS loads an instance's volume from its image, 100 or more, paid by the GiB; 0: as it is read. " +
        "It reaches a fleet only while that fleet does not serve",
    ),
  appPort: integer(1024, 65535)
    .default(3000)
    .describe("TCP port that the service listens on. Fixed for a stack's life"),
  healthCheckPath: matching(/^\/\S*$/, "a path that begins with /")
    .default("/readyz")
    .describe("Path that answers 200 when an instance may serve. It reaches a fleet with its next image"),
  versionPath: matching(/^\/\S*$/, "a path that begins with /")
    .default("/version")
    .describe(
      "Path that the gate asks through the preview listener: JSON with the version. It reaches a fleet with its next image",
    ),
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
  instanceBoundaryArn: matching(/^arn:aws[a-z-]*:iam::\d{12}:policy\/\S+$/, "the ARN of an IAM policy")
    .optional()
    .describe(
      "Permissions boundary of the instances' roles, which bootstrap/ makes: more than it nobody can give them",
    ),
  backendPorts: z
    .array(integer(1, 65535))
    .default([])
    .describe("TCP ports that the fleets may reach inside the VPC beside 443, for example 5432 or 6379"),
  availabilityZoneCount: integer(2, 3)
    .default(2)
    .describe("Availability Zones of the new VPC. Fixed for a stack's life"),
  availabilityZones: z
    .array(matching(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "zone names such as eu-central-1a"))
    .default([])
    .describe(
      "Availability Zones of the new VPC by name, availabilityZoneCount of them; empty: the first by name that offer instanceType. Fixed for a stack's life",
    ),
  vpcCidr: cidr
    .default("10.0.0.0/16")
    .describe("IPv4 range of the VPC, /16 to /23; of an existing VPC, its own range. Fixed for a stack's life"),
  natGateways: z
    .enum(["none", "single", "one-per-az"])
    .default("none")
    .describe("NAT gateways of the new VPC. none: the fleets reach AWS through VPC endpoints and nothing else"),
  trustedAccounts: z
    .array(matching(/^\d{12}$/, "ids of AWS accounts, 12 digits each"))
    .default([])
    .describe(
      "With natGateways none: AWS accounts whose buckets the fleets may use beside the stack's own; every other is out of reach",
    ),
  flowLogs: z
    .boolean()
    .default(false)
    .describe("Record who talks to whom in the new VPC (VPC Flow Logs), kept for logRetention days"),
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
  domain: matching(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    "a lower-case host name such as app.example.com",
  )
    .optional()
    .describe("Host name of the service: HTTPS. Needs hostedZoneId or certificateArn"),
  hostedZoneId: matching(/^Z[A-Z0-9]{1,31}$/, "a Route 53 hosted zone id (Z...)")
    .optional()
    .describe("Route 53 zone of the domain: the alias record and, without certificateArn, the certificate are made"),
  certificateArn: matching(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/, "the ARN of an ACM certificate")
    .optional()
    .describe("An existing ACM certificate for domain, in the stack's region"),
  allowHttp: z.boolean().default(false).describe("Serve plain HTTP when there is neither certificate nor domain"),
  hstsMaxAge: integer(0, 63_072_000)
    .default(31_536_000)
    .describe(
      "Seconds for which browsers ask for HTTPS alone, once they have been here (Strict-Transport-Security of the HTTPS listener); 0: no such header",
    ),
  webAclArn: matching(
    /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/\S+$/,
    "the ARN of a regional AWS WAF web ACL",
  )
    .optional()
    .describe("An existing web ACL of AWS WAF to stand before the load balancer"),
  waf: z
    .boolean()
    .default(false)
    .describe("A web ACL of the stack's own before the load balancer: managed rules of AWS, and wafRateLimit"),
  wafRateLimit: integer(10, 2_000_000_000)
    .default(2000)
    .describe("With waf: requests that one address may send in five minutes before it is blocked"),
  deletionProtection: z
    .boolean()
    .default(true)
    .describe("Protect the load balancer from deletion and its logs from being deleted with it"),
  accessLogs: z
    .boolean()
    .default(true)
    .describe(
      "Write the load balancer's access logs to a bucket of their own. Switched off, the bucket of a protected stack stays in AWS",
    ),
  accessLogRetention: integer(1, 3650).default(90).describe("Days that access logs are kept"),
  logRetention: z
    .literal(logRetentions)
    .default(30)
    .describe("Days that the fleets' and the jobs' logs are kept, of those that CloudWatch Logs knows"),
  customerKey: z
    .boolean()
    .default(false)
    .describe(
      "One KMS key of the stack's own for volumes, logs, topic and table. It reaches a fleet only while that fleet does not serve. On for a stack's life",
    ),
  alarmErrorPercent: amount(0, 100)
    .default(1)
    .describe("Share of 5xx answers, in percent, above which a colour's alarm sounds"),
  alarmP95Seconds: amount(0.001, 60)
    .default(1)
    .describe("Seconds above which a colour's alarm on the time of 95 % of the answers sounds"),
  alarmP99Seconds: amount(0.001, 60)
    .default(3)
    .describe("Seconds above which a colour's alarm on the time of 99 % of the answers sounds"),
  runbookUrl: matching(/^https:\/\/[^\s/]+\/[^\s#]*$/, "an https URL without a #")
    .optional()
    .describe(
      "Where people find docs/runbook.md: alarms and the dashboard link its sections; missing: its path is named",
    ),
  degradedAlarm: z
    .boolean()
    .default(false)
    .describe("Make an alarm that sounds while instances log that a backing service such as Redis is away"),
  notificationEmails: z
    .array(matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "e-mail addresses"))
    .default([])
    .describe("Who is told of alarms and releases; each address must confirm once"),
  slackWebhook: matching(/^https:\/\/[^\s/]+\/\S+$/, "an https URL")
    .optional()
    .describe("Slack webhook that is told of releases. A secret: pulumi config set --secret slackWebhook https://..."),
  onPurpose: z
    .array(z.enum(["instancePolicyArns", "previewCidrs"]))
    .default([])
    .describe(
      "Settings whose dangerous values are meant: an administrator's policies, a preview that everybody may reach",
    ),
  promoteFrom: matching(/^[A-Za-z0-9._-]{1,100}$/, "a stack's name such as staging")
    .optional()
    .describe("Stack that must have served an image before a release here may take it"),
  imageSigningKey: matching(
    /^(arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|(mrk-)?[0-9a-f-]{32,36})$/,
    "a KMS key: its ARN, alias/<name>, or its id",
  )
    .optional()
    .describe(
      "KMS key that must have signed an image before a release here may take it; unset: no signature is asked for",
    ),
});

/** A stack's settings, valid as a whole. */
export type Settings = z.output<typeof schema>;

/** Whether a setting's raw value is its text as it stands: a string, or one of several words. Everything else is JSON. */
export function isText(key: keyof Settings): boolean {
  let setting: z.core.$ZodType = schema.shape[key];
  while (setting instanceof z.ZodDefault || setting instanceof z.ZodOptional) setting = setting.unwrap();
  return setting instanceof z.ZodString || setting instanceof z.ZodEnum;
}

/** Made when it is first asked for: a sound update needs no JSON schema. */
let jsonSchema: ReturnType<typeof toJsonSchema> | undefined;
const toJsonSchema = () => z.toJSONSchema(schema, { io: "input" });

/** A setting as JSON schema has it; undefined: there is no such setting. */
export function property(key: string) {
  jsonSchema ??= toJsonSchema();
  const found = Object.hasOwn(schema.shape, key) ? jsonSchema.properties?.[key] : undefined;
  return typeof found === "object" ? found : undefined;
}

function cidrFault(value: string): string | undefined {
  const allowed = "an IPv4 range such as 10.0.0.0/16";
  if (!Address4.isValid(value) || !value.includes("/")) return allowed;
  const start = new Address4(value).startAddress().correctForm();
  const [address, prefix] = value.split("/");
  return address === start ? undefined : `${allowed}; did you mean ${start}/${prefix}?`;
}
