import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { isRunning } from "../tools/process.ts";
import { emptyLog, type EventLog, progressOf, reasons, record, refusal } from "./events.ts";
import type { OperationOptions, OperationRequest, OperationResult, Progress } from "./protocol.ts";

/**
 * The shell that becomes the CLI once it is told to, by a line, beside a watcher that holds this process's end of a pipe: when
 * this process goes, in whatever way, the watcher ends the CLI's process group. `$0` is the CLI, the rest are its arguments.
 */
const ENDS_WITH_PARENT =
  'read -r _ || exit 1; exec 3<&0; (cat <&3; kill -s KILL -- "-$$") >/dev/null 2>&1 & exec "$0" "$@" </dev/null 3<&-';

/** The last bytes of standard error that are kept: an explanation, not a log. */
const COMPLAINT_BYTES = 64 * 1024;

/**
 * An operation of the engine under way: the `pulumi` command as a person types it, with `--json`, which prints the engine's
 * events.
 */
export class RunningOperation {
  /** Resolves with how it went, also when it failed or was killed; it never rejects. */
  readonly result: Promise<OperationResult>;
  private readonly child: ChildProcess;
  /** Whether it was asked to stop. */
  private stopped = false;

  /**
   * @param beforeStart awaited before the CLI begins, with the number of the process that it will be; it must not reject
   */
  constructor(
    request: OperationRequest,
    onProgress: (progress: Progress) => void = () => undefined,
    beforeStart: (pid: number) => Promise<void> = () => Promise.resolve(),
  ) {
    const begun = performance.now();
    const { folder, env } = request;
    // In a group of its own: Ctrl-C in the terminal does not reach it, and a kill reaches all of it.
    this.child = spawn("/bin/sh", ["-c", ENDS_WITH_PARENT, "pulumi", ...cliArguments(request)], {
      cwd: folder,
      // Without it a preview prints one document at its end.
      env: { ...env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    // A CLI that has ended reads nothing.
    this.child.stdin?.on("error", () => undefined);
    // Without a number it could not be started, which `error` tells.
    if (this.child.pid !== undefined)
      void beforeStart(this.child.pid).then(() => this.stopped || this.child.stdin?.write("\n"));
    let log: EventLog = emptyLog;
    let complaint = "";
    this.child.stderr?.on(
      "data",
      (text: Buffer) => (complaint = (complaint + text.toString()).slice(-COMPLAINT_BYTES)),
    );
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        const event = eventIn(line);
        if (event === undefined) return;
        log = record(log, event);
        const progress = progressOf(event);
        if (progress) onProgress(progress);
      });
    this.result = new Promise((resolve) => {
      const settle = (ok: boolean, end: string): void => {
        const seconds = (performance.now() - begun) / 1000;
        const done = { operation: request.operation, ok, interrupted: !ok && this.stopped, seconds, ...log };
        resolve(
          ok ? done : { ...done, error: reasons(log.diagnostics) || refusal(complaint) || `pulumi ended: ${end}` },
        );
      };
      this.child.on("error", (error) => settle(false, error.message));
      this.child.on("close", (code, signal) => settle(code === 0, signal ?? `exit code ${code}`));
    });
  }

  /** As Ctrl-C does: the engine lets the resources at work finish, begins no others, and fails. */
  interrupt(): void {
    this.stopped = true;
    this.child.kill("SIGINT");
  }

  /** As a machine that loses power does: SIGKILL. The state stays locked: `pulumi cancel` releases it. */
  kill(): void {
    this.stopped = true;
    if (this.child.pid !== undefined && isRunning(this.child)) process.kill(-this.child.pid, "SIGKILL");
  }
}

/** The command line of an operation, without the command itself. */
export function cliArguments({ operation, options, stack }: Omit<OperationRequest, "folder" | "env">): string[] {
  const flags: Record<Exclude<keyof OperationOptions, "preview" | "configFile">, string> = {
    refresh: "--refresh",
    previewOnly: "--preview-only",
    clearPendingCreates: "--clear-pending-creates",
  };
  const chosen = Object.entries(flags).flatMap(([name, flag]) => (options[name as keyof typeof flags] ? [flag] : []));
  const unasked = operation === "preview" || options.previewOnly ? [] : ["--yes"];
  const unseen = operation === "preview" || options.preview || options.previewOnly ? [] : ["--skip-preview"];
  const settings = options.configFile === undefined ? [] : ["--config-file", options.configFile];
  return [operation, "--stack", stack, "--json", "--non-interactive", ...unasked, ...unseen, ...chosen, ...settings];
}

/** An event of the engine; undefined: the CLI said something else. */
function eventIn(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
}
