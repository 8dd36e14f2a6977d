import { faultMessage, issueFaults } from "./faults.ts";
import { combinationFaults } from "./rules.ts";
import { isText, schema, type Settings } from "./schema.ts";

/**
 * Settings in a stack's whole config, by whole key (`bluegreen:minSize`), as Pulumi hands it to a program: the one reader for
 * program and commands.
 * @param project the project's name: the namespace of its settings, whatever it is called
 * @param secretKeys whole keys that are kept as secrets: no message shows their values
 */
export function settingsOf(
  project: string,
  config: Readonly<Record<string, string>>,
  secretKeys: ReadonlySet<string>,
): { settings: Settings } | { faults: string } {
  const own = (keys: Iterable<string>) => [...keys].filter((key) => key.startsWith(`${project}:`));
  const name = (key: string) => key.slice(project.length + 1);
  return settingsIn(
    project,
    Object.fromEntries(own(Object.keys(config)).map((key) => [name(key), config[key]])),
    new Set(own(secretKeys).map(name)),
    Object.keys(config).filter((key) => isMisplaced(key, project)),
  );
}

/** A setting of this program under another project's name: nothing would read it. Providers' names are never meant so. */
function isMisplaced(key: string, project: string): boolean {
  const [space, name] = key.split(":");
  return space !== project && space !== "aws" && space !== "pulumi" && Object.hasOwn(schema.shape, name);
}

/**
 * Settings in raw config values (each a string, lists as JSON, the way Pulumi keeps them), or every fault at once. An empty
 * text counts as not set: Pulumi.yaml can say "optional" in no other way. Apart from config/load.ts because the release commands
 * need no Pulumi SDK, which takes longer to load than all the rest of them.
 * @param project the project's name, for messages
 * @param secretKeys settings that are kept as secrets: no message shows their values. Default: those that always are
 * @param misplaced whole keys that stand in another project's namespace: faults, too. Default: none
 */
export function settingsIn(
  project: string,
  raw: Readonly<Record<string, string>>,
  secretKeys: ReadonlySet<string> = new Set(),
  misplaced: readonly string[] = [],
): { settings: Settings } | { faults: string } {
  const given = Object.entries(raw).filter(([key, text]) => text !== "" || !Object.hasOwn(schema.shape, key));
  const values = new Map(given.map(([key, text]) => [key, decode(key, text)]));
  const result = schema.safeParse(Object.fromEntries(values));
  const faults = result.success ? [] : result.error.issues.flatMap((issue) => issueFaults(issue, values));
  const invalid = new Set(faults.map(({ name }) => name.split(".")[0]));
  const sound = [...values].filter(([key]) => Object.hasOwn(schema.shape, key) && !invalid.has(key));
  const settings = result.data ?? schema.parse(Object.fromEntries(sound));
  faults.push(...combinationFaults(settings, invalid));
  if (faults.length + misplaced.length === 0) return { settings };
  return { faults: faultMessage(faults, project, secretKeys, misplaced) };
}

function decode(key: string, text: string): unknown {
  if (!Object.hasOwn(schema.shape, key) || isText(key as keyof Settings)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
