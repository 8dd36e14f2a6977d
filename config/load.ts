import * as pulumi from "@pulumi/pulumi";
import { settingsIn } from "./parse.ts";
import { namespace, type Settings } from "./schema.ts";

export type { Settings };

/**
 * Settings from raw config values.
 * @throws RunError with every fault at once: name, value and what is allowed.
 */
export function parseSettings(raw: Record<string, string>, secretKeys?: ReadonlySet<string>): Settings {
  const parsed = settingsIn(raw, secretKeys);
  if ("faults" in parsed) throw new pulumi.RunError(parsed.faults);
  return parsed.settings;
}

/** The settings of the stack that runs. Reads Pulumi's config; throws as {@link parseSettings} does. */
export function loadSettings(): Settings {
  const prefix = `${namespace}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  // The language host tells which values are secrets; the SDK has no public word for it.
  const secrets = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return parseSettings(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    new Set(secrets.map((key) => key.slice(prefix.length))),
  );
}
