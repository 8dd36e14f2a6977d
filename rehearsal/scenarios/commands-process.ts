import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Context } from "./context.ts";

/** One line that the command prints with --json. */
export interface CommandEvent {
  readonly type: "step" | "progress" | "message" | "result" | "error";
  readonly step?: string;
  readonly status?: "started" | "done" | "failed";
  readonly title?: string;
  readonly text?: string;
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

/** How a command ended. */
export interface CommandEnd {
  /** The exit code; undefined: a signal ended it. */
  readonly code: number | undefined;
  readonly seconds: number;
  readonly events: readonly CommandEvent[];
  /** What it said was wrong, each a line; and what no command may print: anything that is no JSON line. */
  readonly errors: readonly string[];
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onEvent?: (event: CommandEvent) => void;
}

/** The variable that all processes of one command have, so that those it leaves behind can be found. */
export const mark = "BLUEGREEN_REHEARSED";
let count = 0;

/** `bluegreen` at work, in a process of its own. */
export class RunningCommand {
  readonly begun = Date.now();
  readonly events: CommandEvent[] = [];
  /** Resolves when the process is gone and all that it printed was read; it never rejects. */
  readonly end: Promise<CommandEnd>;
  private readonly listeners = new Set<(event: CommandEvent) => void>();

  private readonly child: ChildProcess;
  /** The value of the mark. */
  readonly id: string;
  readonly args: readonly string[];

  constructor(child: ChildProcess, id: string, args: readonly string[], say: (line: string) => void) {
    this.child = child;
    this.id = id;
    this.args = args;
    const errors: string[] = [];
    const take = (line: string): void => {
      const event = parsed(line);
      if (event === undefined) return void errors.push(line);
      this.events.push(event);
      if (event.type === "error") errors.push(event.message ?? "");
      const told = event.type === "step" && event.status !== "done" ? `${event.title} ...` : event.text;
      if (told !== undefined) say(told);
      for (const listener of this.listeners) listener(event);
    };
    if (child.stdout) createInterface({ input: child.stdout }).on("line", take);
    if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
    // It does not outlive the rehearsal, however that ends.
    const kill = (): void => this.kill("SIGKILL");
    process.on("exit", kill);
    this.end = new Promise((resolve) =>
      child.once("close", (code: number | null) => {
        process.off("exit", kill);
        resolve({ code: code ?? undefined, seconds: this.seconds, events: this.events, errors });
      }),
    );
  }

  get seconds(): number {
    return (Date.now() - this.begun) / 1000;
  }

  onEvent(listener: (event: CommandEvent) => void): void {
    this.listeners.add(listener);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The first event that is wanted, from now on. Rejects when the command ends before. */
  async event(what: string, wanted: (event: CommandEvent) => boolean): Promise<CommandEvent> {
    const found = new Promise<CommandEvent>((resolve) =>
      this.onEvent((event) => {
        if (wanted(event)) resolve(event);
      }),
    );
    const ended = this.end.then((end) => {
      throw new Error(`bluegreen ${this.args.join(" ")} ended before ${what}: ${described(end)}`);
    });
    return Promise.race([found, ended]);
  }
}

/** Starts the command as a user's shell does, with the environment that the rehearsal has for it. */
export function startCommand(
  context: Context,
  args: readonly string[],
  { env, onEvent }: CommandOptions = {},
): RunningCommand {
  const { stack } = context.session;
  const id = `${process.pid}.${++count}`;
  const child = spawn("bluegreen", ["--json", ...args], {
    cwd: stack.stackRef.folder,
    env: { ...stack.environment(), [mark]: id, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const command = new RunningCommand(child, id, args, (line) => context.say(line));
  if (onEvent) command.onEvent(onEvent);
  return command;
}

/** Runs the command to its end, and rejects unless it ends with the exit code, and with words that belong to it. */
export async function runCommand(
  context: Context,
  args: readonly string[],
  expected: number,
  words: RegExp = /^/,
  options?: CommandOptions,
): Promise<CommandEnd> {
  const end = await startCommand(context, args, options).end;
  return expectEnd(args, end, expected, words);
}

export function expectEnd(args: readonly string[], end: CommandEnd, expected: number, words: RegExp = /^/): CommandEnd {
  if (end.code !== expected)
    throw new Error(`bluegreen ${args.join(" ")} was to end with ${expected}, but: ${described(end)}`);
  if (expected !== 0 && end.errors.length !== 1)
    throw new Error(`bluegreen ${args.join(" ")} was to say one thing, but: ${described(end)}`);
  if (expected !== 0 && !words.test(end.errors[0] ?? ""))
    throw new Error(`bluegreen ${args.join(" ")} was to say ${words}, but: ${described(end)}`);
  return end;
}

/** How a command ended, in a line. */
export function described({ code, errors, events }: CommandEnd): string {
  const last = events.filter(({ type }) => type === "step").at(-1);
  const at = last === undefined ? "" : ` after "${last.title}" was ${last.status}`;
  return `${code === undefined ? "a signal" : `exit code ${code}`}${at}${errors.length > 0 ? `: ${errors.join(" | ")}` : ""}`;
}

/** Ids of the processes that a command has started and that still run, itself included; none where there is no /proc. */
export async function processesOf({ id }: Pick<RunningCommand, "id">): Promise<number[]> {
  const all = await readdir("/proc").catch(() => []);
  const wanted = `${mark}=${id}\0`;
  const found = await Promise.all(
    all.map(async (name) => {
      const variables = /^\d+$/.test(name) ? await readFile(`/proc/${name}/environ`, "utf8").catch(() => "") : "";
      return `${variables}\0`.includes(wanted) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

function parsed(line: string): CommandEvent | undefined {
  try {
    return JSON.parse(line) as CommandEvent;
  } catch {
    return undefined;
  }
}
