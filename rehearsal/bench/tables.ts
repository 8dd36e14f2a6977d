import Table from "cli-table3";
import type { Figure } from "./figure.ts";
import { outcomes } from "./outcome.ts";
import { wentWell, type Release } from "./releases.ts";

/** Every figure with its limit. */
export function figureTable(figures: readonly Figure[], head = "figure"): string {
  const rows = figures.map(({ name, value, limit, ok }) => [name, value, limit ?? "", word(ok)]);
  return table([head, "measured", "limit", ""], rows);
}

/** A row for each release, in their order. */
export function releaseTable(releases: readonly Release[]): string {
  const rows = releases.map((release, index) => [
    index + 1,
    `${release.image}: ${release.description}`,
    outcomes[release.expected],
    outcomes[release.outcome],
    release.seconds.toFixed(1),
    release.requests,
    release.price > 0 ? `${release.failed} beside ${release.price} *` : release.failed,
    word(wentWell(release)),
  ]);
  return table(["#", "image", "to be", "was", "seconds", "requests", "failed", ""], rows);
}

const word = (ok: boolean): string => (ok ? "ok" : "MISSED");

function table(head: string[], rows: (string | number)[][]): string {
  const grid = new Table({
    head,
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  grid.push(...rows);
  return grid.toString();
}
