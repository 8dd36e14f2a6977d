import { createHash } from "node:crypto";
import type { Registered } from "../program.ts";
import { mappings, parts, unmapped } from "./cloudformation-types.ts";

/** A template of CloudFormation's with what the program registered. */
export interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

/** CloudFormation's names have letters and digits alone. */
export const logicalId = (name: string): string => name.replace(/[^A-Za-z0-9]/g, "");

/**
 * Writes resources as CloudFormation has them; ids and ARNs that mocks made become references.
 * @throws for a type that is neither mapped, nor a part of another, nor named with its reason.
 */
export function template(resources: readonly Registered[]): Template {
  const known = references(resources);
  const Resources: Template["Resources"] = {};
  for (const { name, type, inputs } of resources) {
    const mapping = mappings[type];
    if (mapping) {
      if (Resources[logicalId(name)])
        throw new Error(`two resources are ${logicalId(name)} in CloudFormation's names: ${name}`);
      Resources[logicalId(name)] = { Type: mapping.type, Properties: mapping.properties(inputs as never, name) };
    } else if (!parts[type] && unmapped[type] === undefined) {
      throw new Error(`${type} has no mapping: give it one in cloudformation-types.ts, or name why it has none`);
    }
  }
  for (const { type, inputs } of resources.filter(({ type }) => parts[type])) {
    const owner = Resources[logicalId(String(inputs[parts[type].of]))];
    for (const [property, value] of Object.entries(parts[type].properties(inputs as never))) {
      const before = owner.Properties[property];
      owner.Properties[property] = Array.isArray(before) ? before.concat(value) : value;
    }
  }
  return referring({ Resources }, known) as Template;
}

/** CloudFormation's expression for each value that mocks made. */
function references(resources: readonly Registered[]): Map<string, object> {
  const known = new Map<string, object>();
  for (const { name, type } of resources.filter((one) => mappings[one.type])) {
    const id = logicalId(name);
    known.set(`${name}-id`, { Ref: id });
    for (const [attribute, value] of Object.entries(mappings[type].answers?.(name) ?? {})) {
      known.set(value, attribute === "Ref" ? { Ref: id } : { "Fn::GetAtt": [id, attribute] });
    }
  }
  return known;
}

function referring(value: unknown, known: Map<string, object>): unknown {
  if (Array.isArray(value)) return value.map((one) => referring(one, known));
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(members.map(([key, inner]) => [key, referring(inner, known)]));
  }
  if (typeof value !== "string") return value;
  // Of the mocked network: ids as short as no real ones.
  const network = /^(subnet|rtb)-(?!.*[0-9a-f]{8})\w+$/.exec(value);
  if (network) return `${network[1]}-${createHash("sha256").update(value).digest("hex").slice(0, 17)}`;
  return known.get(value) ?? value;
}
