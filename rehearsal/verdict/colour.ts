import type { Sample } from "../../cli/analysis/evidence.ts";
import type { Tally } from "../../cli/analysis/wagers.ts";
import type { Cell } from "./cells.ts";
import type { Random } from "./random.ts";
import { Stream } from "./stream.ts";

/** Requests that were answered, failed, or were slow. */
export interface Counted extends Tally {
  readonly slow: number;
}

/** Milliseconds of an answer that is slow, and of the others. */
export const times = { slow: 1_500, quick: 20 } as const;

/** Requests of ours of a second, which a bad second takes along together. */
const ownClump = 5;

/** A colour: what fails on it, and what is slow, second by second. */
export class Colour {
  private readonly streams: Record<"users" | "own", { failed: Stream; slow: Stream }>;
  private readonly random: Random;
  private readonly percent: { readonly failed: number; readonly slow: number };

  /** @param percent of the requests that fail, and of the answers that are slow */
  constructor(cell: Cell, percent: { failed: number; slow: number }, random: Random) {
    const { clump = 1 } = cell;
    const of = (size: number) => ({ failed: new Stream(size, random), slow: new Stream(size, random) });
    this.streams = { users: of(clump), own: of(Math.min(clump, ownClump)) };
    [this.random, this.percent] = [random, percent];
  }

  /** Users' requests of a second: more or fewer than usual by chance. @param burst percent that fail now, whatever is usual */
  users(perSecond: number, burst: number): Counted {
    const failed = this.streams.users.failed.next((perSecond * Math.max(burst, this.percent.failed)) / 100);
    const slow = this.streams.users.slow.next((perSecond * this.percent.slow) / 100);
    return { sent: Math.max(failed + slow, this.random.poisson(perSecond)), failed, slow };
  }

  /** Requests of ours in a second. */
  own(sent: number, burst: number): Counted {
    const failed = this.streams.own.failed.next((sent * Math.max(burst, this.percent.failed)) / 100, sent);
    const slow = this.streams.own.slow.next((sent * this.percent.slow) / 100, sent - failed);
    return { sent, failed, slow };
  }
}

/** Samples as the checks take them. */
export const samplesOf = ({ sent, failed, slow }: Counted): Sample[] =>
  Array.from({ length: sent }, (_, index) => ({
    failed: index < failed,
    ms: index < failed + slow ? times.slow : times.quick,
  }));

export const both = (one: Counted, another: Counted): Counted => ({
  sent: one.sent + another.sent,
  failed: one.failed + another.failed,
  slow: one.slow + another.slow,
});

export const nobody: Counted = { sent: 0, failed: 0, slow: 0 };
