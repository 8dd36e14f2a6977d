import { priceDates } from "../../deployment/prices.ts";
import { assumptions, type Month } from "./month.ts";

const usd = (value: number): string => String(Math.round(value));

/** The table of the document: the parts of each environment's month, and a warm standby. */
export function costTable(months: ReadonlyMap<string, Month>): string {
  const all = [...months.values()];
  const row = (name: string, cell: (month: Month) => string) => `| ${[name, ...all.map(cell)].join(" | ")} |`;
  return [
    row("USD a month", () => "").replace(/\|( *\|)+$/, `| ${[...months.keys()].join(" | ")} |`),
    `|-${"|-".repeat(all.length)}|`,
    ...all[0].parts.map(({ name }, index) => row(name, ({ parts }) => `${usd(parts[index].usd)} (${parts[index].of})`)),
    row("**together**", (month) => `**${usd(month.usd)}**`),
    row("an hour of a warm standby", ({ warmHour }) => warmHour.toFixed(3)),
    "",
    `List prices of ${priceDates.instances} (instances) and ${priceDates.services} (the rest), \`deployment/prices.json\`; 730 hours; without`,
    `free tiers and traffic. Assumed: ${assumptions.lcu} LCU, ${assumptions.volumeGb} GB a root volume, ${assumptions.logGb} GB of logs an instance, ${assumptions.accessLogGb} GB of access logs, ${assumptions.flowLogGb} GB of flow logs.`,
  ].join("\n");
}

const marks = ["<!-- made by npm run cost -- --write -->", "<!-- end -->"] as const;

/** A document with the table between its marks. @throws where it has no marks */
export function withTable(document: string, table: string): string {
  const [begin, end] = marks.map((mark) => document.indexOf(mark));
  if (begin < 0 || end < begin) throw new Error(`the document has no marks: ${marks.join(" ... ")}`);
  return `${document.slice(0, begin + marks[0].length)}\n${table}\n${document.slice(end)}`;
}
