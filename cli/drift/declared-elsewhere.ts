/**
 * Properties that the provider reads back whole, and whose entries the stack declares as resources of their own, if at all: a
 * security group's rules, a role's policies, a bucket's policy. The state takes them in at any refresh, so they differ on a
 * clean stack, and do not differ on one that somebody has changed.
 */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { StateResource } from "../state/stack-state.ts";

/** What of a property's value no resource of the state declares, for people. */
type Rest = (value: unknown, owner: StateResource, resources: readonly StateResource[]) => readonly unknown[];

/** By type and property; each is filled by the provider's Read (terraform-provider-aws, internal/service, v6). */
const filled: Readonly<Record<string, Readonly<Record<string, Rest>>>> = {
  "aws:ec2/securityGroup:SecurityGroup": {
    ingress: restOfRules("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "from"),
    egress: restOfRules("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "to"),
  },
  // No resource suspends a process: each that is suspended was suspended past the stack.
  "aws:autoscaling/group:Group": { suspendedProcesses: (value) => texts.parse(value) },
  "aws:iam/role:Role": {
    managedPolicyArns: (value, owner, resources) => {
      const own = partsOf("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", owner, resources);
      return lacking(
        texts.parse(value),
        own.map(({ policyArn }) => policyArn),
      );
    },
    // By name: what a policy says is its own resource's.
    inlinePolicies: (value, owner, resources) => {
      const own = partsOf("aws:iam/rolePolicy:RolePolicy", "role", owner, resources);
      const names = named.parse(value).flatMap(({ name }) => name ?? []);
      return lacking(
        names,
        own.map(({ name }) => name),
      );
    },
  },
  "aws:s3/bucket:Bucket": {
    policy: whole("aws:s3/bucketPolicy:BucketPolicy", "bucket"),
    lifecycleRules: whole("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "bucket"),
    serverSideEncryptionConfiguration: whole(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "bucket",
    ),
  },
  "aws:sns/topic:Topic": { policy: whole("aws:sns/topicPolicy:TopicPolicy", "arn") },
  "aws:ec2/routeTable:RouteTable": {
    routes: (value, owner, resources) => {
      const own = partsOf("aws:ec2/route:Route", "routeTableId", owner, resources);
      const found = routes.parse(value).map((one) => one.cidrBlock ?? one.ipv6CidrBlock ?? one.destinationPrefixListId);
      return lacking(
        found,
        own.map(({ destinationCidrBlock }) => destinationCidrBlock),
      );
    },
  },
};

// Pulumi's bridge writes what a resource does not have as nothing, as null or as empty.
const texts = z.array(z.string());
const listed = texts.nullish().transform((list) => list ?? []);
const text = z
  .string()
  .nullish()
  .transform((given) => (given === null || given === "" ? undefined : given));
const port = z
  .number()
  .nullish()
  .transform((given) => given ?? 0);
const named = z.array(z.object({ name: text }));
const routes = z.array(z.object({ cidrBlock: text, ipv6CidrBlock: text, destinationPrefixListId: text }));

/** Properties of a type that resources of their own declare. */
export const declaredElsewhere = (type: string): readonly string[] => Object.keys(filled[type] ?? {});

/**
 * What of a property's value no resource of the state declares; undefined: the property has no resources of its own, or the
 * state doesn't have its owner.
 * @param owner URN of the resource that has the property
 */
export function undeclared(
  owner: string,
  property: string,
  value: unknown,
  resources: readonly StateResource[],
): readonly unknown[] | undefined {
  const found = resources.find(({ urn }) => urn === owner);
  const rest = filled[found?.type ?? ""]?.[property];
  if (found === undefined || rest === undefined) return undefined;
  return value === undefined || value === null || value === "" ? [] : rest(value, found, resources);
}

const lacking = <T>(found: readonly T[], declared: readonly unknown[]): T[] =>
  found.filter((one) => !declared.some((other) => isDeepStrictEqual(one, other)));

/** Outputs of the resources of a type that name `owner` in a property: by its id, or by its ARN. */
function partsOf(
  type: string,
  property: string,
  owner: StateResource,
  resources: readonly StateResource[],
): Readonly<Record<string, unknown>>[] {
  const names = [owner.id, owner.outputs?.["arn"]];
  return resources
    .filter((one) => one.type === type && one.delete !== true)
    .map(({ outputs = {} }) => outputs)
    .filter((outputs) => outputs[property] !== undefined && names.includes(outputs[property]));
}

/** One resource declares all of the value; whether it says the same is that resource's own difference. */
function whole(type: string, property: string): Rest {
  return (value, owner, resources) => (partsOf(type, property, owner, resources).length > 0 ? [] : [value]);
}

/** One rule of a group, as the provider has it in `ingress` and `egress`: several sources in one. */
const blocks = z.array(
  z.object({
    protocol: z.string(),
    fromPort: port,
    toPort: port,
    cidrBlocks: listed,
    ipv6CidrBlocks: listed,
    prefixListIds: listed,
    securityGroups: listed,
    self: z.boolean().nullish(),
  }),
);

/** A rule's own resource: one source. */
const declaredRule = z.object({
  ipProtocol: z.string(),
  fromPort: port,
  toPort: port,
  cidrIpv4: text,
  cidrIpv6: text,
  prefixListId: text,
  referencedSecurityGroupId: text,
});

/** Descriptions count for nothing: they open nothing. */
function restOfRules(type: string, direction: "from" | "to"): Rest {
  const ports = (from: number, to: number) => (from === to ? from : `${from}-${to}`);
  const rule = (protocol: string, from: number, to: number, source = "") =>
    protocol === "-1" ? `everything ${direction} ${source}` : `${protocol} ${ports(from, to)} ${direction} ${source}`;
  return (value, owner, resources) => {
    const found = blocks.parse(value).flatMap((block) => {
      const { cidrBlocks, ipv6CidrBlocks, prefixListIds, securityGroups, self } = block;
      const groups = self ? [...securityGroups, owner.id ?? ""] : securityGroups;
      const sources = [...cidrBlocks, ...ipv6CidrBlocks, ...prefixListIds, ...groups];
      return sources.map((source) => rule(block.protocol, block.fromPort, block.toPort, source));
    });
    const declared = partsOf(type, "securityGroupId", owner, resources).map((outputs) => {
      const one = declaredRule.parse(outputs);
      const source = one.cidrIpv4 ?? one.cidrIpv6 ?? one.prefixListId ?? one.referencedSecurityGroupId;
      return rule(one.ipProtocol, one.fromPort, one.toPort, source);
    });
    return lacking(found, declared);
  };
}
