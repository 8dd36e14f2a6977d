import Table from "cli-table3";

const borders = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
];
const none = Object.fromEntries(borders.map((name) => [name, ""]));

/** Rows of a label and a text beside it, without lines; the text is wrapped between words to the width. */
export const columns = (rows: readonly (readonly [string, string])[], labelWidth: number, width: number): string =>
  unruled(rows, [labelWidth, width - labelWidth]);

/** A text, wrapped between words. */
export const wrapped = (text: string, width: number): string => unruled([[text]], [width]);

function unruled(rows: readonly (readonly string[])[], colWidths: number[]): string {
  const grid = new Table({
    chars: none,
    style: { "padding-left": 0, "padding-right": 0 },
    colWidths,
    wordWrap: true,
  });
  for (const row of rows) grid.push([...row]);
  return grid.toString().replace(/ +$/gm, "");
}
