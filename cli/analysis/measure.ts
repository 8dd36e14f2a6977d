import { paginateGetMetricData, type MetricDataResult } from "@aws-sdk/client-cloudwatch";
import type { PreviewEndpoint } from "../../aws/preview.ts";
import { autoScalingGroup, observe, targetHealth } from "../../aws/describe.ts";
import { byColor, healthyTargetsNeeded, other, type ByColor, type Color } from "../../deployment/model.ts";
import type { Clients } from "../clients.ts";
import type { Outputs } from "../state/stack-state.ts";
import { alarmsNow } from "../state/describe.ts";
import { countsOf, type ColorEvidence, type Evidence, type MetricCounts } from "./evidence.ts";
import { metricCounts, metricQueries, minutesIn, wholeMinutes } from "./metrics.ts";
import { TtlCache } from "./ttl-cache.ts";
import { Probes } from "./probes.ts";

/** Seconds between two questions to AWS about alarms and target health. */
const lookEvery = 2;
/** Seconds between two questions about metrics: there is nothing new within a minute. */
const metricsEvery = 60;

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
  /** Requests to each colour in one look; default 5. */
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
  private readonly noted = new Set<string>();
  private begun: number;
  private weight: number;

  private readonly args: MeasureArgs;

  /** @param weight percent of the requests that the new colour has now */
  constructor(args: MeasureArgs, weight: number) {
    this.args = args;
    const { clients, outputs, preview, probes: count = 5, now = Date.now } = args;
    const note = (message: string) => this.noteOnce(message);
    const paths = byColor((color) => outputs.deployed.machines[color].versionPath);
    [this.now, this.begun, this.weight] = [now, now(), weight];
    this.probes = new Probes({ preview, paths, count, now, note });
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
    const { release, judgedSince } = this.args;
    const baseline = other(release);
    const [health, alarms, metrics] = await Promise.all([
      this.health.get().then(async (health) => {
        await this.probes.send([release, ...(health[baseline].registered > 0 ? [baseline] : [])]);
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
    return {
      release: of(release, this.weight),
      baseline: of(baseline, 100 - this.weight),
      alarms: alarms.byColor[release],
      loadBalancerAlarms: alarms.loadBalancer,
      judgedSince,
      unreachable: this.probes.unreachable,
    };
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
    const { clients, outputs } = this.args;
    const span = wholeMinutes(this.begun, this.now());
    if (span === undefined) return undefined;
    const results: MetricDataResult[] = [];
    try {
      const pages = paginateGetMetricData(
        { client: clients.cloudWatch },
        {
          StartTime: new Date(span.from),
          EndTime: new Date(span.to),
          MetricDataQueries: metricQueries(outputs),
        },
      );
      for await (const { MetricDataResults = [] } of pages) results.push(...MetricDataResults);
    } catch (error) {
      this.noteOnce(`CloudWatch's metrics can't be read (${(error as Error).message}); it goes on without them.`);
      return undefined;
    }
    return metricCounts(results, minutesIn(span));
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
