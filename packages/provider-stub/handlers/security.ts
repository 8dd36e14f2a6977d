import * as ec2 from "@aws-sdk/client-ec2";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Update } from "../row.ts";
import { fromAws, type Props, shape, tagMap, toAws } from "../shape.ts";
import { retrying } from "../wait.ts";
import { ec2Tagging, tagsAtCreation } from "./ec2-tags.ts";

const groupArgs = shape("name=GroupName description vpcId revokeRulesOnDelete:own tags:own");

async function groupOf(id: string, cloud: Cloud): Promise<ec2.SecurityGroup | undefined> {
  return (await ifThere(cloud.ec2.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] }))))
    ?.SecurityGroups?.[0];
}

/** One block for each protocol, ports and description, whoever made the rules: `securityGroupIPPermGather` of the official provider. */
function ruleBlocks({ GroupId, OwnerId }: ec2.SecurityGroup, permissions: readonly ec2.IpPermission[] = []): Props[] {
  const blocks = new Map<string, Props>();
  const add = ({ IpProtocol, FromPort = 0, ToPort = 0 }: ec2.IpPermission, description = "", entry: Props) => {
    const key = [IpProtocol, FromPort, ToPort, description].join("-");
    const empty = { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, description, self: false };
    const block: Props = blocks.get(key) ?? empty;
    for (const [name, value] of Object.entries(entry))
      block[name] = Array.isArray(value)
        ? [...((block[name] as unknown[] | undefined) ?? []), ...(value as unknown[])]
        : value;
    blocks.set(key, block);
  };
  for (const permission of permissions) {
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
    for (const { CidrIp, Description } of IpRanges) add(permission, Description, { cidrBlocks: [CidrIp] });
    for (const { CidrIpv6, Description } of Ipv6Ranges) add(permission, Description, { ipv6CidrBlocks: [CidrIpv6] });
    for (const { PrefixListId, Description } of PrefixListIds)
      add(permission, Description, { prefixListIds: [PrefixListId] });
    for (const pair of UserIdGroupPairs) {
      const foreign = pair.UserId && pair.UserId !== OwnerId ? `${pair.UserId}/` : "";
      const group = pair.GroupId === GroupId ? { self: true } : { securityGroups: [`${foreign}${pair.GroupId}`] };
      add(permission, pair.Description, group);
    }
  }
  return [...blocks.values()];
}

/** A group as the official provider reads it, with every rule in it; undefined: it is gone. */
export async function securityGroupProps(id: string, cloud: Cloud): Promise<Props | undefined> {
  const found = await groupOf(id, cloud);
  if (!found) return undefined;
  const arn = found.SecurityGroupArn ?? `arn:aws:ec2:${cloud.region}:${found.OwnerId}:security-group/${id}`;
  const rules = {
    ingress: ruleBlocks(found, found.IpPermissions),
    egress: ruleBlocks(found, found.IpPermissionsEgress),
  };
  return { ...fromAws(groupArgs, found), ...rules, tags: tagMap(found.Tags), arn, ownerId: found.OwnerId };
}

const securityGroup: Row = {
  type: "aws:ec2/securityGroup:SecurityGroup",
  args: groupArgs,
  replace: "name description vpcId",
  name: { max: 255 },
  tagging: ec2Tagging,
  defaults: (inputs) => ({ description: "Managed by Pulumi", ...inputs }),
  async create(inputs, cloud) {
    const request = {
      ...toAws<ec2.CreateSecurityGroupCommandInput>(groupArgs, inputs),
      ...tagsAtCreation("security-group", inputs),
    };
    return (await cloud.ec2.send(new ec2.CreateSecurityGroupCommand(request))).GroupId ?? "";
  },
  async settle(id, _inputs, cloud) {
    // The official provider takes away the rule that lets everything out, with which AWS makes each group.
    const IpPermissions = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await cloud.ec2.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions }));
  },
  read: securityGroupProps,
  async remove(id, state, cloud) {
    const found = state.revokeRulesOnDelete === true ? await groupOf(id, cloud) : undefined;
    if (found?.IpPermissions?.length) {
      const request = { GroupId: id, IpPermissions: found.IpPermissions };
      await cloud.ec2.send(new ec2.RevokeSecurityGroupIngressCommand(request));
    }
    if (found?.IpPermissionsEgress?.length) {
      const request = { GroupId: id, IpPermissions: found.IpPermissionsEgress };
      await cloud.ec2.send(new ec2.RevokeSecurityGroupEgressCommand(request));
    }
    const go = () => ifThere(cloud.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: id })));
    await retrying(/^(DependencyViolation|InvalidGroup\.InUse)/, 15, cloud, go);
  },
};

const ruleArgs = shape(`securityGroupId:own ipProtocol fromPort toPort description cidrIpv4 cidrIpv6 prefixListId
  referencedSecurityGroupId:own tags:own`);

