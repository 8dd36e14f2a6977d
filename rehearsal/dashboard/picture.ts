import { parseExpression, type TimeSeries, type Value } from "@bluegreen/metric-math";
import { minutesOf } from "./story.ts";

/** A widget of a dashboard's body, as far as it is drawn. */
interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly stacked?: boolean;
    readonly metrics?: readonly (readonly (string | Details)[])[];
    readonly annotations?: { readonly horizontal: readonly { label: string; value: number }[] };
  };
}
interface Details {
  readonly id?: string;
  readonly expression?: string;
  readonly stat?: string;
  readonly label?: string;
  readonly visible?: boolean;
  readonly color?: string;
  readonly yAxis?: string;
}
/** A line with its values. */
interface Drawn {
  readonly label: string;
  readonly color: string;
  readonly right: boolean;
  readonly values: TimeSeries;
}

/** Pixels of a column and a row of the grid. */
const [column, row] = [42, 28];
/** Pixels around a graph's own area. */
const inset = { left: 34, right: 10, top: 24, bottom: 24 };
const palette = ["#1f77b4", "#ff7f0e", "#d62728", "#9467bd"];

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const round = (value: number): string => String(Math.round(value * 10) / 10);
const text = (x: number, y: number, words: string, more = ""): string =>
  `<text x="${round(x)}" y="${round(y)}"${more}>${escaped(words)}</text>`;

/** The lines of a graph, its expressions computed as CloudWatch's metric math is. */
function drawnLines(metrics: NonNullable<Widget["properties"]["metrics"]>): Drawn[] {
  const known = new Map<string, Value>();
  const lines: Drawn[] = [];
  for (const line of metrics) {
    const details = line.at(-1) as Details;
    const name = typeof line[1] === "string" ? line[1] : "";
    const valueOf = (id: string): Value => {
      const value = known.get(id);
      if (value === undefined) throw new Error(`${details.expression} names ${id}, which stands in no line before it`);
      return value;
    };
    const value = details.expression
      ? parseExpression(details.expression).compute(valueOf)
      : minutesOf(name, details.stat ?? "", JSON.stringify(line));
    if (details.id) known.set(details.id, value);
    if (details.visible === false || typeof value === "number") continue;
    const color = details.color ?? palette[lines.length % palette.length];
    lines.push({ label: details.label ?? name, color, right: details.yAxis === "right", values: value });
  }
  return lines;
}

function graph({ width, height, properties }: Widget): string {
  const { metrics = [], annotations, stacked = false } = properties;
  const [w, h] = [width * column - inset.left - inset.right, height * row - inset.top - inset.bottom];
  const lines = drawnLines(metrics);
  const limits = annotations?.horizontal ?? [];
  const left = lines.filter(({ right }) => !right).flatMap(({ values }) => values.map((value) => value ?? 0));
  const most = stacked ? 100 : Math.max(...left, ...limits.map(({ value }) => value)) * 1.15 || 1;
  const x = (index: number, count: number): number => inset.left + (index / (count - 1)) * w;
  const y = (value: number, top: number): number => inset.top + h - (value / top) * h;
  const parts = [0, most / 2, most].map(
    (value) =>
      `<path d="M${inset.left} ${round(y(value, most))}h${w}" class="grid"/>` +
      text(inset.left - 4, y(value, most) + 4, round(value), ' class="axis"'),
  );
  for (const { label, value } of limits) {
    parts.push(
      `<path d="M${inset.left} ${round(y(value, most))}h${w}" class="limit"/>`,
      text(inset.left + w, y(value, most) - 3, label, ' class="note"'),
    );
  }
  let below: readonly number[] = [];
  for (const { values, color, right } of lines) {
    const points = values.map((value, index) => {
      const total = value === undefined ? undefined : value + (stacked ? (below[index] ?? 0) : 0);
      return total === undefined ? undefined : `${round(x(index, values.length))} ${round(y(total, right ? 1 : most))}`;
    });
    const path = points.map((point, index) => point && `${points[index - 1] ? "L" : "M"}${point}`).filter(Boolean);
    const base = values.map((_, index) => `L${round(x(index, values.length))} ${round(y(below[index] ?? 0, most))}`);
    parts.push(
      stacked
        ? `<path d="${path.join("")}${base.reverse().join("")}Z" fill="${color}" fill-opacity=".5"/>`
        : `<path d="${path.join("")}" fill="none" stroke="${color}"${right ? ' stroke-dasharray="3 2"' : ""}/>`,
    );
    if (stacked) below = values.map((value, index) => (value ?? 0) + (below[index] ?? 0));
  }
  const legend = lines.map(({ label, color }, index) =>
    text(inset.left + index * 100, inset.top + h + 16, `■ ${label}`, ` fill="${color}"`),
  );
  return [...parts, ...legend].join("\n");
}

/** Words of a text widget, without Markdown's signs, in lines that fit. */
function words({ width, properties }: Widget): string {
  const most = Math.floor((width * column) / 6.4);
  const lines = (properties.markdown ?? "")
    .replace(/[*`]/g, "")
    .split("\n")
    .flatMap((line) => line.match(new RegExp(`\\S{${most},}|.{1,${most}}(?=\\s|$)`, "g")) ?? [""]);
  return lines.map((line, index) => text(10, 22 + index * 13, line.trim())).join("\n");
}

const states = ({ properties: { alarms = [] } }: Widget): string =>
  alarms
    .map((arn, index) => {
      const [x, y] = [10 + (index % 4) * 245, 36 + Math.floor(index / 4) * 22];
      return `<rect x="${x}" y="${y - 10}" width="10" height="10" fill="#2ca02c"/>${text(x + 16, y, arn.split(":").at(-1) ?? arn)}`;
    })
    .join("\n");

const contents: Readonly<Record<Widget["type"], (widget: Widget) => string>> = {
  metric: graph,
  text: words,
  alarm: states,
};

/** A dashboard's body as a picture (SVG), with an hour that is made up. @throws for a metric that the story doesn't tell of */
export function picture(body: string): string {
  const { widgets } = JSON.parse(body) as { widgets: Widget[] };
  const bottom = Math.max(...widgets.map(({ y, height }) => y + height)) * row;
  const drawn = widgets.map((widget) => {
    const [w, h] = [widget.width * column - 6, widget.height * row - 6];
    const title = widget.properties.title ? text(10, 16, widget.properties.title, ' class="title"') : "";
    return `<g transform="translate(${widget.x * column + 3} ${widget.y * row + 3})">\n<rect width="${w}" height="${h}" class="widget"/>\n${title}\n${contents[widget.type](widget)}\n</g>`;
  });
  const style =
    "text{font:11px sans-serif}.title{font-weight:bold;font-size:12px}.widget{fill:#fff;stroke:#d5dbdb}.grid{stroke:#eaeded}" +
    ".limit{stroke:#d62728;stroke-dasharray:5 3}.axis{text-anchor:end;fill:#687078}.note{text-anchor:end;fill:#d62728}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${24 * column} ${bottom}">\n<style>${style}</style>\n<rect width="100%" height="100%" fill="#f2f3f3"/>\n${drawn.join("\n")}\n</svg>\n`;
}
