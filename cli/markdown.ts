import { outsideText } from "../deployment/outside-text.ts";

/** Characters of a cell: enough for a check's detail. */
const cellLimit = 500;

/**
 * A text as Markdown that shows it and does nothing else: no link, image, mention, HTML, formula or further cell. GitHub's own
 * flavour takes a backslash before any ASCII punctuation (GFM spec, 2.4).
 */
export const markdownText = (text: string, limit = cellLimit): string =>
  outsideText(text, limit)
    .replace(/[\\`*_{}[\]()<>#|~$@:&!^]/g, "\\$&")
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}\\.`);

/** A table; its cells are texts, not Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => markdownText(cell)).join(" | ")} |`;
  return [line(head), `|${"-|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
