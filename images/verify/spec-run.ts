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
    }),
  ),
});

/** What a run of specs has found. */
export interface Findings {
  tests: number;
  /** `Type: id: property` of each test that failed. */
  failed: string[];
}

/** Reads what `goss validate --format json` printed; undefined where it is something else. */
export function findingsOf(printed: string): Findings | undefined {
  const parsed = schema.safeParse(jsonOf(printed));
  if (!parsed.success) return undefined;
  const { results } = parsed.data;
  const failed = results.filter(({ successful, skipped }) => !successful && !skipped);
  const nameOf = (result: (typeof failed)[number]): string =>
    `${result["resource-type"]}: ${result["resource-id"]}: ${result.property}`;
  return { tests: results.length, failed: failed.map(nameOf) };
}

/**
 * Runs specs that an instance carries. Services that have just started get a few seconds first; what counts is the run
 * after that.
 * @param spec name of a file in /etc/goss, without its end
 */
export async function runSpec(instance: Instance, spec: string): Promise<Findings> {
  const goss = `goss -g /etc/goss/${spec}.yaml --vars /etc/goss/vars.yaml validate`;
  await instance.inside(`${goss} --format silent --retry-timeout 4s --sleep 500ms`);
  const printed = await instance.inside(`${goss} --format json`);
  const findings = findingsOf(printed);
  if (!findings) throw new Error(`the specs ${spec} could not be run on ${instance.id}: ${printed.slice(-500)}`);
  return findings;
}
