import type { LiveState } from "../state/model.ts";
import type { ExitCode } from "../error.ts";
import { driftExit, type DriftClass, type DriftItem } from "./classify.ts";

/** How many differences there are of each class: drift in short. */
export type DriftCounts = Readonly<Record<DriftClass, number>>;

/** What `drift` found, and what its `--json` prints. */
export interface DriftReport {
  readonly stack: string;
  /** ISO 8601: when the stack was read. */
  readonly at: string;
  readonly counts: DriftCounts;
  /** The dangerous first. */
  readonly items: readonly DriftItem[];
  readonly exit: ExitCode;
}

/** What a person does next, as the end of what `drift` says; undefined: nothing. */
export function nextOf({ exit, items }: Pick<DriftReport, "exit" | "items">): string | undefined {
  if (exit === "ok") return undefined;
  const open = items.filter((item) => item.class !== "expected");
  const left = open.filter(({ repaired }) => !repaired).length;
  const what = "What is there differs from what was declared.";
  if (left === 0) return `${what} bluegreen drift --repair puts it back.`;
  const them = left === 1 ? "1 difference is" : `${left} differences are`;
  const byHand = `${them} put back by hand, as is said with each.`;
  return left === open.length
    ? `${what} No repair takes it away: ${byHand}`
    : `${what} bluegreen drift --repair puts back the rest; ${byHand}`;
}

/** @param items of `classify` */
export function driftReport({ stack, at }: LiveState, items: readonly DriftItem[]): DriftReport {
  const count = (one: DriftClass) => items.filter((item) => item.class === one).length;
  const counts = { dangerous: count("dangerous"), other: count("other"), expected: count("expected") };
  return { stack, at: new Date(at).toISOString(), counts, items, exit: driftExit(items) };
}
