import { account } from "../autoscaling/groups.ts";
import { AwsError } from "@bluegreen/query-protocol";
import { coversAction, statementsOf } from "../policy.ts";

/** The account itself as a principal: whoever calls has its rights from it. */
const owners = ["*", "AWS *", `AWS ${account}`, `AWS arn:aws:iam::${account}:root`];

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocumentException", message);
}

/** Refuses a key's policy that is none, that speaks of nobody, or that would lock everybody out of the key. */
export function checkKeyPolicy(policy: unknown, bypassLockoutCheck: unknown): void {
  const statements = statementsOf(policy);
  if (!statements) throw malformed("Policy document is not a valid JSON policy.");
  if (statements.some(({ principals }) => principals.length === 0)) {
    throw malformed("Policy contains a statement with no principal.");
  }
  const administered = statements.some(
    (statement) =>
      statement.allows &&
      coversAction(statement, "kms:PutKeyPolicy") &&
      statement.principals.some((one) => owners.includes(one)),
  );
  if (!administered && bypassLockoutCheck !== true) {
    throw malformed("The new key policy will not allow you to update the key policy in the future.");
  }
}
