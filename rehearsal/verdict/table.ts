import Table from "cli-table3";
import { defaultRules } from "../../cli/analysis/limits.ts";
import { cells, worse, type Cell } from "./cells.ts";
import { Random } from "./random.ts";
import { simulate, type Ended } from "./release.ts";

/** Releases of each cell that are no worse, and that are worse, of each kind. */
export const releases = { good: 2_000, bad: 500 } as const;

type Rule = "test" | "counters" | "before";

/** What became of the releases of a cell. */
export interface Outcome {
  readonly cell: Cell;
  /** Percent of the good releases that went back, by each rule. */
  readonly falseRollbacks: Record<Rule, number>;
  readonly bad: readonly { readonly name: string; readonly of: Record<Rule, Caught> }[];
}

interface Caught {
  /** Percent of the releases that were kept. */
  readonly missed: number;
  /** Users' requests that had failed by then, in the median of those that went back. */
  readonly failed?: number;
}

/** Plays all releases of a cell; the same ones each time. */
export function outcomeOf(cell: Cell): Outcome {
  const random = new Random(1 + cells.indexOf(cell));
  const played = (count: number, points: number): Ended[] =>
    Array.from({ length: count }, () => simulate(cell, points, defaultRules.alpha, random));
  const good = played(releases.good, worse.nothing);
  const back = (rule: Rule) => (100 * good.filter((end) => end[rule] !== undefined).length) / good.length;
  const bad = (["a little", "a lot"] as const).map((name) => {
    const ends = played(releases.bad, worse[name]);
    return { name, of: byRule((rule) => caughtBy(rule, ends)) };
  });
  return { cell, falseRollbacks: byRule(back), bad };
}

const byRule = <T>(make: (rule: Rule) => T): Record<Rule, T> => ({
  test: make("test"),
  counters: make("counters"),
  before: make("before"),
});

function caughtBy(rule: Rule, ends: readonly Ended[]): Caught {
  const failed = ends
    .filter((end) => end[rule] !== undefined)
    .map((end) => end.users.subarray(0, end[rule]).reduce((sum, one) => sum + one, 0))
    .sort((a, b) => a - b);
  return { missed: 100 * (1 - failed.length / ends.length), failed: failed[Math.floor(failed.length / 2)] };
}

/** The tables of docs/verdict.md. */
export function tables(outcomes: readonly Outcome[]): string {
  const chars = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const style = { head: [], border: [] };
  const good = new Table({ chars, style, head: ["good releases sent back", "now", "with counters", "before"] });
  const bad = new Table({
    chars,
    style,
    head: ["bad releases", "worse", "missed now", "with counters", "failed by then, now", "with counters", "before"],
  });
  for (const { cell, falseRollbacks, bad: kinds } of outcomes) {
    const { test, counters, before } = falseRollbacks;
    good.push([cell.name, percent(test), percent(counters), percent(before)]);
    for (const { name, of } of kinds)
      bad.push([
        cell.name,
        name,
        percent(of.test.missed),
        percent(of.counters.missed),
        number(of.test.failed),
        number(of.counters.failed),
        number(of.before.failed),
      ]);
  }
  return [good.toString(), bad.toString()].join("\n");
}

const percent = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} %`;
const number = (value: number | undefined): string => (value === undefined ? "-" : String(value));
