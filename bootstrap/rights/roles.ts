import { authorizations, recordedCalls } from "./authorization.ts";
import { implied } from "./implied.ts";
import { actionsOf } from "./operations.ts";
import type { Scope } from "./scope.ts";
import { statementsOf, type Statement } from "./statements.ts";

/** Callers that no environment's role has, and why. */
export const nobodys: Readonly<Record<string, string>> = {
  "bluegreen-revoke": "it decides for every stack of the account; a person's own role does it",
  "pulumi-destroy": "a pipeline that can destroy its environment is a setting of its own: mayDestroy",
};

/** What each role is for, by who calls with it. */
export const roles = {
  deploy: (caller: string) => !(caller in nobodys),
  rollback: (caller: string) => ["bluegreen-rollback", "bluegreen-status"].includes(caller),
  destroy: (caller: string) => caller === "pulumi-destroy",
} satisfies Record<string, (caller: string) => boolean>;
export type RoleName = keyof typeof roles;

/** The rights of a caller, with those that come along with its calls. */
export function actionsOfCaller(operations: readonly string[]): readonly string[] {
  const along = implied.filter((one) => operations.includes(one.with)).flatMap(({ actions }) => actions);
  const all = new Set([...operations.flatMap(actionsOf), ...along]);
  return [...all].sort();
}

/** Every right of a role. */
export function actionsOfRole(role: RoleName): readonly string[] {
  const callers = Object.entries(recordedCalls).filter(([caller]) => roles[role](caller));
  return [...new Set(callers.flatMap(([, operations]) => actionsOfCaller(operations)))].sort();
}

/** What a role may do in an environment of the stack. */
export function rightsOf(role: RoleName, scope: Scope): readonly Statement[] {
  return statementsOf(actionsOfRole(role), authorizations, scope);
}
