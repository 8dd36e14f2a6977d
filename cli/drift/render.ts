import { columns, wrapped } from "../status/columns.ts";
import { painter } from "../status/paint.ts";
import { readingWidth, type RenderOptions } from "../status/render.ts";
import { driftClasses, type DriftClass } from "./classify.ts";
import type { DriftReport } from "./report.ts";

const labelWidth = 11;
const styles = { dangerous: "red", other: "yellow", expected: "dim" } as const satisfies Record<DriftClass, string>;

/** What differs, as a person reads it. */
export function renderDrift({ stack, counts, items }: DriftReport, { color, width }: RenderOptions): string {
  const paint = painter(color);
  const room = readingWidth(width);
  const found = driftClasses.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const title =
    found.length === 0
      ? `${stack}: all is as declared`
      : `${stack}: differs from what is declared: ${found.join(", ")}`;
  const rows = items.map((item): [string, string] => [paint(styles[item.class], item.class), item.sentence]);
  const text = paint("bold", wrapped(title, room));
  return rows.length === 0 ? text : `${text}\n\n${columns(rows, labelWidth, room)}`;
}
