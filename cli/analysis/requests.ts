import { paginateGetMetricData, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { other, type ByColor, type Color } from "../../deployment/model.ts";
import type { Clients } from "../clients.ts";
import type { Outputs } from "../state/stack-state.ts";
import { clumpOf } from "./dispersion.ts";
import type { MetricCounts } from "./evidence.ts";
import { metricCounts, metricQueries, minute, minutesIn, minutesOf, wholeMinutes, type Minute } from "./metrics.ts";
import { allowedShare, referenceOf, type Reference } from "./reference.ts";
import type { Clumps, Trials } from "./trials.ts";
import type { Interval, Tally } from "./wagers.ts";

/** Minutes before the release whose failures show how they come. */
const minutesBefore = 180;

/** Requests of our own to each colour a second at most: where users send fewer, more of ours fail together than of theirs. */
const ownPerSecond = 25;

/** Milliseconds after a minute until which its counts may still grow, and until which CloudWatch may tell nothing of a colour. */
const settling = 20_000;
const patience = 180_000;

export interface RequestsArgs {
  readonly clients: Pick<Clients, "cloudWatch">;
  readonly outputs: Pick<Outputs, "listenerArn" | "targetGroupArns">;
  readonly release: Color;
  readonly trials: Trials;
  readonly effect: number;
  /** Requests from which on a share says something. */
  readonly fewest: number;
  /** Milliseconds since 1970: when the release first got users' requests, and when it got all of them, if it has them. */
  readonly judgedSince: number;
  readonly servesSince?: number;
  /** Our own requests to the old colour in a minute that began at a time. */
  readonly asked: (at: number) => Tally | undefined;
}

/** All requests of both colours, by CloudWatch: each whole minute of the step is judged once, when it is told. */
export class Requests {
  /** The last minute that was judged. */
  last?: Interval;
  /** What the old colour had before the release got all of the requests. */
  reference?: Reference;
  private isAsked = false;
  private judgedUntil = 0;
  private readonly args: RequestsArgs;

  constructor(args: RequestsArgs) {
    this.args = args;
  }

  /**
   * Counts of the step, of its last minutes; undefined: no minute is over. AWS's errors pass through.
   * @param begun when the step began
   */
  async ask(begun: number, now: number): Promise<ByColor<MetricCounts> | undefined> {
    const span = wholeMinutes(begun, now);
    const { clients, outputs, judgedSince } = this.args;
    // What was before is needed at once: it says how failures come, and what alarms are on for.
    if (span === undefined && this.isAsked) return undefined;
    const to = Math.floor(now / minute) * minute;
    const from = Math.floor(Math.min(judgedSince, begun) / minute - minutesBefore) * minute;
    const results: MetricDataResult[] = [];
    const pages = paginateGetMetricData(
      { client: clients.cloudWatch },
      { StartTime: new Date(from), EndTime: new Date(to), MetricDataQueries: metricQueries(outputs) },
    );
    for await (const { MetricDataResults = [] } of pages) results.push(...MetricDataResults);
    this.isAsked = true;
    this.judge(minutesOf(results, { from, to }), begun, now);
    return span && metricCounts(results, minutesIn(span), span.from);
  }

  private judge(minutes: readonly Minute[], begun: number, now: number): void {
    const { release, servesSince, trials, fewest } = this.args;
    const old = other(release);
    const wanted = servesSince === undefined ? [release, old] : [release];
    if (servesSince !== undefined) {
      const before = minutes.filter(({ at }) => at + minute <= servesSince).map((one) => one[old]);
      this.reference = referenceOf(before, fewest);
    }
    const learn = (until: number) => {
      const earlier = minutes.filter(({ at }) => at < Math.min(until, servesSince ?? Infinity));
      trials.clumps = clumpsOf(earlier.map((one) => one[old]).filter(({ sent }) => sent > 0));
    };
    learn(Math.max(begun, this.judgedUntil));
    for (const one of minutes.filter(({ at }) => at >= Math.max(begun, this.judgedUntil))) {
      const age = now - one.at - minute;
      const isTold = wanted.every((color) => one.told.includes(color));
      if (age < (isTold ? settling : patience)) return;
      this.judgedUntil = one.at + minute;
      this.last = { release: one[release], baseline: one[old] };
      learn(one.at);
      if (servesSince === undefined) trials.take("requests", this.last);
      else this.bake(one);
    }
  }

  /**
   * Share of failures that is no worse than the old colour, which has no traffic; undefined: it has, or nothing is known of it.
   * @param asked our own requests to it in the same minute; without any, a common cause can't be told from the release's
   */
  allowed(asked: Tally | undefined): number | undefined {
    if (this.reference === undefined || asked === undefined || asked.sent === 0) return undefined;
    return allowedShare(this.reference, this.args.effect, asked);
  }

  private bake(one: Minute): void {
    const allowed = this.allowed(this.args.asked(one.at));
    if (allowed === undefined) return;
    this.args.trials.takeAlone("bake", one[this.args.release], allowed);
  }
}

/** How failures come together, of all requests and of our own, by the old colour's minutes. */
export function clumpsOf(minutes: readonly Tally[]): Clumps {
  const all = clumpOf(minutes);
  const perSecond = minutes.reduce((sum, { sent }) => sum + sent, 0) / (60 * minutes.length);
  return { all, own: minutes.length === 0 ? all : all * Math.max(1, ownPerSecond / perSecond) };
}
