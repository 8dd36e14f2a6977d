import type { z } from "zod";
import { property, schema, secrets } from "./schema.ts";

/** One fault of the settings: the setting, what came, and what is allowed. */
export interface Fault {
  name: string;
  value: unknown;
  allowed: string;
}

/**
 * What one of the schema's issues says: a fault, or one for each unknown key.
 * @param values what came, by setting
 */
export function issueFaults(issue: z.core.$ZodIssue, values: Map<string, unknown>): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const known = `one of ${Object.keys(schema.shape).join(", ")}`;
    return issue.keys.map((key) => ({ name: key, value: values.get(key), allowed: `no such setting; ${known}` }));
  }
  const [key, ...path] = issue.path.map(String);
  const whole = values.get(key);
  const value = path.reduce<unknown>((part, at) => (part as Record<string, unknown>)[at], whole);
  return [{ name: [key, ...path].join("."), value, allowed: allowedBy(issue, key) }];
}

function allowedBy(issue: z.core.$ZodIssue, key: string): string {
  const whole = property(key);
  const { minimum, maximum, type } = (issue.path.length > 1 ? whole?.items : whole) as {
    minimum?: number;
    maximum?: number;
    type?: string;
  };
  if (issue.code === "invalid_value") return issue.values.join(" or ");
  if (type === "integer") return `a whole number from ${minimum} to ${maximum}`;
  if (type === "number") return `a number from ${minimum} to ${maximum}`;
  if (type === "boolean") return "true or false";
  if (issue.code === "invalid_type") return type === "array" ? 'a list, as JSON: ["...", "..."]' : "a text";
  return issue.message;
}

/** A value as a message may show it. Under an unknown name it may be a secret whose name was misspelt. */
function shown({ name, value }: Fault, secretKeys: ReadonlySet<string>): string {
  if (value === undefined) return "not set";
  const [key] = name.split(".");
  const secret = secrets.has(key) || secretKeys.has(key) || !Object.hasOwn(schema.shape, key);
  return secret ? "(not shown)" : JSON.stringify(value);
}

/**
 * All faults in one message, a line each.
 * @param project the project's name, which is its settings' namespace
 * @param secretKeys settings that are kept as secrets, whatever they are
 * @param misplaced whole keys of this program's settings in another namespace than the project's
 */
export function faultMessage(
  faults: Fault[],
  project: string,
  secretKeys: ReadonlySet<string>,
  misplaced: readonly string[],
): string {
  const lines = [
    ...misplaced.map((key) => {
      const own = `${project}:${key.slice(key.indexOf(":") + 1)}`;
      return `  ${key}: (not shown). Allowed: ${own}, because Pulumi.yaml names the project ${project}`;
    }),
    ...faults.map((fault) => `  ${project}:${fault.name}: ${shown(fault, secretKeys)}. Allowed: ${fault.allowed}`),
  ];
  const count = lines.length === 1 ? "1 setting is" : `${lines.length} settings are`;
  return `${count} wrong; nothing was changed:\n${lines.join("\n")}`;
}
