import { askPreview, NoConnection, type PreviewEndpoint } from "../../aws/preview.ts";
import { byColor, type ByColor, type Color } from "../../deployment/model.ts";
import { readExposition, type Reading } from "./exposition.ts";
import { addedTo, sumOf, type Buckets } from "./histogram.ts";
import type { Tally } from "./wagers.ts";

export interface CountersArgs {
  readonly preview: PreviewEndpoint;
  /** Path that both colours answer with their counters. */
  readonly path: string;
  /** Told why they can't be read, at each try. */
  readonly note: (message: string) => void;
}

/** What a colour has counted since the last time. */
export interface Counted extends Tally {
  /** Answers by their time; undefined: it has no histogram. */
  readonly buckets?: Buckets;
}

/**
 * The service's own counters of both colours, by the second. Each answer is of one process behind the load balancer; what it has
 * counted since its last answer joins when it answers again.
 */
export class Counters {
  private readonly last: ByColor<Map<number, Reading>> = byColor(() => new Map());
  private readonly args: CountersArgs;

  constructor(args: CountersArgs) {
    this.args = args;
  }

  /** What a colour has counted since the last time; nothing where it can't be read. */
  async of(color: Color): Promise<Counted> {
    const reading = await this.read(color);
    if (typeof reading === "string") {
      this.args.note(`${color}'s counters can't be read (GET ${this.args.path}: ${reading}); it goes on without them.`);
      return nothing;
    }
    const before = this.last[color].get(reading.startedAt);
    this.last[color].set(reading.startedAt, reading);
    if (before === undefined) return nothing;
    const sent = reading.sent - before.sent;
    const failed = reading.failed - before.failed;
    if (sent <= 0 || failed < 0 || failed > sent) return nothing;
    const { buckets } = reading;
    return { sent, failed, buckets: before.buckets && buckets && addedTo(before.buckets, buckets) };
  }

  /** All answers of a colour's processes, since each of them began. */
  histogramOf(color: Color): Buckets {
    return sumOf([...this.last[color].values()].flatMap(({ buckets }) => buckets ?? []));
  }

  private async read(color: Color): Promise<Reading | string> {
    try {
      const { status, body } = await askPreview(this.args.preview, color, this.args.path);
      return status === 200 ? readExposition(body) : `it answered ${status}`;
    } catch (error) {
      return error instanceof NoConnection ? `no connection, ${error.message}` : (error as Error).message;
    }
  }
}

const nothing: Counted = { sent: 0, failed: 0 };
