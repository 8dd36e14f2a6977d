import { askPreview, NoConnection, type PreviewEndpoint } from "../../aws/preview.ts";
import { byColor, type ByColor, type Color } from "../../deployment/model.ts";
import { readExposition, type Reading } from "./exposition.ts";
import type { Tally } from "./wagers.ts";

export interface CountersArgs {
  readonly preview: PreviewEndpoint;
  /** Path that both colours answer with their counters. */
  readonly path: string;
  /** Told why they can't be read, at each try. */
  readonly note: (message: string) => void;
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
  async of(color: Color): Promise<Tally> {
    const reading = await this.read(color);
    if (typeof reading === "string") {
      this.args.note(`${color}'s counters can't be read (GET ${this.args.path}: ${reading}); it goes on without them.`);
      return nothing;
    }
    const before = this.last[color].get(reading.startedAt);
    this.last[color].set(reading.startedAt, reading);
    const sent = reading.sent - (before?.sent ?? reading.sent);
    const failed = reading.failed - (before?.failed ?? reading.failed);
    return sent > 0 && failed >= 0 && failed <= sent ? { sent, failed } : nothing;
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

const nothing: Tally = { sent: 0, failed: 0 };
