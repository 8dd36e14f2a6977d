import type { Interval, Tally } from "./wagers.ts";

/** Looks whose requests of ours are looked at, one a second, and how many requests there must be. */
export const grossLooks = 5;
const grossRequests = 20;
/** Part of them that fail when a colour is down; half a clump of 20 is less. */
const down = 0.75;

/**
 * Whether a colour is down, while the old one is not: nothing answers, or all fails. Such a release is not watched until a test
 * has made up its mind.
 * @param last requests to both, at the same time
 */
export function isGross({ release, baseline }: Interval): boolean {
  const isDown = ({ sent, failed }: Tally): boolean => failed >= down * sent;
  const oldFails = baseline.sent > 0 && baseline.failed >= (down / 2) * baseline.sent;
  return release.sent >= grossRequests && isDown(release) && !oldFails;
}
