import { askPreview, NoConnection, type PreviewEndpoint } from "../../aws/preview.ts";
import { byColor, type ByColor, type Color } from "../../deployment/model.ts";
import { slide, tallyOf, type Sample } from "./evidence.ts";
import { grossLooks } from "./gross.ts";
import type { Tally } from "./wagers.ts";

/** Seconds until a listener that could not be reached is tried again: each try may take as long as an answer. */
const pause = 30;

export interface ProbesArgs {
  readonly preview: PreviewEndpoint;
  /** Path that each colour is asked for: one that its image answers. */
  readonly paths: ByColor<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told why the preview listener can't be asked, at each try. */
  readonly note: (message: string) => void;
}

/** Requests of our own to both colours, which also tell something where a colour has no traffic. */
export class Probes {
  private samples: ByColor<readonly Sample[]> = byColor(() => []);
  /** Of the last looks, as many as tell whether a colour is down. */
  private looks: ByColor<readonly Tally[]> = byColor(() => []);
  private closed?: { readonly why: string; readonly until: number };

  private readonly args: ProbesArgs;

  constructor(args: ProbesArgs) {
    this.args = args;
  }

  /** Why the listener can't be asked from here; undefined: it can. */
  get unreachable(): string | undefined {
    return this.closed?.why;
  }

  samplesOf(color: Color): readonly Sample[] {
    return this.samples[color];
  }

  /** Requests of the last looks: of seconds, however many are sent in one. */
  lastOf(color: Color): Tally {
    return this.looks[color].reduce((sum, look) => ({ sent: sum.sent + look.sent, failed: sum.failed + look.failed }), {
      sent: 0,
      failed: 0,
    });
  }

  /** A step begins: what was before it no longer counts. */
  forget(): void {
    this.samples = byColor(() => []);
    this.looks = byColor(() => []);
  }

  /**
   * @param count requests to each colour
   * @returns what was sent to each colour, for a comparison of what came at the same time
   */
  async send(colors: readonly Color[], count: number): Promise<ByColor<readonly Sample[]>> {
    if (this.closed && this.args.now() < this.closed.until) return nobody;
    try {
      const newer = await Promise.all(
        colors.map(async (color) => [color, await this.sendTo(color, count)] satisfies [Color, Sample[]]),
      );
      this.closed = undefined;
      for (const [color, samples] of newer) {
        this.samples = { ...this.samples, [color]: slide(this.samples[color], samples) };
        this.looks = { ...this.looks, [color]: [...this.looks[color], tallyOf(samples)].slice(-grossLooks) };
      }
      return { ...nobody, ...Object.fromEntries(newer) };
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      this.closed = { why: error.message, until: this.args.now() + pause * 1000 };
      // What was answered before says nothing of now.
      this.forget();
      this.args.note(unreachableNote(error.message));
      return nobody;
    }
  }

  private sendTo(color: Color, count: number): Promise<Sample[]> {
    return sampleTimes(count, () => sample(this.args.preview, color, this.args.paths[color]));
  }
}

const nobody: ByColor<readonly Sample[]> = byColor(() => []);

const sampleTimes = (count: number, take: () => Promise<Sample>): Promise<Sample[]> =>
  Promise.all(Array.from({ length: count }, take));

/**
 * Asks once, and says how it went.
 * @throws NoConnection
 */
export async function sample(
  preview: PreviewEndpoint,
  color: Color,
  path: string,
  signal?: AbortSignal,
): Promise<Sample> {
  const begun = performance.now();
  try {
    const { status, ms } = await askPreview(preview, color, path, signal);
    return { failed: status >= 500, ms };
  } catch (error) {
    if (error instanceof NoConnection || signal?.aborted) throw error;
    return { failed: true, ms: performance.now() - begun };
  }
}

const unreachableNote = (why: string): string =>
  `The preview listener can't be reached from here (${why}); CloudWatch, alarms and target health alone are looked at. ` +
  `Let this address in: previewCidrs.`;
