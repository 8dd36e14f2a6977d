import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** A script that runs on a machine. */
export type Script = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a command in a process group of its own, so that it ends with all that it has started. */
export function startScript(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Script {
  return spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
}

/** Ends a script at once, with all that it has started; nothing where it has ended. */
export function endScript({ pid }: Script): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in this moment.
  }
}
