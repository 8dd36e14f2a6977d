import { DescribeKeyCommand, GetKeyPolicyCommand, type KMSClient } from "@aws-sdk/client-kms";
import { policyAllows, type Asked } from "../policy.ts";

/** Who would use a key, for what, and what the request says of itself. */
export interface Use extends Pick<Asked, "principal" | "context"> {
  readonly actions: readonly string[];
}

/**
 * Whether a key's own policy lets somebody use it. What it leaves to IAM's policies (the account as a principal) counts for nobody
 * here: services and service-linked roles have none of them for keys.
 */
export async function keyLets(kms: Pick<KMSClient, "send">, id: string, use: Use): Promise<boolean> {
  const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
  if (!key?.KeyId || key.KeyState !== "Enabled") return false;
  const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: key.KeyId, PolicyName: "default" }));
  const asked = { principal: use.principal, resource: key.Arn ?? "", context: use.context };
  return use.actions.every((action) => policyAllows(Policy, { ...asked, action }));
}
