import { z } from "zod";
import { jsonOf } from "../build/json.ts";
import type { Instance } from "./instance.ts";

const schema = z.object({
  results: z.array(
    z.object({
      successful: z.boolean(),
      skipped: z.boolean(),
      "resource-id": z.string(),
      "resource-type": z.string(),
      property: z.string(),
      // Of a list of patterns, those that were not found.
      "matcher-result": z.object({ "missing-elements": z.array(z.unknown()).nullish() }).nullish(),
    }),
  ),
});

/** What a run of specs has found. */
export interface Findings {
  tests: number;
  /** `Type: id: property` of each test that failed. */
  failed: string[];
  /** The same of each that passed. */
  passed: string[];
  /** Patterns that a failed test did not find, by its name. */
  missing: Readonly<Record<string, string[]>>;
}

/** Reads what `goss validate --format json` printed; undefined where it is something else. */
export function findingsOf(printed: string): Findings | undefined {
  const parsed = schema.safeParse(jsonOf(printed));
  if (!parsed.success) return undefined;
  const { results } = parsed.data;
  const failed = results.filter(({ successful, skipped }) => !successful && !skipped);
  const passed = results.filter(({ successful, skipped }) => successful && !skipped);
  const nameOf = (result: (typeof failed)[number]): string =>
    `${result["resource-type"]}: ${result["resource-id"]}: ${result.property}`;
  const missing = failed.map(
    (result) => [nameOf(result), (result["matcher-result"]?.["missing-elements"] ?? []).map(String)] as const,
  );
  return {
    tests: results.length,
    failed: failed.map(nameOf),
    passed: passed.map(nameOf),
    missing: Object.fromEntries(missing),
  };
}

/**
 * Runs specs that an instance carries. Services that have just started get some seconds first; what counts is the run
 * after that.
 * @param spec name of a file in /etc/goss, without its end
 * @param seconds how long services get; default: 4, for images that will not hold
 */
export async function runSpec(instance: Instance, spec: string, seconds = 4): Promise<Findings> {
  const goss = `goss -g /etc/goss/${spec}.yaml --vars /etc/goss/vars.yaml validate`;
  await instance.inside(`${goss} --format silent --retry-timeout ${seconds}s --sleep 500ms`);
  const printed = await instance.inside(`${goss} --format json`);
  const findings = findingsOf(printed);
  if (!findings) throw new Error(`the specs ${spec} could not be run on ${instance.id}: ${printed.slice(-500)}`);
  return findings;
}
