import type { Authorization } from "./authorization.ts";
import { grantsOf, type Condition } from "./grants.ts";
import type { Scope } from "./scope.ts";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Condition;
}

/** Characters of a managed policy, blanks not counted (IAM and STS quotas). */
export const policyLimit = 6144;

/** Statements that allow the actions where they belong, and no wider. @throws Error for an action that the reference lacks */
export function statementsOf(
  actions: readonly string[],
  authorizations: Readonly<Record<string, Authorization>>,
  scope: Scope,
): readonly Statement[] {
  const grants = actions.flatMap((action) => {
    const authorization = authorizations[action];
    if (authorization === undefined)
      throw new Error(`nothing is known of ${action}; AWS's reference has what it is held against: npm run rights`);
    return grantsOf(action, authorization, scope).map((grant) => ({ action, ...grant }));
  });
  // Actions that are allowed under the same condition on the same resources stand together; then resources with the same actions.
  const byPlace = Map.groupBy(grants, ({ resources, condition }) => JSON.stringify([[...resources].sort(), condition]));
  const places = [...byPlace.values()].map((some) => ({
    actions: [...new Set(some.map(({ action }) => action))].sort(),
    resources: some[0]?.resources ?? [],
    condition: some[0]?.condition,
  }));
  const byActions = Map.groupBy(places, ({ actions, condition }) => JSON.stringify([actions, condition]));
  return [...byActions.values()].map((some, index) => ({
    Sid: `Statement${index + 1}`,
    Effect: "Allow" as const,
    Action: some[0]?.actions ?? [],
    Resource: [...new Set(some.flatMap(({ resources }) => resources))].sort(),
    Condition: some[0]?.condition,
  }));
}

export const documentOf = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Documents that each fit into a managed policy, in the statements' order. */
export function packed(statements: readonly Statement[]): readonly string[] {
  const documents: Statement[][] = [[]];
  for (const statement of statements) {
    const last = documents.at(-1) ?? [];
    if (last.length > 0 && documentOf([...last, statement]).length > policyLimit) documents.push([statement]);
    else last.push(statement);
  }
  return documents.map(documentOf);
}
