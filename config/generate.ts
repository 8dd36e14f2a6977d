/** Writes what is made from the settings' schema: the config block of Pulumi.yaml and the table of docs/settings.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as YAML from "yaml";
import { z } from "zod";
import { schema } from "./schema.ts";

const root = join(import.meta.dirname, "..");
const begin = "<!-- settings: made by npm run settings -->";
const end = "<!-- /settings -->";

interface Property {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: (string | number)[];
  minimum?: number;
  maximum?: number;
  items?: { type?: string };
}

const properties = z.toJSONSchema(schema, { io: "input" }).properties as Record<string, Property>;

/** Pulumi.yaml with its config block as the schema has it. An optional setting's default is empty: Pulumi asks for all others. */
export function projectFile(current: string): string {
  const document = YAML.parseDocument(current, { version: "1.1" });
  const config = Object.entries(properties).map(([name, property]) => {
    const { description, items, default: value = "" } = property;
    const type = configType(property);
    const fallback = type === "string" ? String(value) : value;
    return [name, { type, description, ...(items ? { items: { type: items.type } } : {}), default: fallback }];
  });
  document.set("config", Object.fromEntries(config));
  return document.toString({ lineWidth: 0 });
}

/** The page of settings with its table as the schema has it. */
export function settingsPage(current: string): string {
  const rows = Object.entries(properties).map(
    ([name, property]) => `| \`${name}\` | ${allowed(property)} | ${defaultText(property)} | ${property.description} |`,
  );
  const table = ["| setting | allowed | default | meaning |", "|-|-|-|-|", ...rows].join("\n");
  const [before, rest] = current.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined)
    throw new Error(`docs/settings.md has no place for the settings: a line "${begin}" and a line "${end}"`);
  return `${before}${begin}\n${table}\n${end}${after}`;
}

/** Pulumi's config knows no fractions: a number that may have one is a text there. */
function configType({ type, enum: values }: Property): string | undefined {
  if (type !== "number") return type;
  return values?.every(Number.isInteger) ? "integer" : "string";
}

function allowed({ type, enum: values, minimum, maximum, items }: Property): string {
  if (values) return values.map((value) => `\`${value}\``).join(", ");
  if (type === "integer" || type === "number") return `${minimum} to ${maximum}`;
  return type === "array" ? `list of ${items?.type}s` : `${type}`;
}

function defaultText({ default: value }: Property): string {
  return value === undefined ? "" : `\`${JSON.stringify(value).replace(/^"|"$/g, "")}\``;
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, make] of [
    ["Pulumi.yaml", projectFile],
    ["docs/settings.md", settingsPage],
  ] as const) {
    const path = join(root, file);
    writeFileSync(path, make(readFileSync(path, "utf8")));
  }
}
