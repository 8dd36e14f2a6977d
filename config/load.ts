import * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "./parse.ts";
import type { Settings } from "./schema.ts";

/**
 * The settings of the stack that runs, from Pulumi's config.
 * @throws RunError with every fault at once: name, value and what is allowed.
 */
export function loadSettings(): Settings {
  // The language host tells which values are secrets; the SDK has no public word for it.
  const secrets = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  const parsed = settingsOf(pulumi.getProject(), pulumi.runtime.allConfig(), new Set(secrets));
  if ("faults" in parsed) throw new pulumi.RunError(parsed.faults);
  return parsed.settings;
}
