/** What a pipeline keeps of a command beside its log: one text in Markdown. */
import { appendFile } from "node:fs/promises";
import { byColor, colors, type ByColor } from "../deployment/model.ts";
import { formatDuration } from "./analysis/duration.ts";
import { CliError } from "./error.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { imageName, type ImageFacts, type ReleaseRecord } from "./state/model.ts";
import type { Ui, Watched } from "./ui.ts";

/** Where a summary goes. */
export interface SummaryTarget {
  readonly file: string;
  /** Whether somebody named it: one that can't be written is then a fault of the command line. */
  readonly isNamed: boolean;
}

/** What a command leads to. */
export interface SummaryFacts {
  /** For people: `release v1.2.3`. */
  readonly doing: string;
  readonly stack: string;
  /** The release that the command was about; undefined: it came to none. */
  readonly record?: ReleaseRecord;
  /** Percent of the requests at the end, and the images. */
  readonly weights: ByColor<number>;
  readonly images: ByColor<ImageFacts>;
  readonly watched: readonly Watched[];
  /** How it ended, where it did not go well. */
  readonly fault?: { readonly code: string; readonly message: string };
  /** Milliseconds since 1970: until when a running release has taken. */
  readonly now: number;
}

/** Checks that are shown: the last ones, as GitHub takes 1 MiB a step (docs.github.com: workflow commands, "Job summaries"). */
const shownChecks = 100;

const outcomes = {
  running: "not over yet",
  released: "released",
  "rolled-back": "rolled back",
  superseded: "superseded",
} as const satisfies Record<ReleaseRecord["outcome"], string>;

/** The file that a summary is appended to: the one that is named, else the one that GitHub gives each step. */
export function summaryTarget(named: string | undefined, env: NodeJS.ProcessEnv): SummaryTarget | undefined {
  if (named !== undefined) return { file: named, isNamed: true };
  return env.GITHUB_STEP_SUMMARY ? { file: env.GITHUB_STEP_SUMMARY, isNamed: false } : undefined;
}

/**
 * Sees to it that a file that somebody named can be written, before anything is done.
 * @throws CliError
 */
export async function requireSummary(target: SummaryTarget | undefined): Promise<void> {
  if (target?.isNamed !== true) return;
  await appendFile(target.file, "").catch((error: Error) => {
    throw new CliError(
      "usage",
      `--summary is ${JSON.stringify(target.file)}, which can't be written: ${error.message}. Allowed: a file in a folder that is there.`,
    );
  });
}

/** Appends the summary; where that fails it is said, and nothing else comes of it. */
export async function appendSummary(target: SummaryTarget, facts: SummaryFacts, ui: Ui): Promise<void> {
  await appendFile(target.file, `${renderSummary(facts)}\n\n`).catch((error: Error) =>
    ui.say(`The summary could not be written: ${error.message}`),
  );
}

/** The summary as Markdown: how it ended, who served what when, what the verdict saw, and the checks. */
export function renderSummary(facts: SummaryFacts): string {
  const { doing, stack, record, watched, fault } = facts;
  const end = fault?.code ?? (record === undefined ? "done" : outcomes[record.outcome]);
  return [
    `### ${markdownText(`bluegreen ${doing} on ${stack}: ${end}`)}`,
    ...(fault === undefined ? [] : [`Because: ${markdownText(fault.message)}`]),
    ...(record === undefined ? [] : [markdownTable(["release", record.id], aboutRelease(record, facts.now))]),
    "**Who served what**",
    servedTable(facts),
    ...(watched.length === 0
      ? []
      : [
          "**What the verdict saw**",
          markdownTable(
            ["UTC", "step", "evidence"],
            watched.map(({ at, title, line }) => [clock(at), title, line.replace(/^[█░]+ /, "")]),
          ),
        ]),
    ...checksPart(record),
  ].join("\n\n");
}

function aboutRelease({ image, color, from, by, startedAt, endedAt, why }: ReleaseRecord, now: number): string[][] {
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  return [
    ["image", `${fully(image)}, on ${color}`],
    ["instead of", `${fully(from.image)}, on ${from.color}`],
    ["by", by],
    ["took", formatDuration(Math.max(0, (end - Date.parse(startedAt)) / 1000))],
    ...(why === undefined ? [] : [["why", why]]),
  ];
}

function servedTable({ record, weights, images, now }: SummaryFacts): string {
  const named = record === undefined ? images : namesOf(record);
  const rows = (record?.weights ?? []).map((entry) => [clock(entry.at), ...colors.map((color) => `${entry[color]} %`)]);
  const last = ["now", ...colors.map((color) => `${weights[color]} %`)];
  const head = colors.map((color) => `${color} ${imageName(named[color])}`);
  return markdownTable([`UTC, ${new Date(now).toISOString().slice(0, 10)}`, ...head], [...rows, last]);
}

const namesOf = ({ color, image, from }: ReleaseRecord): ByColor<ImageFacts> =>
  byColor((one) => (one === color ? image : from.image));

function checksPart(record: ReleaseRecord | undefined): string[] {
  const checks = record?.checks ?? [];
  if (checks.length === 0) return [];
  const left = checks.length - shownChecks;
  return [
    "**Checks**",
    markdownTable(
      ["UTC", "check", "result", "detail"],
      checks.slice(-shownChecks).map(({ at, name, ok, detail }) => [clock(at), name, ok ? "ok" : "FAILED", detail]),
    ),
    ...(left > 0 ? [`${left} earlier ones: bluegreen history`] : []),
  ];
}

const fully = ({ version, imageId, commit }: ImageFacts): string =>
  [version, imageId, commit && `commit ${commit.slice(0, 12)}`].filter(Boolean).join(", ");

const clock = (at: string): string => at.slice("2026-11-21T".length, "2026-11-21T10:00:00".length);
