import { execFile } from "node:child_process";
import { type GossExit, readReport, type SpecResult } from "./report.ts";

/** The image's boot spec. */
const command = ["-g", "/etc/goss/boot.yaml", "--vars", "/etc/goss/vars.yaml", "validate", "--format", "json"];

/**
 * Milliseconds that one run may take. The boot spec is made to take less than two seconds; on an instance that is still
 * busy with its start it may be several times that.
 */
const limitMs = 20_000;

/** Runs the boot spec once, by the goss on PATH. A run that takes too long counts as failed; an abort rejects. */
export async function runSpec(signal: AbortSignal): Promise<SpecResult> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return readReport(await run("goss", command, AbortSignal.any([signal, limit])));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { kind: "failed", tests: 0, failures: [`goss did not end within ${limitMs / 1000} s`] };
    return { kind: "broken", reason: `goss can't be run: ${(error as Error).message}` };
  }
}

/** Rejects only when the program can't be started or is aborted: exit codes are results. */
function run(program: string, args: string[], signal: AbortSignal): Promise<GossExit> {
  return new Promise((resolve, reject) => {
    const options = { signal, maxBuffer: 16 * 1024 * 1024 };
    execFile(program, args, options, (error, stdout, stderr) => {
      // A word such as ENOENT is the system's or Node's; an exit code is a number, and a signal leaves none.
      if (error && typeof error.code === "string") return reject(new Error(error.message, { cause: error }));
      const code = error ? error.code : 0;
      resolve({ code: typeof code === "number" ? code : null, stdout, stderr });
    });
  });
}
