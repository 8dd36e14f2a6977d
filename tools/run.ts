import { execFile, type ExecFileOptions } from "node:child_process";

/**
 * Runs a command to its end and gives its standard output; rejects with what it wrote last when it fails.
 * @param input its standard input; default: none
 */
export function run(
  command: string,
  args: readonly string[],
  { input, ...options }: ExecFileOptions & { input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const defaults = { maxBuffer: 64 * 1024 * 1024, env: process.env };
    const child = execFile(command, args, { ...defaults, ...options }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout.toString());
      const said = (stderr.toString().trim() || stdout.toString().trim()).slice(-2_000);
      reject(new Error(said === "" ? error.message : `${command} ${args[0] ?? ""}: ${said}`, { cause: error }));
    });
    child.stdin?.end(input);
  });
}

/** Says `message` now, and how long it has been at it every `everyMs` (milliseconds, default 20,000) until `work` ends. */
export async function withProgress<T>(
  progress: (message: string) => void,
  message: string,
  work: () => Promise<T>,
  everyMs = 20_000,
): Promise<T> {
  const begun = performance.now();
  progress(message);
  const timer = setInterval(
    () => progress(`still at it after ${Math.round((performance.now() - begun) / 1000)} s: ${message}`),
    everyMs,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
