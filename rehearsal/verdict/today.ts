import type { Tally } from "../../cli/analysis/wagers.ts";

/**
 * The rule before the sequential test, kept to be compared with: of 20 requests or more, 2 or more failed, more than 1 %, and a
 * percentage point more than the old colour's.
 */
export function sentBackByShare(release: Tally, baseline: Tally): boolean {
  if (release.sent < 20 || release.failed < 2) return false;
  const before = baseline.sent >= 20 ? (100 * baseline.failed) / baseline.sent : 0;
  return (100 * release.failed) / release.sent > Math.max(1, before + 1);
}
