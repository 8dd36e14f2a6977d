import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type GossExit, readReport, type SpecResult } from "./report.ts";

/** The image's boot spec. */
const command = ["-g", "/etc/goss/boot.yaml", "--vars", "/etc/goss/vars.yaml", "validate", "--format", "json"];

/**
 * Milliseconds that one run may take. The boot spec is made to take less than two seconds; on an instance that is still
 * busy with its start it may be several times that.
 */
const longest = 20_000;

/** Milliseconds that the output may still come after goss has ended. */
const lastWords = 1_000;

/**
 * Runs the boot spec once, by the goss on PATH. A run that takes longer than 20 s or `left` (milliseconds) counts as failed;
 * an abort rejects.
 */
export async function runSpec(signal: AbortSignal, left: number): Promise<SpecResult> {
  const limitMs = Math.min(longest, Math.ceil(left));
  const limit = AbortSignal.timeout(limitMs);
  try {
    return readReport(await run("goss", command, AbortSignal.any([signal, limit])));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { kind: "failed", tests: 0, failures: [`goss did not end within ${limitMs / 1000} s`] };
    return { kind: "broken", reason: `goss can't be run: ${(error as Error).message}` };
  }
}

/**
 * Rejects only when the program can't be started or is aborted: exit codes are results. The program's end counts, not the
 * end of its output, which something that it has started may keep open; all of them are killed then.
 */
async function run(program: string, args: string[], signal: AbortSignal): Promise<GossExit> {
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (said[name] += text));
  }
  const closed = Promise.all([once(child.stdout, "close"), once(child.stderr, "close")]);
  closed.catch(() => undefined);
  try {
    const [code] = (await once(child, "exit", { signal })) as [number | null];
    await Promise.race([closed, sleep(lastWords, undefined, { ref: false })]);
    return { code, ...said };
  } finally {
    killGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}
