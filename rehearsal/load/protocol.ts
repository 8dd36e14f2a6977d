import type { Sample } from "./samples.ts";

/** A constant load. */
export interface ConstantLoad {
  readonly kind: "constant";
  readonly url: string;
  /** Requests a second, over all connections. */
  readonly rate: number;
  readonly connections: number;
  /** The load ends by itself after that many seconds. */
  readonly maxSeconds: number;
}

/** As many requests as the other side answers. */
export interface GreatestLoad {
  readonly kind: "greatest";
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What the greatest load came to. */
export interface Throughput {
  readonly sent: number;
  readonly failed: number;
  /** Good answers a second. */
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The first failures, at most 20. */
  readonly errors: readonly Sample[];
}

/** Parent to generator. A flush asks for all samples until now. */
export type ToGenerator = { kind: "start"; load: ConstantLoad | GreatestLoad } | { kind: "flush"; id: number };

/** Generator to parent. */
export type FromGenerator =
  | { kind: "started" }
  | { kind: "samples"; samples: Sample[] }
  | { kind: "flushed"; id: number }
  | { kind: "throughput"; throughput: Throughput };
