import type { Registered } from "../program.ts";

type Values = Record<string, unknown>;

/** Types whose name in Terraform isn't the module's and the resource's own, one after the other. */
const renamed: Record<string, string> = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "aws_default_security_group",
  "aws:ec2/flowLog:FlowLog": "aws_flow_log",
  "aws:ec2/launchTemplate:LaunchTemplate": "aws_launch_template",
  "aws:ec2/securityGroup:SecurityGroup": "aws_security_group",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "aws_vpc_endpoint",
  "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
  // A component of awsx's; of the resources inside it, which no program registers under mocks, it is the VPC alone.
  "awsx:ec2:Vpc": "aws_vpc",
};

/** What awsx makes of its own arguments beside the VPC. */
const beside = new Set(["availabilityZoneNames", "natGateways", "subnetStrategy"]);

/** Objects that are an argument of free keys; each other object is a block. */
const maps = new Set(["tags", "dimensions"]);

/** What the mocks of test/program.ts answer in place of an attribute, beside the id: the attribute by type. */
const answered: Record<string, (name: string) => Record<string, string>> = {
  aws_acm_certificate: () => ({ "arn:aws:acm:eu-central-1:111111111111:certificate/new": "arn" }),
  aws_autoscaling_group: (name) => ({ [`${name}-1234567`]: "name" }),
  aws_cloudwatch_log_group: (name) => ({ [`arn:aws:logs:eu-central-1:111111111111:log-group:${name}`]: "arn" }),
  aws_iam_role: (name) => ({ [name]: "name" }),
  aws_lb: () => ({ "arn:alb": "arn", "alb.example": "dns_name", ZALB: "zone_id" }),
  aws_s3_bucket: (name) => ({ [name]: "id" }),
  aws_sns_topic: (name) => ({ [`arn:aws:sns:eu-central-1:111111111111:${name}-1234567`]: "arn" }),
  aws_vpc: () => ({ "vpc-0a0a0a0a": "id" }),
};

/** Inputs that don't follow the rule: Terraform's argument or block. */
const irregular: Record<string, string> = {
  blockDeviceMappings: "block_device_mappings",
  networkInterfaces: "network_interfaces",
  tagSpecifications: "tag_specifications",
  vpcZoneIdentifiers: "vpc_zone_identifier",
};

/** Arguments that Terraform needs and Pulumi makes of the resource's own name. */
const nameArguments: Record<string, string> = {
  aws_autoscaling_policy: "name",
  aws_cloudwatch_metric_alarm: "alarmName",
  aws_dynamodb_table: "name",
};

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** Pulumi names a list of blocks by the plural of the block's name. */
const singular = (name: string) => name.replace(/ies$/, "y").replace(/(alias)es$|([^s])s$/, "$1$2");
const label = (name: string) => name.replace(/[^A-Za-z0-9]/g, "_");

/** The type in Terraform's provider that the type of Pulumi's is bridged from. */
export function terraformType(type: string): string {
  const bridged = /^aws:(\w+)\/(\w+):\w+$/.exec(type);
  if (renamed[type]) return renamed[type];
  if (!bridged) throw new Error(`${type} is no resource of the AWS provider's: name its type in terraform.ts`);
  return `aws_${bridged[1]}_${snake(bridged[2])}`;
}

/**
 * Writes resources as Terraform has them, with their references.
 * @throws for a type outside the AWS provider that is not named, and for two resources of one address.
 */
export function hcl(resources: readonly Registered[]): string {
  const known = new Map<string, string>();
  const addresses = new Set<string>();
  for (const { name, type } of resources) {
    const kind = terraformType(type);
    const address = `${kind}.${label(name)}`;
    if (addresses.has(address)) throw new Error(`two resources are ${address}: ${name}`);
    addresses.add(address);
    const values = { [`${name}-id`]: "id", [`arn:${name}`]: "arn", ...answered[kind]?.(name) };
    for (const [value, attribute] of Object.entries(values)) known.set(value, `${address}.${attribute}`);
  }
  return resources
    .map(({ name, type, inputs }) => {
      const kind = terraformType(type);
      const own = kind === "aws_vpc" ? without(inputs, beside) : inputs;
      const given = nameArguments[kind] ? Object.assign({ [nameArguments[kind]]: name }, own) : own;
      return `resource "${kind}" "${label(name)}" {\n${body(given, known, `${kind}.${label(name)}.`)}}\n`;
    })
    .join("\n");
}

const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const without = (inputs: Values, keys: ReadonlySet<string>): Values =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.has(key)));

/** @param own address of the resource, which does not refer to itself */
function body(inputs: Values, known: Map<string, string>, own: string): string {
  return Object.entries(inputs)
    .filter(([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => {
      const blocks = Array.isArray(value) && value.every(isObject);
      if (blocks)
        return value.map((one) => `${irregular[key] ?? snake(singular(key))} {\n${body(one, known, own)}}\n`).join("");
      if (isObject(value) && !maps.has(key)) return `${snake(key)} {\n${body(value, known, own)}}\n`;
      return `${irregular[key] ?? snake(key)} = ${expression(value, known, own)}\n`;
    })
    .join("");
}

function expression(value: unknown, known: Map<string, string>, own: string): string {
  if (Array.isArray(value)) return `[${value.map((one) => expression(one, known, own)).join(", ")}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([key, one]) => `${JSON.stringify(key)} = ${expression(one, known, own)}`,
    );
    return `{\n${members.join("\n")}\n}`;
  }
  // Pulumi has a text where Terraform's booleans may also be unset.
  if (typeof value !== "string" || value === "true" || value === "false") return String(value);
  const reference = known.get(value);
  if (reference !== undefined && !reference.startsWith(own)) return reference;
  return JSON.stringify(value).replace(/[$%]\{/g, (sign) => sign[0] + sign);
}
