import { notRehearsed } from "./errors.ts";

/** A statement of a resource's policy, with its lists always lists. */
export interface Statement {
  allows: boolean;
  /** Who it speaks of: `AWS` and `Service` with the values given, or `*`. */
  principals: string[];
  actions: string[];
  resources: string[];
  condition: Record<string, Record<string, string[]>>;
}

/** What a service asks of a resource. */
export interface Asked {
  /** Who asks, as a statement's principals have it: `Service cloudwatch.amazonaws.com`, or `AWS` and an ARN. */
  principal: string;
  /** `sns:Publish` */
  action: string;
  resource: string;
  /** The condition keys that the request has, in small letters. */
  context: Readonly<Record<string, string>>;
}

function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Reads a policy document; undefined where it is none. */
export function statementsOf(document: unknown): Statement[] | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(String(document));
  } catch {
    return undefined;
  }
  const { Statement } = record(policy);
  const statements = Array.isArray(Statement) ? Statement : [Statement];
  if (!statements.every((one) => ["Allow", "Deny"].includes(String(record(one).Effect)))) return undefined;
  return statements.map((one) => statementOf(record(one)));
}

function statementOf(given: Record<string, unknown>): Statement {
  const negated = ["NotPrincipal", "NotAction", "NotResource"].find((element) => given[element] !== undefined);
  if (negated) throw notRehearsed(`${negated} in a policy`, "packages/local-aws/policy.ts");
  const { Principal } = given;
  const principals =
    typeof Principal === "string"
      ? [Principal]
      : Object.entries(record(Principal)).flatMap(([kind, values]) => list(values).map((value) => `${kind} ${value}`));
  const conditions = Object.entries(record(given.Condition)).map(([operator, keys]) => {
    const values = Object.entries(record(keys)).map(([key, value]) => [key.toLowerCase(), list(value)]);
    return [operator, Object.fromEntries(values) as Record<string, string[]>];
  });
  return {
    allows: given.Effect === "Allow",
    principals,
    actions: list(given.Action),
    resources: list(given.Resource),
    condition: Object.fromEntries(conditions) as Statement["condition"],
  };
}

/** AWS's wildcards: `*` is any text, `?` any character. */
function like(pattern: string, value: string, flags = ""): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags).test(value);
}

/** Whether the statement speaks of an action; actions know no capitals. */
export function coversAction({ actions }: Pick<Statement, "actions">, action: string): boolean {
  return actions.some((pattern) => like(pattern, action, "i"));
}

const operators: Record<string, (wanted: string, value: string) => boolean> = {
  StringEquals: (wanted, value) => wanted === value,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
};

/** All of a condition's keys must fit; one that the request doesn't have never does. */
function meets(condition: Statement["condition"], context: Asked["context"]): boolean {
  return Object.entries(condition).every(([operator, keys]) => {
    const fits = operators[operator];
    if (!fits) throw notRehearsed(`the condition operator ${operator} in a policy`, "packages/local-aws/policy.ts");
    return Object.entries(keys).every(([key, wanted]) => {
      const value = context[key];
      return value !== undefined && wanted.some((one) => fits(one, value));
    });
  });
}

/** Whether a resource's policy lets somebody do what they ask: one Allow, and no Deny. */
export function policyAllows(document: unknown, { principal, action, resource, context }: Asked): boolean {
  const fitting = (statementsOf(document) ?? []).filter(
    (statement) =>
      statement.principals.some((one) => ["*", "AWS *", principal].includes(one)) &&
      coversAction(statement, action) &&
      statement.resources.some((pattern) => like(pattern, resource)) &&
      meets(statement.condition, context),
  );
  return fitting.length > 0 && fitting.every((statement) => statement.allows);
}
