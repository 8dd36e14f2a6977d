import type { PreviewEndpoint } from "../../aws/preview.ts";
import { autoScalingGroup, observe, targetHealth } from "../../aws/describe.ts";
import { byColor, healthyTargetsNeeded, other, type ByColor, type Color } from "../../deployment/model.ts";
import type { Clients } from "../clients.ts";
import type { Outputs } from "../state/stack-state.ts";
import { alarmsNow } from "../state/describe.ts";
import { Counters } from "./counters.ts";
import {
  countsOf,
  slowOf,
  tallyOf,
  type ColorEvidence,
  type Evidence,
  type MetricCounts,
  type Sample,
} from "./evidence.ts";
import { slowBound, slowIn } from "./histogram.ts";
import type { Rules } from "./limits.ts";
import { minute } from "./metrics.ts";
import { Probes } from "./probes.ts";
import { Requests } from "./requests.ts";
import { slowFrom } from "./shares.ts";
import type { Trials } from "./trials.ts";
import { TtlCache } from "./ttl-cache.ts";
import type { Tally } from "./wagers.ts";

/** Seconds between two questions to AWS about alarms and target health. */
const lookEvery = 2;
/** Times as many requests of our own as long as more speaks against the release than for it. */
const doubtful = 5;
/** Seconds between two questions about metrics: nobody knows when CloudWatch tells a minute. */
const metricsEvery = 15;

export interface MeasureArgs {
  readonly clients: Clients;
  readonly outputs: Outputs;
  readonly preview: PreviewEndpoint;
  /** The new colour. */
  readonly release: Color;
  /** Healthy targets that all requests need: what the serving fleet answered with when the release began. */
  readonly whole: number;
  /** Milliseconds since 1970: when the release first got users' requests. */
  readonly judgedSince: number;
  /** Milliseconds since 1970: since when it has all of them; undefined: it has a share. */
  readonly servesSince?: number;
  /** The evidence of the whole release, which grows. */
  readonly trials: Trials;
  readonly rules: Pick<Rules, "effect" | "limits">;
  /** Path of the service's own counters; default: it has none. */
  readonly metricsPath?: string;
  /** Requests to each colour in one look; default 5. In doubt there are five times as many. */
  readonly probes?: number;
  /** Told, once each, what can't be asked. */
  readonly note: (message: string) => void;
  /** Milliseconds since 1970; default: the clock. */
  readonly now?: () => number;
}

/** Collects what a release is judged by, one look after the other. */
export class Measure {
  private readonly now: () => number;
  private readonly probes: Probes;
  private readonly health: TtlCache<ByColor<{ registered: number; healthy: number }>>;
  private readonly alarms: TtlCache<Awaited<ReturnType<typeof alarmsNow>>>;
  private readonly metrics: TtlCache<ByColor<MetricCounts> | undefined>;
  private readonly requests: Requests;
  private readonly counters?: Counters;
  private readonly noted = new Set<string>();
  /** Our own requests to the old colour, by the minute. */
  private readonly asked = new Map<number, Tally>();
  /** Seconds above which an answer is slow, by the old colour's histogram; undefined: it is not known yet. */
  private bound?: number;
  private begun: number;
  private weight: number;

  private readonly args: MeasureArgs;

  /** @param weight percent of the requests that the new colour has now */
  constructor(args: MeasureArgs, weight: number) {
    this.args = args;
    const { clients, outputs, preview, now = Date.now } = args;
    const { release, trials, judgedSince, servesSince, rules } = args;
    const note = (message: string) => this.noteOnce(message);
    const paths = byColor((color) => outputs.deployed.machines[color].versionPath);
    [this.now, this.begun, this.weight] = [now, now(), weight];
    this.probes = new Probes({ preview, paths, now, note });
    if (args.metricsPath !== undefined) this.counters = new Counters({ preview, path: args.metricsPath, note });
    this.requests = new Requests({
      clients,
      outputs,
      release,
      trials,
      judgedSince,
      servesSince,
      effect: rules.effect,
      fewest: rules.limits.requests,
      asked: (at) => this.asked.get(at),
    });
    this.health = new TtlCache(lookEvery, now, () => this.askHealth());
    this.alarms = new TtlCache(lookEvery, now, () => alarmsNow(clients, outputs));
    this.metrics = new TtlCache(metricsEvery, now, () => this.askMetrics());
  }

  /** The weight has changed: probes and metrics of before no longer count. */
  begin(weight: number): void {
    [this.begun, this.weight] = [this.now(), weight];
    this.probes.forget();
    this.health.forget();
    this.metrics.forget();
  }

