import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { errorMessage } from "../../deployment/error-message.ts";
import type { LiveState } from "../state/model.ts";
import { statusReport, type StatusReport } from "./report.ts";
import type { Screen } from "./screen.ts";

export interface WatchArgs {
  /** Reads the stack as it is. When it fails, the watch goes on. */
  readonly read: () => Promise<LiveState>;
  readonly screen: Screen;
  /** Hours after its release's end that a standby or a floor is meant to stay. */
  readonly standbyHours: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Waits between two looks. Default: 2 s, or until the signal. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
  /** Milliseconds since 1970. Default: this machine's clock. */
  readonly clock?: () => number;
}

const twoSeconds = (signal: AbortSignal): Promise<unknown> => setTimeout(2000, undefined, { signal });

/** Shows a stack's status again and again, until the signal comes; never rejects for what a look at the stack failed with. */
export async function watch(args: WatchArgs): Promise<void> {
  const { read, screen, standbyHours, signal, pause = twoSeconds, clock = Date.now } = args;
  // A look may hang in the network; the signal must not wait for it.
  const ended = signal.aborted ? Promise.resolve() : once(signal, "abort");
  let last: StatusReport | undefined;
  while (!signal.aborted) {
    const look = await Promise.race([settled(read()), ended.then(() => undefined)]);
    if (look === undefined) break;
    if (look.status === "fulfilled") screen.show((last = statusReport(look.value, { now: clock(), standbyHours })));
    else screen.fail(firstLine(look.reason), last, clock());
    await pause(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  screen.close();
}

const settled = async <T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> =>
  (await Promise.allSettled([promise]))[0];

const firstLine = (error: unknown): string => errorMessage(error).split("\n")[0];
