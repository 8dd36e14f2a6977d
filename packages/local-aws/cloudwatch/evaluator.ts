import type { Clock } from "../clock.ts";
import type { Alarms, MetricAlarm } from "./alarms.ts";
import { shortestPeriod, type MetricStore } from "./metric-store.ts";
import { extraPeriods, judge } from "./missing-data.ts";
import type { Span } from "./queries.ts";
import { reasonOf } from "./state-reason.ts";

/** AWS seconds between two evaluations of an alarm whose period is a minute or more. */
const minute = 60;

/** What the evaluator needs from the rest of the cloud. */
export interface EvaluatorArgs {
  clock: Clock;
  store: MetricStore;
  alarms: Alarms;
  /** Called every 10 AWS seconds, before alarms are judged: the moment to measure what nobody counts. */
  onTick(): void;
}

/** Judges metric alarms again and again: every AWS minute, those with a shorter period every 10 AWS seconds. */
export class Evaluator {
  /** Real milliseconds of 10 AWS seconds. */
  private readonly tickLength: number;
  /** The tick up to which each alarm has been judged; ticks are counted from 1970 on, so that periods are AWS's. */
  private readonly judged = new WeakMap<MetricAlarm, number>();
  private timer: NodeJS.Timeout | undefined;
  /**
   * AWS seconds by which alarms see what is measured too late: those on a load balancer's metrics have been seen to go on four
   * minutes late, and off five to nine.
   */
  lag = 0;

  private readonly args: EvaluatorArgs;

  constructor(args: EvaluatorArgs) {
    this.args = args;
    this.tickLength = args.clock.milliseconds(shortestPeriod);
  }

  /** Goes on until `end`. */
  start(): void {
    const now = this.args.store.now();
    const next = (Math.floor(now / this.tickLength) + 1) * this.tickLength;
    this.timer = setTimeout(() => {
      this.tick();
      this.start();
    }, next - now);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  /** Judges the alarms whose time has come; a new one's comes with the end of the running minute. */
  tick(): void {
    this.args.onTick();
    const tick = Math.floor(this.args.store.now() / this.tickLength);
    for (const alarm of this.args.alarms.list()) {
      if (alarm.kind !== "metric") continue;
      const step = Math.min(alarm.watch.period, minute) < minute ? 1 : minute / shortestPeriod;
      const due = Math.floor(tick / step) * step;
      const last = this.judged.get(alarm) ?? Math.floor(alarm.configured.getTime() / this.tickLength / step) * step;
      this.judged.set(alarm, due);
      if (due > last) this.judge(alarm, due * this.tickLength);
    }
  }

  private judge(alarm: MetricAlarm, end: number): void {
    const { watch, input, state } = alarm;
    const length = this.args.clock.milliseconds(watch.period);
    const count = watch.terms.evaluationPeriods + extraPeriods;
    const seen = end - this.args.clock.milliseconds(this.lag);
    const spans = Array.from({ length: count }, (_, index): Span => {
      const to = seen - (count - 1 - index) * length;
      return { from: to - length, to };
    });
    const range = watch.valuesOf(spans);
    const newest = spans.filter((_, index) => range[index] !== undefined).at(-1);
    if (newest && watch.isLowSample(newest)) return;
    const to = judge(range, watch.terms);
    if (to === undefined || to === state.value) return;
    this.args.alarms.setState(
      alarm,
      to,
      reasonOf(input, watch, { spans, range, now: this.args.store.now() }, { from: state.value, to }),
    );
  }
}
