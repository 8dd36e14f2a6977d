import { faultMessage, issueFaults } from "./faults.ts";
import { combinationFaults } from "./rules.ts";
import { isText, schema, type Settings } from "./schema.ts";

/**
 * Settings in raw config values (each a string, lists as JSON, the way Pulumi keeps them), or every fault at once. An empty
 * text counts as not set: Pulumi.yaml can say "optional" in no other way. Apart from config/load.ts because the release commands
 * need no Pulumi SDK, which takes longer to load than all the rest of them.
 * @param secretKeys settings that are kept as secrets: no message shows their values. Default: those that always are
 */
export function settingsIn(
  raw: Record<string, string>,
  secretKeys: ReadonlySet<string> = new Set(),
): { settings: Settings } | { faults: string } {
  const given = Object.entries(raw).filter(([key, text]) => text !== "" || !Object.hasOwn(schema.shape, key));
  const values = new Map(given.map(([key, text]) => [key, decode(key, text)]));
  const result = schema.safeParse(Object.fromEntries(values));
  const faults = result.success ? [] : result.error.issues.flatMap((issue) => issueFaults(issue, values));
  const invalid = new Set(faults.map(({ name }) => name.split(".")[0]));
  const sound = [...values].filter(([key]) => Object.hasOwn(schema.shape, key) && !invalid.has(key));
  const settings = result.data ?? schema.parse(Object.fromEntries(sound));
  faults.push(...combinationFaults(settings, invalid));
  return faults.length > 0 ? { faults: faultMessage(faults, secretKeys) } : { settings };
}

function decode(key: string, text: string): unknown {
  if (!Object.hasOwn(schema.shape, key) || isText(key as keyof Settings)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
