import type { ChildProcess } from "node:child_process";
import { type EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** Whether the process has neither exited nor been ended by a signal. */
export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Resolves once the process has ended, at once if it has already. */
export function ended(child: ChildProcess): Promise<void> {
  return isRunning(child) && child.pid !== undefined
    ? new Promise((resolve) => child.once("exit", () => resolve()))
    : Promise.resolve();
}

/**
 * Waits for the first IPC message that `pick` makes something of.
 *
 * Rejects when the process cannot be started, ends before it, or says nothing within `timeoutMs`
 * (milliseconds, default 30,000); the process has ended then.
 */
export function whenReady<T>(
  child: ChildProcess,
  name: string,
  pick: (message: unknown) => T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  return first(child, name, timeoutMs, child, "message", pick);
}

/**
 * Waits for the first line on the process's standard output, for a process that has no other way to tell. Rejects as
 * `whenReady` does.
 */
export function whenPrinted(child: ChildProcess, name: string, timeoutMs = 30_000): Promise<string> {
  let printed = "";
  return first(child, name, timeoutMs, child.stdout ?? child, "data", (text) => {
    printed += String(text);
    return /^(.*)\n/.exec(printed)?.[1];
  });
}

async function first<T>(
  child: ChildProcess,
  name: string,
  timeoutMs: number,
  source: EventEmitter,
  event: string,
  pick: (value: unknown) => T | undefined,
): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const picked = new Promise<T>((resolve) => {
    const onEvent = (value: unknown): void => {
      const found = pick(value);
      if (found !== undefined) resolve(found);
    };
    source.on(event, onEvent);
    signal.addEventListener("abort", () => source.off(event, onEvent));
  });
  const failed = once(child, "exit", { signal }).then(
    ([code, by]) => Promise.reject(new Error(`${name} ended before it was ready (${by ?? `exit code ${code}`})`)),
    (error: Error) => Promise.reject(new Error(`${name} could not be started: ${error.message}`)),
  );
  const late = pause(timeoutMs, undefined, { signal }).then(() =>
    Promise.reject(new Error(`${name} was not ready within ${timeoutMs / 1000} s`)),
  );
  try {
    return await Promise.race([picked, failed, late]);
  } catch (error) {
    await stop(child);
    throw error;
  } finally {
    over.abort();
  }
}

/** Ends a child process of ours: SIGTERM, and SIGKILL when it is still there after `graceMs` (default 5,000). */
export async function stop(child: ChildProcess, graceMs = 5_000): Promise<void> {
  if (!isRunning(child)) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  child.kill("SIGTERM");
  await ended(child);
  clearTimeout(timer);
}

/**
 * For a child's entry file: runs `cleanUp` and ends this process when the parent goes away or sends SIGTERM.
 * Ctrl-C in a terminal reaches the whole process group; the parent alone decides what it means, so it is ignored here.
 */
export function endWithParent(cleanUp: () => void | Promise<void> = () => undefined): void {
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    try {
      await cleanUp();
    } finally {
      process.exit(0);
    }
  };
  process.once("disconnect", () => void end());
  process.once("SIGTERM", () => void end());
  process.on("SIGINT", () => undefined);
  if (process.channel === undefined || !process.connected) void end();
}
