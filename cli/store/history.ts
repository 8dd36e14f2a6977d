/** Records for people to read: plain text, for a terminal or a log. */
import Table from "cli-table3";
import { other } from "../../deployment/model.ts";
import { formatDuration } from "../analysis/duration.ts";
import { evidenceLine } from "../analysis/shown-evidence.ts";
import { imageName, type ImageFacts, type PauseRecord, type ReleaseRecord } from "../state/model.ts";

const outcomes = {
  running: "running",
  released: "released",
  "rolled-back": "rolled back",
  superseded: "superseded",
} as const satisfies Record<ReleaseRecord["outcome"], string>;

/** Cells of a weight's bar: one is 5 percent. */
const BAR = 20;

/**
 * Releases as a table, in the order in which they come, and below it why one ended as it did. The first column begins the
 * record's id, so that it can be asked for.
 * @param now milliseconds since 1970: until when a running release has taken
 */
export function renderHistory(records: readonly ReleaseRecord[], now: number): string {
  if (records.length === 0) return "No release yet: bluegreen release <ami | version> makes the first.";
  const grid = new Table({
    head: ["release", "outcome", "took", "image", "by"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    colAligns: ["left", "left", "right", "left", "left"],
  });
  for (const record of records) {
    grid.push([minute(record), outcome(record), took(record, now), imageName(record.image), cut(record.by, 20)]);
  }
  const whys = records.flatMap((record) =>
    record.why === undefined ? [] : [`${minute(record)} ${outcome(record)}: ${record.why}`],
  );
  return [grid.toString(), ...whys].join("\n");
}

/**
 * All of one release: what, who, how it went, its weights over time and its checks.
 * @param now milliseconds since 1970: until when a running release has taken
 */
export function renderRecord(record: ReleaseRecord, now: number): string {
  const { color, from, image, servesSince, why } = record;
  const facts: [string, string][] = [
    ["release", record.id],
    ["stack", record.stack],
    ["image", `${fully(image)}, on ${color}`],
    ["instead of", `${fully(from.image)}, on ${from.color}`],
    ["by", record.by],
    ["outcome", record.outcome === "running" ? `running: ${record.stage}` : outcome(record)],
    ...(why === undefined ? [] : [["why", why] satisfies [string, string]]),
    ["took", took(record, now)],
    ["all traffic", servesSince === undefined ? "never" : `since ${clock(servesSince)}`],
    ...(record.pauses ?? []).map((pause): [string, string] => ["paused", pauseText(pause)]),
    ...(record.duringFreeze ?? []).map(({ at, by, why, reason }): [string, string] => [
      "in a freeze",
      `${clock(at)} (${reason}): ${why}, by ${by}`,
    ]),
  ];
  return [
    ...facts.map(([name, value]) => `${name.padEnd(12)}${value}`),
    "",
    ...weightChart(record),
    "",
    ...verdictLines(record),
    ...(record.checks.length === 0 ? ["no checks"] : ["checks"]),
    ...record.checks.map(({ at, name, ok, detail }) => `  ${clock(at)}  ${ok ? "✔" : "✖"} ${name}: ${detail}`),
  ].join("\n");
}

/** Where it waited, for how long, and who ended that why. */
function pauseText({ after, since, ended }: PauseRecord): string {
  const begun = `after ${after}, ${clock(since)}`;
  if (ended === undefined) return `${begun}: nobody has decided`;
  const { how, by, why, at } = ended;
  return `${begun}: ${how} after ${formatDuration(seconds(since, Date.parse(at)))} by ${by}${why === undefined ? "" : `: ${why}`}`;
}

/** What it was judged by, source by source. */
function verdictLines({ verdict }: ReleaseRecord): string[] {
  if (verdict === undefined) return [];
  const observed = verdict.observed ? ", observed: it changed nothing" : "";
  const why = verdict.why === undefined ? "" : `: ${verdict.why}`;
  return [
    `verdict at ${clock(verdict.at)}${observed}`,
    `  ${verdict.kind}${why}`,
    ...verdict.evidence.map((one) => `  ${evidenceLine(one)}`),
    "",
  ];
}

/** The new colour's share of the traffic, a line for each time that it changed. */
function weightChart({ color, startedAt, weights }: ReleaseRecord): string[] {
  if (weights.length === 0) return ["no traffic was moved"];
  return [
    `traffic of ${color}`,
    ...weights.map((weight) => {
      const all = weight[color] + weight[other(color)];
      const percent = all === 0 ? 0 : (100 * weight[color]) / all;
      const filled = Math.round((percent / 100) * BAR);
      const bar = "█".repeat(filled) + "░".repeat(BAR - filled);
      const since = `+${formatDuration(seconds(startedAt, Date.parse(weight.at)))}`;
      return `  ${clock(weight.at)}  ${since.padStart(8)}  ${bar} ${String(Math.round(percent)).padStart(3)} %`;
    }),
  ];
}

/** What people call an image. */
function fully({ version, imageId, commit }: ImageFacts): string {
  const known = [version && imageId, commit && `commit ${commit.slice(0, 12)}`].filter((text) => text);
  return known.length === 0 ? imageId : `${version ?? imageId} (${known.join(", ")})`;
}

const outcome = (record: ReleaseRecord): string => outcomes[record.outcome];
const minute = ({ id }: ReleaseRecord): string => id.slice(0, "2026-11-21T10:00".length);
const clock = (at: string): string => `${at.slice(0, "2026-11-21T10:00:00".length).replace("T", " ")} UTC`;
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const seconds = (from: string, until: number): number => Math.max(0, (until - Date.parse(from)) / 1000);

function took({ startedAt, endedAt }: ReleaseRecord, now: number): string {
  return formatDuration(seconds(startedAt, endedAt === undefined ? now : Date.parse(endedAt)));
}
