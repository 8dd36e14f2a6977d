import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { quiet } from "../../tools/packer.ts";
import { type Layer, ROOT, TEMPLATES } from "./layers.ts";

/** How Packer is started. */
export interface PackerRun {
  readonly packer: string;
  readonly pluginPath: string;
  readonly layer: Layer;
  readonly variables: Readonly<Record<string, string>>;
  readonly varFiles: readonly string[];
  /** Command that Packer's own stands behind, for example `nsenter …`; default: none. */
  readonly prefix?: readonly string[];
  /** Added to this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Command line of a build. What is given by `-var` beats the files, of which the last beats the others. */
export function commandOf({ packer, layer, variables, varFiles, prefix = [] }: PackerRun): [string, ...string[]] {
  const files = varFiles.map((file) => `-var-file=${file}`);
  const given = Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
  const args = ["build", "-color=false", `-only=${layer}.*`, ...files, ...given, TEMPLATES];
  const [command = packer, ...rest] = [...prefix, packer, ...args];
  return [command, ...rest];
}

/**
 * Runs a build to its end, and gives all its output to `log` and each line to `line`.
 *
 * When `signal` is aborted, Packer gets one SIGINT, ends its instance, and is waited for.
 * @throws Error when Packer fails or is interrupted, with its reason
 */
export async function runPacker(
  run: PackerRun,
  { log, line, signal }: { log: string; line: (text: string) => void; signal?: AbortSignal },
): Promise<void> {
  if (signal?.aborted) throw new Error("interrupted before packer began; there is no image");
  const [command, ...args] = commandOf(run);
  const env = { ...quiet(), ...run.environment, PACKER_PLUGIN_PATH: run.pluginPath, PACKER_NO_COLOR: "1" };
  // A process group of its own: Ctrl-C in a terminal would reach it beside our SIGINT, and the second one makes
  // Packer leave without cleaning up.
  const child = spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const file = createWriteStream(log);
  const flushed = once(file, "close");
  const logFaults: string[] = [];
  // A log that can't be written (a full disk) costs the log: Packer is waited for, whatever becomes of our own output.
  file.on("error", (error) => logFaults.push(error.message));
  flushed.catch(() => undefined);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      if (logFaults.length === 0) file.write(`${text}\n`);
      if (text.trim() === "") return;
      lines.push(text);
      line(text);
    });
  }
  // The whole group, as a terminal would: a prefix may stand between us and Packer, and its plugins ignore SIGINT.
  const interrupt = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    } catch {
      // It has ended by itself.
    }
  };
  signal?.addEventListener("abort", interrupt);
  try {
    // "close" comes when nobody holds its output any more: a prefix that has ended does not mean that Packer has.
    const [code, by] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    if (signal?.aborted) throw new Error("packer was interrupted and has cleaned up; there is no image");
    throw new Error([`packer ended with ${by ?? `exit code ${code}`}:`, ...reasonIn(lines)].join("\n    "));
  } finally {
    signal?.removeEventListener("abort", interrupt);
    file.end();
    await flushed.catch(() => undefined);
    if (logFaults.length > 0) line(`the log ends early: ${logFaults[0]}`);
  }
}

/** Why a build failed: what Packer says after "errored", else its last lines; 12 lines at most. */
export function reasonIn(lines: readonly string[]): string[] {
  const errored = lines.findIndex((line) => /^Build '.*' errored after /.test(line));
  if (errored < 0) return lines.slice(-12);
  const end = lines.findIndex((line, i) => i > errored && line.startsWith("==> Wait completed"));
  return lines.slice(errored, end < 0 ? undefined : end).slice(0, 12);
}
