import { colors } from "../../deployment/model.ts";
import { pointText } from "../rollout/pause-points.ts";
import { imageName, type AlarmFacts } from "../state/model.ts";
import { evidenceLine } from "../analysis/shown-evidence.ts";
import { columns, wrapped } from "./columns.ts";
import { fleetsTable } from "./fleets-table.ts";
import { fleetStyle, painter, type Paint } from "./paint.ts";
import type { StatusReport } from "./report.ts";
import { standbyText } from "./standby.ts";
import { imageLine, sinceText } from "./words.ts";

const labelWidth = 10;
/** Below this, ids and words no longer fit beside each other; a terminal then wraps the lines itself. */
const narrowest = 72;
/** A wider table is harder to read, not easier. */
const widest = 140;

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Columns that a text for people takes of a terminal's. */
export const readingWidth = (width: number): number => Math.min(Math.max(width, narrowest), widest);

/** A status as a person reads it. */
export function renderStatus(report: StatusReport, { color, width }: RenderOptions): string {
  const paint = painter(color);
  const room = readingWidth(width);
  const rows = facts(report, paint, room - labelWidth).map(([label, text], index, all): [string, string] => [
    label === all[index - 1]?.[0] ? "" : paint("dim", label),
    text,
  ]);
  return [
    paint("bold", wrapped(report.headline, room)),
    "",
    columns(rows, labelWidth, room),
    "",
    fleetsTable(report, paint, room),
  ].join("\n");
}

function facts(report: StatusReport, paint: Paint, room: number): [string, string][] {
  const { serving, release, lock, drift, pending, standby } = report;
  const now = Date.parse(report.at);
  const rows: ([string, string] | false | undefined)[] = [
    serving && [
      "Serving",
      `${paint(fleetStyle[serving.color], serving.color)} ${imageLine(serving.image, now)}` +
        (serving.since ? `; since ${sinceText(serving.since, now)}` : ""),
    ],
    ["Traffic", trafficBar(report, paint, room)],
    ...report.differences.map(({ text }): [string, string] => ["Differs", paint("yellow", text)]),
    release && [
      "Release",
      `${imageName(release.image)} on ${release.color}: ${paint("cyan", release.stage)}; ` +
        `begun ${sinceText(release.since, now)} by ${release.by}${release.why ? `; ${release.why}` : ""}`,
    ],
    report.pause && ["Paused", pauseText(report.pause, paint, now)],
    ...(release?.verdict?.evidence ?? []).map((one): [string, string] => ["Evidence", evidenceLine(one)]),
    ["Rollback", rollbackText(report, paint)],
    standby && ["Standby", standbyText(standby)],
    ...report.warnings.map((text): [string, string] => ["Warning", paint("yellow", text)]),
    report.rollback.warning !== undefined && ["Revoked", paint("red", report.rollback.warning)],
    ...alarmRows(report.alarms, paint, now),
    lock && [
      "Lock",
      `${lock.by}: ${lock.doing}; since ${sinceText(lock.since, now)}` +
        (lock.expired ? paint("yellow", "; not renewed any more: the next release takes it over") : ""),
    ],
    ...pending.map((urn): [string, string] => [
      "Pending",
      paint("yellow", `an operation was killed while it changed ${urn.split("::").slice(3).join("::")}`),
    ]),
    drift && ["Drift", driftText(drift, paint)],
  ];
  return rows.filter((row) => row !== undefined && row !== false);
}

function pauseText(
  { after, since, until, then, expired, commands }: NonNullable<StatusReport["pause"]>,
  paint: Paint,
  now: number,
): string {
  const waits = `${pointText(after)}, since ${sinceText(since, now)}, until ${until}`;
  if (expired)
    return `${waits}: ${paint("yellow", `its time is over (${then})`)}; ${commands.continue} does what was declared`;
  return `${waits}, then ${then}. Go on: ${paint("cyan", commands.continue)}; back: ${commands.rollback}`;
}

/** 100 % of the requests: told apart also where there are no colours. */
function trafficBar({ weights: { live } }: StatusReport, paint: Paint, room: number): string {
  const own = live.blue + live.green;
  const named = colors.map((color) => `${color} ${live[color]} %`);
  const words = [...named, ...(own > 0 && own < 100 ? [`elsewhere ${100 - own} %`] : [])].join(", ");
  const length = Math.min(50, room - words.length - 2);
  if (own === 0) return `${"·".repeat(length)}  ${paint("red", words)}`;
  const ours = share(own, 100 - own, length);
  const blue = share(live.blue, live.green, ours);
  const cells = `${paint(fleetStyle.blue, "█".repeat(blue))}${paint(fleetStyle.green, "░".repeat(ours - blue))}`;
  return `${cells}${paint("yellow", "▒".repeat(length - ours))}  ${words}`;
}

/** Cells of the first of two shares: in proportion, but a share that is not 0 shows. */
function share(first: number, second: number, length: number): number {
  const cells = Math.round((length * first) / (first + second));
  return Math.min(Math.max(cells, first > 0 ? 1 : 0), second > 0 ? length - 1 : length);
}

function rollbackText({ rollback: { ready, to, reason }, fleets }: StatusReport, paint: Paint): string {
  if (!ready || to === undefined) return `${paint("yellow", "not ready")}: ${reason}`;
  return `${paint("green", "ready")}: to ${to} ${imageName(fleets[to].image)}`;
}

function alarmRows({ total, notOk }: StatusReport["alarms"], paint: Paint, now: number): [string, string][] {
  const ringing = notOk.filter(({ state }) => state === "ALARM");
  const silent = notOk.filter(({ state }) => state === "INSUFFICIENT_DATA");
  const row = (text: string): [string, string] => ["Alarms", text];
  if (total === 0) return [row("none")];
  if (notOk.length === 0) return [row(paint("green", `all ${total} OK`))];
  // A composite alarm's reason only names the parts, which stand here themselves.
  const say = ({ name, reason, since, composite }: AlarmFacts) =>
    `${paint("red", `${name} in ALARM`)}${since ? ` since ${sinceText(since, now)}` : ""}${reason && !composite ? `: ${reason}` : ""}`;
  return [
    ...ringing.map((alarm) => row(say(alarm))),
    ...(silent.length === 0 ? [] : [row(paint("yellow", `no data yet: ${silent.map(({ name }) => name).join(", ")}`))]),
    row(`${total - notOk.length} of ${total} OK`),
  ];
}

function driftText({ dangerous, other, expected }: NonNullable<StatusReport["drift"]>, paint: Paint): string {
  if (dangerous + other === 0) return expected === 0 ? "none" : `none but ${expected} expected`;
  const counts = [
    dangerous > 0 && paint("red", `${dangerous} dangerous`),
    other > 0 && `${other} other`,
    expected > 0 && `${expected} expected`,
  ];
  return `${counts.filter(Boolean).join(", ")}; see bluegreen drift`;
}
