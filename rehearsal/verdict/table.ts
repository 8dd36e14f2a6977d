import Table from "cli-table3";
import { defaultRules } from "../../cli/analysis/limits.ts";
import { cells, good, worse, type Cell, type Change } from "./cells.ts";
import { Random } from "./random.ts";
import { simulate, type Ended, type Rule } from "./release.ts";

/** Releases of each cell that are no worse, and that are worse, of each kind. */
const releases = { good: 2_000, bad: 200 } as const;

/** What became of the releases of a cell. */
export interface Outcome {
  readonly name: string;
  /** Percent of the good releases that went back, by each rule. */
  readonly falseRollbacks: Record<Rule, number>;
  /** How many of the good ones each reason sent back, by the test and with counters. */
  readonly by: Record<string, number>;
  readonly bad: readonly { readonly name: string; readonly of: Record<Rule, Caught> }[];
}

interface Caught {
  /** Percent of the releases that were kept. */
  readonly missed: number;
  /** Percent that the check finds before users see them; the other columns are of canaries and bakes alone. */
  readonly checked: number;
  /** Users' requests that had failed, or were slow, by then, in the median of those that went back. */
  readonly suffered?: number;
}

/** Plays all releases of a cell; the same ones each time. */
export async function outcomeOf(cell: Cell): Promise<Outcome> {
  const random = new Random(1 + cells.indexOf(cell));
  const play = async (count: number, change: Change, rule: Rule): Promise<Ended[]> => {
    const ends: Ended[] = [];
    while (ends.length < count) ends.push(await simulate(cell, change, rule, defaultRules.alpha, random));
    return ends;
  };
  const by: Record<string, number> = {};
  const falseRollbacks = await byRule(async (rule) => {
    const back = (await play(releases.good, good, rule)).flatMap((end) => end.by ?? []);
    if (rule !== "before") for (const one of back) by[one] = (by[one] ?? 0) + 1;
    return (100 * back.length) / releases.good;
  });
  const bad = [];
  for (const [name, change] of Object.entries(worse))
    bad.push({ name, of: await byRule(async (rule) => caughtOf(await play(releases.bad, change, rule), change)) });
  return { name: cell.name, falseRollbacks, by, bad };
}

const byRule = async <T>(make: (rule: Rule) => Promise<T>): Promise<Record<Rule, T>> => ({
  test: await make("test"),
  counters: await make("counters"),
  before: await make("before"),
});

function caughtOf(ends: readonly Ended[], change: Change): Caught {
  const caught = ends.filter(({ by }) => by !== undefined);
  const suffered = caught.map(({ failed, slow }) => (change.slow > 0 ? slow : failed)).sort((a, b) => a - b);
  return {
    missed: 100 * (1 - caught.length / ends.length),
    checked: (100 * ends.filter(({ isChecked }) => isChecked).length) / ends.length,
    suffered: suffered[Math.floor(suffered.length / 2)],
  };
}

/** The tables of docs/verdict.md. */
export function tables(outcomes: readonly Outcome[]): string {
  const chars = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const style = { head: [], border: [] };
  const kept = new Table({ chars, style, head: ["good releases sent back", "now", "with counters", "before"] });
  const bad = new Table({
    chars,
    style,
    head: [
      "bad releases",
      "worse",
      "by the check",
      "missed",
      "with counters",
      "failed or slow by then",
      "with counters",
      "before",
    ],
  });
  for (const { name, falseRollbacks, bad: kinds } of outcomes) {
    const { test, counters, before } = falseRollbacks;
    kept.push([name, percent(test), percent(counters), percent(before)]);
    for (const { name: kind, of } of kinds)
      bad.push([
        name,
        kind,
        percent(of.test.checked),
        percent(of.test.missed),
        percent(of.counters.missed),
        number(of.test.suffered),
        number(of.counters.suffered),
        number(of.before.suffered),
      ]);
  }
  return [kept.toString(), bad.toString()].join("\n");
}

const percent = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} %`;
const number = (value: number | undefined): string => (value === undefined ? "-" : String(value));
