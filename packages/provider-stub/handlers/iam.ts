import * as iam from "@aws-sdk/client-iam";
import { ifThere } from "../errors.ts";
import type { Cloud, Row, Tagging } from "../row.ts";
import { fromAws, type Props, shape, tagList, tagMap, text, toAws } from "../shape.ts";
import { retrying, until } from "../wait.ts";

const PROPAGATION_MINUTES = 2;

const roleArgs = shape(`name=RoleName path description maxSessionDuration assumeRolePolicy=AssumeRolePolicyDocument
  permissionsBoundary:own forceDetachPolicies:own tags:own`);

const roleTagging: Tagging = {
  tag: (RoleName, tags, cloud) => cloud.iam.send(new iam.TagRoleCommand({ RoleName, Tags: tagList(tags) })),
  untag: (RoleName, TagKeys, cloud) => cloud.iam.send(new iam.UntagRoleCommand({ RoleName, TagKeys })),
};

async function roleOf(RoleName: string, cloud: Cloud): Promise<iam.Role | undefined> {
  return (await ifThere(cloud.iam.send(new iam.GetRoleCommand({ RoleName }))))?.Role;
}

async function detachAll(RoleName: string, cloud: Cloud): Promise<void> {
  const attached = await ifThere(cloud.iam.send(new iam.ListAttachedRolePoliciesCommand({ RoleName })));
  for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
    await ifThere(cloud.iam.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn })));
  }
  const inline = await ifThere(cloud.iam.send(new iam.ListRolePoliciesCommand({ RoleName })));
  for (const PolicyName of inline?.PolicyNames ?? []) {
    await ifThere(cloud.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
}

/** All that the role may do, whoever gave it: the official provider reads both lists back. */
async function policiesOf(RoleName: string, cloud: Cloud): Promise<Props> {
  const attached = await ifThere(cloud.iam.send(new iam.ListAttachedRolePoliciesCommand({ RoleName })));
  const inline = await ifThere(cloud.iam.send(new iam.ListRolePoliciesCommand({ RoleName })));
  const inlinePolicies = [];
  for (const PolicyName of inline?.PolicyNames ?? []) {
    const found = await ifThere(cloud.iam.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName })));
    if (found) inlinePolicies.push({ name: PolicyName, policy: decodeURIComponent(found.PolicyDocument ?? "") });
  }
  return { managedPolicyArns: (attached?.AttachedPolicies ?? []).map(({ PolicyArn }) => PolicyArn), inlinePolicies };
}

const role: Row = {
  type: "aws:iam/role:Role",
  args: roleArgs,
  replace: "name path",
  name: { max: 64 },
  tagging: roleTagging,
  async create(inputs, cloud) {
    const request = {
      ...toAws<iam.CreateRoleCommandInput>(roleArgs, inputs),
      PermissionsBoundary: inputs.permissionsBoundary as string | undefined,
      Tags: tagList(inputs.tags),
    };
    return (await cloud.iam.send(new iam.CreateRoleCommand(request))).Role?.RoleName ?? "";
  },
  async read(name, cloud) {
    const found = await roleOf(name, cloud);
    return (
      found && {
        ...fromAws(roleArgs, found),
        assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
        permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
        ...(await policiesOf(name, cloud)),
        tags: tagMap(found.Tags),
        arn: found.Arn,
        uniqueId: found.RoleId,
        createDate: found.CreateDate?.toISOString(),
      }
    );
  },
  async update({ id, news, changed }, cloud) {
    const RoleName = id;
    if (changed("assumeRolePolicy")) {
      const PolicyDocument = String(news.assumeRolePolicy);
      await cloud.iam.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    if (changed("description", "maxSessionDuration")) {
      const { description = "", maxSessionDuration } = news;
      const request = { ...toAws(roleArgs, { description, maxSessionDuration }), RoleName };
      await cloud.iam.send(new iam.UpdateRoleCommand(request));
    }
    if (changed("permissionsBoundary")) {
      const PermissionsBoundary = news.permissionsBoundary as string | undefined;
      if (PermissionsBoundary)
        await cloud.iam.send(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
      else await cloud.iam.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }));
    }
  },
  async remove(RoleName, state, cloud) {
    const profiles = await ifThere(cloud.iam.send(new iam.ListInstanceProfilesForRoleCommand({ RoleName })));
    for (const { InstanceProfileName } of profiles?.InstanceProfiles ?? []) {
      await ifThere(cloud.iam.send(new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName })));
    }
    if (state.forceDetachPolicies === true) await detachAll(RoleName, cloud);
    const go = () => ifThere(cloud.iam.send(new iam.DeleteRoleCommand({ RoleName })));
    await retrying(/^DeleteConflict/, PROPAGATION_MINUTES, cloud, go);
  },
};

const policyArgs = shape("name=PolicyName policy=PolicyDocument role=RoleName");

