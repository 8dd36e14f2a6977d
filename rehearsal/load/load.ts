import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { ended, isRunning, stop, whenReady } from "../../tools/process.ts";
import type { ConstantLoad, FromGenerator, GreatestLoad, Throughput, ToGenerator } from "./protocol.ts";
import { type LoadWindow, type Sample, windowOf } from "./samples.ts";

export type { Throughput } from "./protocol.ts";
export type { LoadWindow, Sample } from "./samples.ts";

/** Milliseconds within which each connection begins another request, and with it notices that one was lost. */
const NOTICE = 1_100;

/** Arguments of a constant load. */
export interface LoadArgs {
  readonly url: string;
  /** Requests a second, over all connections. */
  readonly rate: number;
  /** Connections, kept alive. Default: 20. */
  readonly connections?: number;
  /** The load ends by itself after that many seconds. Default: 7200. */
  readonly maxSeconds?: number;
}

/** Starts a constant load in a process of its own; every answer is attributed by its headers. */
export async function startLoad({ url, rate, connections = 20, maxSeconds = 7200 }: LoadArgs): Promise<Load> {
  const child = spawn({ kind: "constant", url, rate, connections, maxSeconds });
  const load = new Load(child);
  await whenReady(child, "the load generator", (message) => (message as FromGenerator).kind === "started" || undefined);
  return load;
}

/** Finds how many requests a second the other side answers over `connections` kept alive, and how many fail then. */
export async function measureMax(args: { url: string; seconds: number; connections: number }): Promise<Throughput> {
  const child = spawn({ kind: "greatest", ...args });
  const pick = (message: unknown): Throughput | undefined =>
    (message as FromGenerator).kind === "throughput"
      ? (message as Extract<FromGenerator, { kind: "throughput" }>).throughput
      : undefined;
  try {
    return await whenReady(child, "the load generator", pick, (args.seconds + 30) * 1000);
  } finally {
    await stop(child);
  }
}

/** A constant load under way. */
export class Load {
  private readonly samples: Sample[] = [];
  private flushes = 0;
  private readonly begun = Date.now();

  private readonly gone: Promise<void>;

  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
    this.gone = ended(child);
    child.on("message", (message: FromGenerator) => {
      if (message.kind === "samples") for (const sample of message.samples) this.samples.push(sample);
    });
  }

  /** Whether requests are being sent: not after `stop`, nor when the greatest duration is over. */
  get running(): boolean {
    return isRunning(this.child);
  }

  /** Now, for `window`. */
  mark(): number {
    return Date.now();
  }

  /**
   * The load between two marks, as known at this moment. Default: all of it. A request whose connection was closed without
   * an answer shows up to a second later, when its connection sends the next one.
   */
  async window(from: number = this.begun, to: number = Date.now()): Promise<LoadWindow> {
    await this.flush();
    return windowOf(this.samples, from, to);
  }

  /**
   * Ends the load after one more second, in which a connection that was closed without an answer is noticed; windows can
   * still be asked for.
   */
  async stop(): Promise<void> {
    if (this.running) await setTimeout(NOTICE);
    await this.flush();
    await stop(this.child);
  }

  /** Waits until all that was answered before this call has been delivered. */
  private async flush(): Promise<void> {
    if (!isRunning(this.child) || !this.child.connected) return;
    const id = ++this.flushes;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.child.off("message", onMessage);
        resolve();
      };
      const onMessage = (message: FromGenerator): void => {
        if (message.kind === "flushed" && message.id === id) done();
      };
      this.child.on("message", onMessage);
      void this.gone.then(done);
      this.child.send({ kind: "flush", id } satisfies ToGenerator, () => undefined);
    });
  }
}

function spawn(load: ConstantLoad | GreatestLoad): ChildProcess {
  const child = fork(path.join(import.meta.dirname, "generator.ts"));
  child.send({ kind: "start", load } satisfies ToGenerator, () => undefined);
  return child;
}
