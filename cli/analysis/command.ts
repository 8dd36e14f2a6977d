import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { previewHeader } from "../../aws/preview.ts";
import type { Color } from "../../deployment/model.ts";
import { outsideText } from "../../deployment/outside-text.ts";
import type { ImageFacts, Stage } from "../state/model.ts";
import { formatDuration } from "./duration.ts";

/** Characters of a line that are shown: a command may print what others have written. */
const lineLimit = 2_000;

/** Milliseconds that a command gets to end itself after SIGTERM, and its output to end after the command. */
const grace = 2_000;

export interface CommandRun {
  /** For `sh -c`. */
  readonly command: string;
  /** The project's folder. */
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  /** Gets each line that it prints, on either stream. */
  readonly onLine: (line: string) => void;
}

export interface CommandResult {
  /** Its exit code was 0. */
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Runs a command of the team to its end, in a process group of its own: what it leaves behind ends with it.
 * @throws the signal's reason when it is aborted; the whole group has been killed then, and nothing is known of the command
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  const { command, cwd, env, timeoutSeconds, signal, onLine } = run;
  signal?.throwIfAborted();
  const child = spawn("sh", ["-c", command], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let last = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (printed) => {
      const line = outsideText(printed, lineLimit);
      if (line.trim() !== "") last = line.trim();
      onLine(line);
    });
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stopGroup(child);
  }, timeoutSeconds * 1000);
  const stop = () => stopGroup(child);
  signal?.addEventListener("abort", stop);
  try {
    const end = await endOf(child);
    if (late) return { ok: false, detail: `no end within ${formatDuration(timeoutSeconds)}${after(last)}` };
    signal?.throwIfAborted();
    return { ok: end === "exit code 0", detail: `${end}${after(last)}` };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

const after = (line: string): string => (line === "" ? "" : `: ${line.slice(0, 200)}`);

/** How the command ended, when its group and its output have ended, too. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let end = "it never began";
    child.once("error", (error) => resolve(`it can't be started: ${error.message}`));
    child.once("exit", (code, by) => {
      end = by === null ? `exit code ${code}` : `ended by ${by}`;
      killGroup(child, "SIGKILL");
      // What has left the group may hold the output open for ever.
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, grace);
      child.once("close", () => clearTimeout(timer));
    });
    child.once("close", () => resolve(end));
  });
}

function stopGroup(child: ChildProcess): void {
  killGroup(child, "SIGTERM");
  const timer = setTimeout(() => killGroup(child, "SIGKILL"), grace);
  child.once("exit", () => clearTimeout(timer));
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export interface CommandContext {
  readonly stack: string;
  readonly stage: Stage;
  /** The new colour. */
  readonly color: Color;
  readonly image: ImageFacts;
  readonly url: string;
  readonly previewUrl: string;
}

/** What any program of a user needs, and nothing that opens a door. */
const usual = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TERM|TZ|TMPDIR|CI)$/;

/**
 * The environment of a team's command: the usual variables, those that the project file names, and what is released. The
 * release's own keys (AWS, Pulumi's passphrase and token) are no matter of a check that asks a URL.
 * @param environment of the release command
 * @param named variables that the project file passes on
 */
export function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  named: readonly string[],
  context: CommandContext,
): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(([name]) => usual.test(name) || named.includes(name));
  return { ...Object.fromEntries(passed), ...commandVariables(context) };
}

/** Variables that tell a command of the team what is released, and how it is asked through the preview listener. */
export function commandVariables(context: CommandContext): Record<string, string> {
  const { stack, stage, color, image, url, previewUrl } = context;
  return {
    BLUEGREEN_STACK: stack,
    BLUEGREEN_STAGE: stage,
    BLUEGREEN_COLOR: color,
    BLUEGREEN_IMAGE: image.imageId,
    BLUEGREEN_VERSION: image.version ?? "",
    BLUEGREEN_URL: url,
    BLUEGREEN_PREVIEW_URL: previewUrl,
    BLUEGREEN_PREVIEW_HEADER: `${previewHeader}: ${color}`,
  };
}
