import * as z from "zod/mini";

/** What one run of the boot spec says. */
export type SpecResult =
  /** Every test passed. `skipped` counts those that goss left out because an earlier property had failed or by `skip`. */
  | { kind: "passed"; tests: number; skipped: number }
  /** It may pass later: `failures` holds one short line each. */
  | { kind: "failed"; tests: number; failures: string[] }
  /** It will never pass: goss or its spec is broken, as `reason` says. */
  | { kind: "broken"; reason: string };

/** How a goss process ended; `code` is null when a signal ended it. */
export interface GossExit {
  code: number | null;
  stdout: string;
  stderr: string;
}

const test = z.object({
  successful: z.boolean(),
  "resource-type": z.string(),
  "resource-id": z.string(),
  property: z.string(),
  "summary-line-compact": z.string(),
  /** Of the patterns that were looked for, those that were not found. */
  "matcher-result": z.object({ "missing-elements": z.nullable(z.array(z.unknown())) }),
});

const report = z.object({
  results: z.array(test),
  summary: z.object({
    "failed-count": z.int(),
    "skipped-count": z.int(),
    "test-count": z.int(),
  }),
});

/** Longest line of a failure, in characters: a console keeps 64 KB in all. */
const longest = 300;

/**
 * Reads what `goss validate --format json` (0.4) printed. It exits with 0 when all tests passed, with 1 when some
 * failed, and with 78 for a spec that it can't read or that holds no test.
 */
export function readReport({ code, stdout, stderr }: GossExit): SpecResult {
  if (code === null) return { kind: "failed", tests: 0, failures: ["goss was ended by a signal"] };
  if (code > 1) return { kind: "broken", reason: `goss exited with ${code}: ${shorten(stdout + stderr)}` };
  const parsed = report.safeParse(parse(stdout));
  if (!parsed.success) {
    return { kind: "broken", reason: `goss exited with ${code} and printed no report: ${shorten(stdout + stderr)}` };
  }
  const { results, summary } = parsed.data;
  // goss runs its tests side by side, and reports them in the order in which they ended.
  const failures = results
    .filter(({ successful }) => !successful)
    .map(inShort)
    .sort();
  const counts = { tests: summary["test-count"], skipped: summary["skipped-count"] };
  if (summary["test-count"] === 0) return { kind: "broken", reason: "the boot spec holds no test" };
  if ((code === 0) !== (failures.length === 0) || failures.length !== summary["failed-count"]) {
    return { kind: "broken", reason: `goss exited with ${code}, and its report shows ${failures.length} failed tests` };
  }
  return code === 0 ? { kind: "passed", ...counts } : { kind: "failed", tests: counts.tests, failures };
}

function inShort(failed: z.infer<typeof test>): string {
  const missing = failed["matcher-result"]["missing-elements"];
  if (!missing?.length) return shorten(failed["summary-line-compact"]);
  const subject = `${failed["resource-type"]}: ${failed["resource-id"]}: ${failed.property}`;
  return shorten(`${subject}: missing ${missing.map((pattern) => JSON.stringify(pattern)).join(", ")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
