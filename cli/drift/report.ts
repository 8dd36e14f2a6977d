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

/** @param items of `classify` */
export function driftReport({ stack, at }: LiveState, items: readonly DriftItem[]): DriftReport {
  const count = (one: DriftClass) => items.filter((item) => item.class === one).length;
  const counts = { dangerous: count("dangerous"), other: count("other"), expected: count("expected") };
  return { stack, at: new Date(at).toISOString(), counts, items, exit: driftExit(items) };
}
