import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonOf } from "./json.ts";

/** What `goss validate --format json` prints, as far as it is read here. */
const schema = z.object({
  results: z.array(
    z.object({
      successful: z.boolean(),
      skipped: z.boolean(),
      "resource-id": z.string(),
      "resource-type": z.string(),
      "summary-line-compact": z.string(),
      "matcher-result": z.object({ expected: z.unknown() }).nullish(),
    }),
  ),
  summary: z.object({ "failed-count": z.number(), "skipped-count": z.number(), "test-count": z.number() }),
});

/** A Goss report in short. */
export interface Verdict {
  readonly tests: number;
  readonly skipped: number;
  /** Why it proves nothing or disproves the image: Goss's own words for each failed test. Empty: it passed. */
  readonly faults: readonly string[];
}

/** The digest by which a report is known: in the manifest and in the image's tag `GossReport`. */
export function digestOf(report: Buffer): string {
  return `sha256:${createHash("sha256").update(report).digest("hex")}`;
}

/**
 * Judges a report.
 *
 * @param version what an app image must have shown of itself by `app --version`; undefined: the layers below
 */
export function judge(text: string, version?: string): Verdict {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) return { tests: 0, skipped: 0, faults: ["the Goss report is none: it is not what goss prints"] };
  const { results, summary } = parsed.data;
  const failed = results.filter(({ successful, skipped }) => !successful && !skipped);
  const faults = failed.map((result) => result["summary-line-compact"]);
  if (failed.length !== summary["failed-count"]) {
    faults.push(`the Goss report counts ${summary["failed-count"]} failed tests and shows ${failed.length}`);
  }
  if (summary["test-count"] === 0 || results.length !== summary["test-count"]) {
    faults.push(`the Goss report counts ${summary["test-count"]} tests and shows ${results.length}`);
  }
  const shown = results.some((result) => version !== undefined && result.successful && shows(result, version));
  if (version !== undefined && !shown)
    faults.push(`the Goss report is not of ${version}: no test of app --version has it`);
  return { tests: summary["test-count"], skipped: summary["skipped-count"], faults };
}

/** goss/parts/app-release.yaml has the test: what `app --version` prints is the version and nothing else. */
function shows(result: z.infer<typeof schema>["results"][number], version: string): boolean {
  return result["resource-id"] === "app-version" && result["matcher-result"]?.expected === `${version}\n`;
}
