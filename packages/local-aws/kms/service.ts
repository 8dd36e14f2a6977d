import type { PassOn, Reply } from "../call.ts";
import type { JsonCall } from "../json.ts";
import { checkKeyPolicy } from "./refusals.ts";

/** KMS: moto's, except that it takes any text for a key's policy. */
export async function answerKms({ action, input }: JsonCall, passOn: PassOn): Promise<Reply> {
  const { Policy, BypassPolicyLockoutSafetyCheck } = input as Record<string, unknown>;
  const sets = action === "PutKeyPolicy" || (action === "CreateKey" && Policy !== undefined);
  if (sets) checkKeyPolicy(Policy, BypassPolicyLockoutSafetyCheck);
  return passOn();
}