function partsOf(id: string): { RoleName: string; PolicyName: string } {
  const [RoleName, PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
}

async function putPolicy(inputs: Props, cloud: Cloud): Promise<void> {
  await cloud.iam.send(new iam.PutRolePolicyCommand(toAws<iam.PutRolePolicyCommandInput>(policyArgs, inputs)));
}

const rolePolicy: Row = {
  type: "aws:iam/rolePolicy:RolePolicy",
  args: policyArgs,
  replace: "name role",
  name: { max: 128 },
  async create(inputs, cloud) {
    await putPolicy(inputs, cloud);
    return `${text(inputs.role)}:${text(inputs.name)}`;
  },
  async read(id, cloud) {
    const found = await ifThere(cloud.iam.send(new iam.GetRolePolicyCommand(partsOf(id))));
    return found && { ...fromAws(policyArgs, found), policy: decodeURIComponent(found.PolicyDocument ?? "") };
  },
  async update({ news }, cloud) {
    await putPolicy(news, cloud);
  },
  async remove(id, _state, cloud) {
    await ifThere(cloud.iam.send(new iam.DeleteRolePolicyCommand(partsOf(id))));
  },
};

const attachmentArgs = shape("role=RoleName policyArn");

const rolePolicyAttachment: Row = {
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  args: attachmentArgs,
  replace: "role policyArn",
  // Made first and deleted second, the new attachment would be the very one that goes.
  deleteFirst: true,
  async create(inputs, cloud) {
    await cloud.iam.send(
      new iam.AttachRolePolicyCommand(toAws<iam.AttachRolePolicyCommandInput>(attachmentArgs, inputs)),
    );
    return `${text(inputs.role)}/${text(inputs.policyArn)}`;
  },
  async read(id, cloud) {
    const [role, policyArn] = [id.slice(0, id.indexOf("/")), id.slice(id.indexOf("/") + 1)];
    const attached = await ifThere(cloud.iam.send(new iam.ListAttachedRolePoliciesCommand({ RoleName: role })));
    return attached?.AttachedPolicies?.some((one) => one.PolicyArn === policyArn) ? { role, policyArn } : undefined;
  },
  async remove(_id, state, cloud) {
    const request = toAws<iam.DetachRolePolicyCommandInput>(attachmentArgs, state);
    await ifThere(cloud.iam.send(new iam.DetachRolePolicyCommand(request)));
  },
};

const profileArgs = shape("name=InstanceProfileName path role:own tags:own");

const profileTagging: Tagging = {
  tag: (InstanceProfileName, tags, cloud) =>
    cloud.iam.send(new iam.TagInstanceProfileCommand({ InstanceProfileName, Tags: tagList(tags) })),
  untag: (InstanceProfileName, TagKeys, cloud) =>
    cloud.iam.send(new iam.UntagInstanceProfileCommand({ InstanceProfileName, TagKeys })),
};

async function addRole(InstanceProfileName: string, role: unknown, cloud: Cloud): Promise<void> {
  if (!role) return;
  const request = new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: text(role) });
  await retrying(/^InvalidParameterValue/, PROPAGATION_MINUTES, cloud, () => cloud.iam.send(request));
}

async function removeRole(InstanceProfileName: string, role: unknown, cloud: Cloud): Promise<void> {
  if (!role) return;
  const request = new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: text(role) });
  await ifThere(cloud.iam.send(request));
}

async function profileOf(InstanceProfileName: string, cloud: Cloud): Promise<iam.InstanceProfile | undefined> {
  return (await ifThere(cloud.iam.send(new iam.GetInstanceProfileCommand({ InstanceProfileName }))))?.InstanceProfile;
}

const instanceProfile: Row = {
  type: "aws:iam/instanceProfile:InstanceProfile",
  args: profileArgs,
  replace: "name path",
  name: { max: 128 },
  tagging: profileTagging,
  async create(inputs, cloud) {
    const request = {
      ...toAws<iam.CreateInstanceProfileCommandInput>(profileArgs, inputs),
      Tags: tagList(inputs.tags),
    };
    return (
      (await cloud.iam.send(new iam.CreateInstanceProfileCommand(request))).InstanceProfile?.InstanceProfileName ?? ""
    );
  },
  async settle(name, inputs, cloud) {
    await addRole(name, inputs.role, cloud);
    await until(`instance profile ${name}`, PROPAGATION_MINUTES, cloud, async () =>
      (await profileOf(name, cloud)) ? { done: true } : { missing: "it can't be read yet" },
    );
  },
  async read(name, cloud) {
    const found = await profileOf(name, cloud);
    return (
      found && {
        ...fromAws(profileArgs, found),
        role: found.Roles?.[0]?.RoleName ?? null,
        tags: tagMap(found.Tags),
        arn: found.Arn,
        uniqueId: found.InstanceProfileId,
        createDate: found.CreateDate?.toISOString(),
      }
    );
  },
  async update({ id, news, olds, changed }, cloud) {
    if (!changed("role")) return;
    await removeRole(id, olds.role, cloud);
    await addRole(id, news.role, cloud);
  },
  async remove(name, state, cloud) {
    await removeRole(name, state.role, cloud);
    await ifThere(cloud.iam.send(new iam.DeleteInstanceProfileCommand({ InstanceProfileName: name })));
  },
};

/** Who an instance is: role, policies, instance profile. */
export const iamRows: Row[] = [role, rolePolicy, rolePolicyAttachment, instanceProfile];
