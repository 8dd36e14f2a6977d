import { codeOf, messageOf } from "./errors.ts";

/** How an operation waits: how fast time runs, how long it may take, and what ends it early. */
export interface Waiter {
  /** AWS seconds that pass in one second of this machine. */
  readonly timeScale: number;
  /** The resource's custom time-out in AWS seconds, in place of the default of the operation. */
  readonly customSeconds?: number;
  /** Set when the engine cancels (Ctrl-C). */
  readonly signal: AbortSignal;
}

const FIRST_POLL_MS = 40;
const SLOWEST_POLL_MS = 400;

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = () => {
      clearTimeout(timer);
      reject(new Error("cancelled"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", cancelled);
      resolve();
    }, ms);
    if (signal.aborted) cancelled();
    else signal.addEventListener("abort", cancelled, { once: true });
  });
}

/**
 * Polls until `done` gives something other than a text; a text says what is still missing, and ends up in the message
 * when the time is over. `minutes` are the official provider's, unless the resource has a custom time-out.
 */
export async function until<T>(
  what: string,
  minutes: number,
  waiter: Waiter,
  poll: () => Promise<{ done: T } | { missing: string }>,
): Promise<T> {
  const seconds = waiter.customSeconds ?? minutes * 60;
  const deadline = Date.now() + (seconds * 1000) / waiter.timeScale;
  for (let delay = FIRST_POLL_MS; ; delay = Math.min(delay * 1.4, SLOWEST_POLL_MS)) {
    const seen = await poll();
    if ("done" in seen) return seen.done;
    if (Date.now() > deadline) throw new Error(`timeout while waiting for ${what} (${seconds} s): ${seen.missing}`);
    await pause(delay, waiter.signal).catch(() => {
      throw new Error(`context canceled while waiting for ${what}: ${seen.missing}`);
    });
  }
}

/** Calls again while AWS answers with one of these codes (or words), as long as the official provider does. */
export async function retrying<T>(codes: RegExp, minutes: number, waiter: Waiter, call: () => Promise<T>): Promise<T> {
  let refusal: unknown;
  const attempt = async (): Promise<{ done: T } | { missing: string }> => {
    try {
      return { done: await call() };
    } catch (error) {
      if (!codes.test(`${codeOf(error)}: ${messageOf(error)}`)) throw error;
      refusal = error;
      return { missing: messageOf(error) };
    }
  };
  try {
    return await until<T>("AWS to accept the request", minutes, waiter, attempt);
  } catch (error) {
    throw waiter.signal.aborted ? error : (refusal ?? error);
  }
}
