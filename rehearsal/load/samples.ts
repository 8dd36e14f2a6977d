/** One request of the load and what came of it. */
export interface Sample {
  /** When the answer, or the failure, was complete: `Date.now()`, the clock that all processes of a rehearsal share. */
  readonly at: number;
  /** Milliseconds from sending to `at`. */
  readonly ms: number;
  /** The fleet that answered, by its `x-color` header; undefined when nobody said. */
  readonly color?: string;
  /** The version that answered, by its `x-version` header. */
  readonly version?: string;
  readonly status?: number;
  /** What went wrong, with the first 200 characters of the answer; undefined for a status of 2xx or 3xx. */
  readonly failure?: string;
}

/** Answers by colour; `none` counts failures and answers that no fleet gave. */
type ByColor = { readonly blue: number; readonly green: number; readonly none: number };

/** The load of a span of time. */
export interface LoadWindow {
  /** Milliseconds since the epoch, both included. */
  readonly from: number;
  readonly to: number;
  /** Requests that were answered or failed in the span. */
  readonly sent: number;
  readonly failed: number;
  readonly byColor: ByColor;
  readonly byVersion: Readonly<Record<string, number>>;
  /** Milliseconds, of the requests that did not fail; zeros when there are none. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly errors: readonly Sample[];
  /** When the colour gave its first good answer in the span (at or after `since`); undefined: never. */
  firstOf(color: string, since?: number): number | undefined;
  /** When the colour gave its last good answer in the span. */
  lastOf(color: string): number | undefined;
}

/** Counts the samples of a span of time. */
export function windowOf(samples: readonly Sample[], from: number, to: number): LoadWindow {
  const within = samples.filter(({ at }) => at >= from && at <= to);
  const errors = within.filter(({ failure }) => failure !== undefined);
  const good = within.filter(({ failure }) => failure === undefined);
  const count = (color: string): number => good.filter((sample) => sample.color === color).length;
  const [blue, green] = [count("blue"), count("green")];
  const byVersion: Record<string, number> = {};
  for (const { version } of good) if (version !== undefined) byVersion[version] = (byVersion[version] ?? 0) + 1;
  const times = (color: string): number[] => good.filter((sample) => sample.color === color).map(({ at }) => at);
  return {
    from,
    to,
    sent: within.length,
    failed: errors.length,
    byColor: { blue, green, none: within.length - blue - green },
    byVersion,
    latency: latencyOf(good.map(({ ms }) => ms)),
    errors,
    firstOf: (color, since = from) => lowest(times(color).filter((at) => at >= since)),
    lastOf: (color) => times(color).reduce<number | undefined>((last, at) => Math.max(last ?? at, at), undefined),
  };
}

/** How many requests a second each of the connections makes, so that together they make `rate`. */
export function shares(rate: number, connections: number): number[] {
  if (!Number.isInteger(rate) || rate < 1) throw new Error(`rate is ${rate}; it must be a whole number of at least 1`);
  return Array.from(
    { length: connections },
    (_, i) => Math.floor(rate / connections) + (i < rate % connections ? 1 : 0),
  );
}

function latencyOf(ms: number[]): LoadWindow["latency"] {
  const sorted = ms.sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
}

function lowest(times: readonly number[]): number | undefined {
  return times.reduce<number | undefined>((first, at) => Math.min(first ?? at, at), undefined);
}
