/** What somebody needs to know to end a pause: for people, and for machines. */
import { other, type ByColor, type Color } from "../../deployment/model.ts";
import { shareOf } from "../analysis/pauses.ts";
import { formatDuration } from "../analysis/duration.ts";
import type { CheckResult, ImageFacts, PauseRecord, ReleaseRecord } from "../state/model.ts";
import { imageTags } from "../state/describe.ts";
import { rollbackFacts } from "../status/rollback.ts";
import { imageLine, sinceText } from "../status/words.ts";
import type { RolloutContext } from "./context.ts";
import { pointText } from "./pause-points.ts";

/** Times are ISO 8601. */
export interface PauseReport {
  readonly stack: string;
  readonly at: string;
  readonly paused: Pick<PauseRecord, "after" | "since" | "until" | "then">;
  readonly color: Color;
  readonly image: ImageFacts;
  /** What it replaces. */
  readonly from: ImageFacts;
  /** Tags that differ between the two; undefined: there is no such tag. */
  readonly tags: readonly { readonly key: string; readonly from?: string; readonly to?: string }[];
  /** Percent of the requests now, and since when, by the record. */
  readonly weights: ByColor<number>;
  readonly weightsSince?: string;
  /** The last result of each. */
  readonly checks: readonly CheckResult[];
  /** What is known of it under requests. */
  readonly verdict: string;
  /** What a rollback would be. */
  readonly rollback: { readonly ready: boolean; readonly what: string };
  readonly commands: { readonly continue: string; readonly rollback: string };
}

export async function pauseReport(
  { session, world }: RolloutContext,
  record: ReleaseRecord,
  { after, since, until, then }: PauseRecord,
): Promise<PauseReport> {
  const { color, image, from } = record;
  // The pause stands, whatever can be shown of it.
  const tags = await imageTags(session.clients, [from.image.imageId, image.imageId]).catch((error: Error) => {
    session.ui.say(`The images' tags can't be read now: ${error.message}`);
    return new Map<string, Record<string, string>>();
  });
  const [old, own] = [tags.get(from.image.imageId) ?? {}, tags.get(image.imageId) ?? {}];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(own)])].sort();
  const command = (name: string) => `bluegreen ${name} --stack ${world.stack}`;
  return {
    stack: world.stack,
    at: new Date(world.awsTime).toISOString(),
    paused: { after, since, until, then },
    color,
    image,
    from: from.image,
    tags: keys.filter((key) => old[key] !== own[key]).map((key) => ({ key, from: old[key], to: own[key] })),
    weights: world.weights.live,
    weightsSince: record.weights.at(-1)?.at,
    checks: latest(record.checks),
    verdict: verdictText(record, { after, since }, ringing(world.alarms[color])),
    rollback: rollbackText(world, color),
    commands: { continue: command("continue"), rollback: command("rollback") },
  };
}

/** Each run does them anew: the last result of each. */
const latest = (checks: readonly CheckResult[]): CheckResult[] => [
  ...new Map(checks.map((check) => [check.name, check])).values(),
];

const ringing = (alarms: RolloutContext["world"]["alarms"]["blue"]): string[] =>
  alarms.filter(({ state, composite }) => state === "ALARM" && !composite).map(({ name }) => name);

/** What the watches before the pause have said, and which alarms of the colour are on now: nobody watches while it waits. */
function verdictText(
  { weights, servesSince }: ReleaseRecord,
  { after, since }: Pick<PauseRecord, "after" | "since">,
  alarms: readonly string[],
): string {
  const now = alarms.length === 0 ? "no alarm of it is on now" : `on now: ${alarms.join(", ")}`;
  const share = shareOf(after);
  if (share !== undefined) {
    const begun = weights.at(-1)?.at ?? since;
    const watched = formatDuration(Math.max(0, (Date.parse(since) - Date.parse(begun)) / 1000));
    return `with ${share} % of the requests for ${watched}, and nothing stood against it; ${now}`;
  }
  if (after === "cutover") return `with all requests since ${servesSince ?? since}, not baked yet; ${now}`;
  return `it has had no requests of users yet; ${now}`;
}

function rollbackText(world: RolloutContext["world"], color: Color): PauseReport["rollback"] {
  if (world.weights.live[color] === 0)
    return { ready: true, what: `${color} goes off, or back to what it held before; no request was moved` };
  const { ready, to = other(color), reason } = rollbackFacts(world);
  return { ready, what: ready ? `all requests to ${to}, in one change of the listener` : `not ready: ${reason}` };
}

/** A line for each fact. */
export function renderPause(report: PauseReport): string {
  const { paused, image, from, tags, checks, color, weights, rollback, commands } = report;
  const now = Date.parse(report.at);
  const left = formatDuration(Math.max(0, (Date.parse(paused.until) - now) / 1000));
  const schema = ({ schema }: ImageFacts) => (schema === undefined ? "not said" : `${schema.min} to ${schema.max}`);
  const rows: [string, string][] = [
    ["Paused", `${report.stack}, ${pointText(paused.after)}, since ${sinceText(paused.since, now)}`],
    ["Until", `${paused.until} (${left} left); then: ${paused.then}`],
    ["Image", `${imageLine(image, now)}, on ${color}`],
    ["Instead of", imageLine(from, now)],
    ...tags.map(({ key, from, to }): [string, string] => ["Tag", `${key}: ${from ?? "none"} -> ${to ?? "none"}`]),
    ["Schema", `${schema(image)}; before: ${schema(from)}`],
    ["Traffic", `blue ${weights.blue} %, green ${weights.green} %`],
    ...checks.map(({ ok, name, detail }): [string, string] => ["Check", `${ok ? "ok" : "FAILED"}  ${name}: ${detail}`]),
    ["Verdict", report.verdict],
    ["Rollback", rollback.ready ? `ready: ${rollback.what}` : rollback.what],
    ["Go on", commands.continue],
    ["Go back", commands.rollback],
  ];
  return rows.map(([label, text]) => `${label.padEnd(12)}${text}`).join("\n");
}
