import { Listr } from "listr2";
import type { Stage } from "./state/model.ts";

/** How a command shows what it does: to a person at a terminal, as plain lines, or as JSON lines. */
export type Mode = "terminal" | "lines" | "json";

/** What a step tells while it runs. */
export interface Teller {
  /** What happens now. In a terminal the next one takes its place; a line that repeats the last one says nothing new. */
  now(line: string): void;
  /** What stays worth knowing after the step. */
  keep(line: string): void;
}

/** The part of a release that a step belongs to, or what surrounds it. */
export type StepName = Stage | "look" | "recover" | "lock" | "notice" | "hook" | "drift" | "job";

/** Writes a command's progress to standard output, and errors to standard error. */
export class Ui {
  readonly mode: Mode;

  constructor(mode: Mode) {
    this.mode = mode;
  }

  /** Runs one step with its title, its progress and how long it took. Its error passes through. */
  async step<T>(name: StepName, title: string, run: (tell: Teller) => Promise<T>): Promise<T> {
    const begun = Date.now();
    if (this.mode === "terminal") return this.live(title, begun, run);
    this.event({ type: "step", step: name, status: "started", title }, `${title} ...`);
    let last = "";
    const tell = (line: string): void => {
      if (line !== last) this.event({ type: "progress", step: name, text: line }, `  ${line}`);
      last = line;
    };
    try {
      const result = await run({ now: tell, keep: tell });
      const seconds = since(begun);
      this.event({ type: "step", step: name, status: "done", title, seconds }, `${title}: done, ${seconds} s`);
      return result;
    } catch (error) {
      this.event({ type: "step", step: name, status: "failed", title, seconds: since(begun) }, `${title}: failed`);
      throw error;
    }
  }

  /** One line for people. */
  say(line: string): void {
    this.event({ type: "message", text: line }, line);
  }

  /** What the command was asked for: a text for people, the value for machines. */
  result(value: unknown, text: string): void {
    this.event({ type: "result", value }, text);
  }

  /** @param details what machines read beside it */
  error(code: string, message: string, details: Readonly<Record<string, string>> = {}): void {
    if (this.mode === "json") this.event({ type: "error", code, message, ...details }, message);
    else console.error(message);
  }

  private event(value: object, line: string): void {
    console.log(this.mode === "json" ? JSON.stringify({ at: new Date().toISOString(), ...value }) : line);
  }

  private async live<T>(title: string, begun: number, run: (tell: Teller) => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    let failure: unknown;
    const kept: string[] = [];
    const task = {
      title,
      task: async (_: unknown, shown: { output: string; title: string }): Promise<void> => {
        const now = (line: string): void => void (shown.output = line);
        try {
          result = { value: await run({ now, keep: (line) => (kept.push(line), now(line)) }) };
        } catch (error) {
          failure = error;
          throw error;
        } finally {
          shown.title = `${title} (${since(begun)} s)${kept.map((line) => `\n  ${line}`).join("")}`;
        }
      },
    };
    const options = {
      renderer: "default",
      rendererOptions: { collapseErrors: true, showErrorMessage: false },
    } as const;
    await new Listr([task], { ...options, registerSignalListeners: false }).run().catch(() => undefined);
    if (result === undefined) throw failure;
    return result.value;
  }
}

const since = (begun: number): number => Math.round((Date.now() - begun) / 100) / 10;

/** A bar of how much of a time is over: `█████░░░░░ 2 m 30 s left`. */
export function bar(done: number, width = 20): string {
  const full = Math.round(Math.min(1, Math.max(0, done)) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}
