import { type ChildProcess, fork, type ForkOptions } from "node:child_process";

/**
 * Compiles TypeScript as it is loaded. Resolved from this file, so that a child finds it whatever its working directory
 * is. Chosen for the time that it adds to loading the SDKs: next to none, where tsx doubles it.
 */
const compiler = require.resolve("@swc-node/register");

/**
 * Starts a TypeScript file as a child process with an IPC channel.
 *
 * The child has to end itself when that channel disconnects (see `endWithParent`), so that nothing outlives a parent
 * that was killed.
 */
export function forkTypeScript(entry: string, args: readonly string[] = [], options: ForkOptions = {}): ChildProcess {
  return fork(entry, args, { ...options, execArgv: ["-r", compiler, ...(options.execArgv ?? [])] });
}

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
 * (milliseconds, default 30,000).
 */
export function whenReady<T>(
  child: ChildProcess,
  name: string,
  pick: (message: unknown) => T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      action();
    };
    const onMessage = (message: unknown): void => {
      const ready = pick(message);
      if (ready !== undefined) settle(() => resolve(ready));
    };
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      settle(() => reject(new Error(`${name} ended before it was ready (${signal ?? `exit code ${code}`})`)));
    const onError = (error: Error): void =>
      settle(() => reject(new Error(`${name} could not be started: ${error.message}`)));
    const timer = setTimeout(
      () => settle(() => reject(new Error(`${name} was not ready within ${timeoutMs / 1000} s`))),
      timeoutMs,
    );
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
  });
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