  /** Sends its requests and asks what is due. AWS's errors pass through, but for metrics, which can be done without. */
  async look(): Promise<Evidence> {
    const { release, judgedSince, trials } = this.args;
    const baseline = other(release);
    const [health, alarms, metrics] = await Promise.all([
      this.health.get().then(async (health) => {
        const slow = this.slow();
        const asked = health[baseline].registered > 0 ? [release, baseline] : [release];
        const sent = await this.probes.send(asked, (this.args.probes ?? 5) * (trials.isInDoubt ? doubtful : 1));
        this.compare(sent[release], sent[baseline], slow);
        if (this.counters && health[baseline].registered > 0 && this.probes.unreachable === undefined)
          await this.count(this.counters);
        return health;
      }),
      this.alarms.get(),
      this.metrics.get(),
    ]);
    const of = (color: Color, weight: number): ColorEvidence => ({
      color,
      probes: countsOf(this.probes.samplesOf(color)),
      metrics: metrics?.[color],
      healthy: health[color].healthy,
      needed: healthyTargetsNeeded(weight, this.args.whole),
    });
    this.noteMissing(alarms);
    const { reference } = this.requests;
    return {
      release: of(release, this.weight),
      baseline: of(baseline, 100 - this.weight),
      found: trials.found(),
      recent: {
        probes: { release: this.probes.lastOf(release), baseline: this.probes.lastOf(baseline) },
        minute: this.requests.last,
      },
      reference,
      isCompared: this.isCompared(metrics?.[baseline], health[baseline].registered),
      alarms: alarms.byColor[release],
      baselineAlarms: alarms.byColor[baseline],
      loadBalancerAlarms: alarms.loadBalancer,
      judgedSince,
      unreachable: this.probes.unreachable,
    };
  }

  /**
   * Whether users' requests of both colours are compared: by the service's counters, or by what CloudWatch knows of the old colour;
   * after the cut-over with what it had before, as soon as a minute of that is told.
   */
  private isCompared(old: Tally | undefined, registered: number): boolean {
    const { servesSince, rules, trials } = this.args;
    if (servesSince !== undefined)
      return this.requests.reference !== undefined && registered > 0 && this.probes.unreachable === undefined;
    // Also of an earlier step: the alarm has not forgotten that one either.
    const known = trials.found().filter(({ source }) => source === "counters" || source === "requests");
    return Math.max(old?.sent ?? 0, ...known.map(({ baseline }) => baseline.sent)) >= rules.limits.requests;
  }

  private async askHealth() {
    const { clients, outputs } = this.args;
    const of = async (color: Color) => {
      const group = await autoScalingGroup(clients, outputs.fleets[color].groupName);
      return observe(await targetHealth(clients, outputs.targetGroupArns[color]), group ?? {});
    };
    const [blue, green] = await Promise.all([of("blue"), of("green")]);
    return { blue, green };
  }

  private async askMetrics(): Promise<ByColor<MetricCounts> | undefined> {
    try {
      return await this.requests.ask(this.begun, this.now());
    } catch (error) {
      this.noteOnce(`CloudWatch's metrics can't be read (${(error as Error).message}); it goes on without them.`);
      return undefined;
    }
  }

  /** Milliseconds from which on an answer is slow, by what the old colour has shown so far; undefined: too little. */
  private slow(): number | undefined {
    const { release, rules } = this.args;
    const { sent, failed, p95 } = countsOf(this.probes.samplesOf(other(release)));
    return p95 === undefined || sent - failed < rules.limits.requests ? undefined : slowFrom(p95, rules.limits);
  }

  private async count(counters: Counters): Promise<void> {
    const { release: color, trials, rules } = this.args;
    const old = other(color);
    // What is slow is decided before anything is counted by it, and stays.
    this.bound ??= slowBound(counters.histogramOf(old), rules.limits);
    const [release, baseline] = await Promise.all([counters.of(color), counters.of(old)]);
    const at = this.now();
    const asked = this.asked.get(Math.floor(at / minute) * minute);
    trials.count("counters", at, { release, baseline }, this.requests.allowed(asked));
    // After the cut-over the old colour answers nobody but us.
    if (this.bound === undefined || this.args.servesSince !== undefined) return;
    const slow = [release, baseline].map(({ buckets }) => buckets && slowIn(buckets, this.bound ?? 0));
    trials.count("histogram", at, { release: slow[0] ?? nothing, baseline: slow[1] ?? nothing });
  }

  private compare(own: readonly Sample[], old: readonly Sample[], slow: number | undefined): void {
    const at = this.now();
    const { trials } = this.args;
    const index = Math.floor(at / minute) * minute;
    const known = this.asked.get(index) ?? nothing;
    const tally = tallyOf(old);
    this.asked.set(index, { sent: known.sent + tally.sent, failed: known.failed + tally.failed });
    trials.count(
      "probes",
      at,
      { release: tallyOf(own), baseline: tally },
      this.requests.allowed(this.asked.get(index)),
    );
    if (slow === undefined) return;
    trials.count("latency", at, { release: slowOf(own, slow), baseline: slowOf(old, slow) });
  }

  private noteMissing({ byColor: found, loadBalancer }: Awaited<ReturnType<typeof alarmsNow>>): void {
    const { alarms } = this.args.outputs;
    const { composite, parts } = alarms[this.args.release];
    const known = new Set([...found[this.args.release], ...loadBalancer].map(({ name }) => name));
    const missing = [composite, ...parts, ...alarms.loadBalancer].filter((name) => !known.has(name));
    if (missing.length === 0) return;
    this.noteOnce(`No such alarm: ${missing.join(", ")}. pulumi up --refresh makes it again; it goes on without.`);
  }

  private noteOnce(message: string): void {
    if (!this.noted.has(message)) this.args.note(message);
    this.noted.add(message);
  }
}

const nothing: Tally = { sent: 0, failed: 0 };
