import { GetInstanceProfileCommand, ListAttachedRolePoliciesCommand, type IAMClient } from "@aws-sdk/client-iam";

/** Names of the policies that are attached to the role of an instance profile. */
export async function attachedPolicies(iam: IAMClient, instanceProfileArn: string): Promise<string[]> {
  const InstanceProfileName = instanceProfileArn.split("/").at(-1) ?? "";
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  const RoleName = InstanceProfile?.Roles?.[0]?.RoleName;
  if (RoleName === undefined) return [];
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  return AttachedPolicies.map(({ PolicyName = "" }) => PolicyName);
}