function permission(inputs: Props): ec2.IpPermission {
  const Description = inputs.description as string | undefined;
  const text = (name: string) => inputs[name] as string | undefined;
  const [CidrIp, CidrIpv6, PrefixListId, GroupId] = [
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "referencedSecurityGroupId",
  ].map(text);
  return {
    IpProtocol: text("ipProtocol"),
    FromPort: inputs.fromPort as number | undefined,
    ToPort: inputs.toPort as number | undefined,
    IpRanges: CidrIp ? [{ CidrIp, Description }] : undefined,
    Ipv6Ranges: CidrIpv6 ? [{ CidrIpv6, Description }] : undefined,
    PrefixListIds: PrefixListId ? [{ PrefixListId, Description }] : undefined,
    UserIdGroupPairs: GroupId ? [{ GroupId, Description }] : undefined,
  };
}

async function ruleOf(id: string, cloud: Cloud): Promise<ec2.SecurityGroupRule | undefined> {
  const request = new ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
  return (await ifThere(cloud.ec2.send(request)))?.SecurityGroupRules?.[0];
}

async function readRule(id: string, cloud: Cloud): Promise<Props | undefined> {
  const found = await ruleOf(id, cloud);
  if (!found) return undefined;
  // AWS answers -1 for "all ports", which the official provider leaves unset.
  const port = (value: number | undefined) => (value === -1 && found.IpProtocol === "-1" ? undefined : value);
  return {
    ...fromAws(ruleArgs, found),
    fromPort: port(found.FromPort),
    toPort: port(found.ToPort),
    securityGroupId: found.GroupId,
    referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
    securityGroupRuleId: id,
    tags: tagMap(found.Tags),
    arn: `arn:aws:ec2:${cloud.region}:${found.GroupOwnerId}:security-group-rule/${id}`,
  };
}

async function updateRule({ id, news, changed }: Update, cloud: Cloud): Promise<void> {
  if (![...ruleArgs.keys()].some((arg) => arg !== "tags" && changed(arg))) return;
  const SecurityGroupRule = {
    ...toAws(ruleArgs, news),
    ReferencedGroupId: news.referencedSecurityGroupId as string | undefined,
  };
  const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule }];
  await cloud.ec2.send(
    new ec2.ModifySecurityGroupRulesCommand({ GroupId: String(news.securityGroupId), SecurityGroupRules }),
  );
}

function sourcesFault(inputs: Props): { property: string; reason: string }[] {
  const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
  const given = sources.filter((name) => inputs[name] !== undefined);
  const reason = `give exactly one of ${sources.join(", ")}; given: ${given.join(", ") || "none"}`;
  return given.length === 1 ? [] : [{ property: given[1] ?? "cidrIpv4", reason }];
}

/** The calls in which the directions differ. */
interface Direction {
  readonly type: string;
  readonly authorize: (
    request: ec2.AuthorizeSecurityGroupIngressCommandInput & ec2.AuthorizeSecurityGroupEgressCommandInput,
    cloud: Cloud,
  ) => Promise<{ SecurityGroupRules?: ec2.SecurityGroupRule[] }>;
  readonly revoke: (request: { GroupId: string; SecurityGroupRuleIds: string[] }, cloud: Cloud) => Promise<unknown>;
}

function ruleRow({ type, authorize, revoke }: Direction): Row {
  return {
    type,
    args: ruleArgs,
    replace: "securityGroupId",
    tagging: ec2Tagging,
    check: sourcesFault,
    async create(inputs, cloud) {
      const request = { GroupId: String(inputs.securityGroupId), IpPermissions: [permission(inputs)] };
      const made = await authorize({ ...request, ...tagsAtCreation("security-group-rule", inputs) }, cloud);
      return made.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
    },
    read: readRule,
    update: updateRule,
    async remove(id, state, cloud) {
      await ifThere(revoke({ GroupId: String(state.securityGroupId), SecurityGroupRuleIds: [id] }, cloud));
    },
  };
}

const ingressRule = ruleRow({
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  authorize: (request, cloud) => cloud.ec2.send(new ec2.AuthorizeSecurityGroupIngressCommand(request)),
  revoke: (request, cloud) => cloud.ec2.send(new ec2.RevokeSecurityGroupIngressCommand(request)),
});

const egressRule = ruleRow({
  type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  authorize: (request, cloud) => cloud.ec2.send(new ec2.AuthorizeSecurityGroupEgressCommand(request)),
  revoke: (request, cloud) => cloud.ec2.send(new ec2.RevokeSecurityGroupEgressCommand(request)),
});

/** What may talk to what: security groups and their rules. */
export const securityRows: Row[] = [securityGroup, ingressRule, egressRule];
