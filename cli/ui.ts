import { Listr } from "listr2";
import { groupEnd, groupStart, plainJson, plainText, type Pipeline } from "./pipeline.ts";
import type { Stage } from "./state/model.ts";
import { WatchLines, type Look } from "./watch-lines.ts";

/** How a command shows what it does: to a person at a terminal, as plain lines, or as JSON lines. */
export type Mode = "terminal" | "lines" | "json";

/** What a step tells while it runs. */
export interface Teller {
  /** What happens now. In a terminal the next one takes its place; a line that repeats the last one says nothing new. */
  now(line: string): void;
  /** What stays worth knowing after the step. */
  keep(line: string): void;
}

/** What a step tells that looks again and again. */
export interface WatchTeller extends Teller {
  /** What a look found. In a terminal it takes the last one's place; a log gets a line when the look is news, else one a minute. */
  watch(line: string, look: Look): void;
}

/** A look that was news. */
export interface Watched {
  /** ISO 8601. */
  readonly at: string;
  /** The step's title. */
  readonly title: string;
  readonly line: string;
}

/** Looks that are kept of a command: of a longer one, the last. */
const keptLooks = 100;

/** The part of a release that a step belongs to, or what surrounds it. */
export type StepName = Stage | "look" | "recover" | "lock" | "notice" | "hook" | "drift" | "job";

/** Writes a command's progress to standard output, and errors to standard error. */
export class Ui {
  readonly mode: Mode;
  /** The looks of this command's watches that were news, oldest first. */
  readonly watched: Watched[] = [];
  private readonly pipeline?: Pipeline;
  /** Groups so far, and whether one is open: GitHub's do not nest. */
  private groups = 0;
  private isGrouped = false;

  /** @param pipeline whose log the lines are for; default: none that is known */
  constructor(mode: Mode, pipeline?: Pipeline) {
    this.mode = mode;
    this.pipeline = pipeline;
  }

  /** Runs one step with its title, its progress and how long it took. Its error passes through. */
  async step<T>(name: StepName, title: string, run: (tell: WatchTeller) => Promise<T>): Promise<T> {
    const begun = Date.now();
    if (this.mode === "terminal") return this.live(title, begun, run);
    const closeGroup = this.openGroup(name, title);
    if (closeGroup === undefined) this.event({ type: "step", step: name, status: "started", title }, `${title} ...`);
    let last = "";
    const tell = (line: string): void => {
      if (line !== last) this.event({ type: "progress", step: name, text: line }, `  ${line}`);
      last = line;
    };
    const { watch, end } = this.watcher(title, tell);
    const close = (): void => {
      end();
      closeGroup?.();
    };
    try {
      const result = await run({ now: tell, keep: tell, watch });
      const seconds = since(begun);
      close();
      this.event({ type: "step", step: name, status: "done", title, seconds }, `${title}: done, ${seconds} s`);
      return result;
    } catch (error) {
      close();
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
    else console.error(this.shown(message));
  }

  private event(value: object, line: string): void {
    if (this.mode !== "json") return console.log(this.shown(line));
    console.log(plainJson(JSON.stringify({ at: new Date().toISOString(), ...value })));
  }

  /** A terminal obeys no workflow command. */
  private shown(text: string): string {
    return this.mode === "terminal" ? text : plainText(text);
  }

  /** @returns what ends the group; undefined: there is none */
  private openGroup(name: StepName, title: string): (() => void) | undefined {
    const { pipeline } = this;
    if (this.mode !== "lines" || pipeline === undefined || this.isGrouped) return undefined;
    this.isGrouped = true;
    const id = `bluegreen_${name}_${++this.groups}`;
    console.log(groupStart(pipeline, id, title, Date.now()));
    return () => {
      console.log(groupEnd(pipeline, id, Date.now()));
      this.isGrouped = false;
    };
  }

  /** Keeps and says the looks that are news, and at its end the last one. */
  private watcher(title: string, say: (line: string) => void): { watch: WatchTeller["watch"]; end: () => void } {
    const lines = new WatchLines();
    let unsaid: string | undefined;
    const keep = (line: string, { verdict }: Look): void => {
      if (verdict === "") return;
      this.watched.push({ at: new Date().toISOString(), title, line });
      if (this.watched.length > keptLooks) this.watched.shift();
    };
    let latest: Look | undefined;
    return {
      watch: (line, look) => {
        latest = look;
        const isDue = lines.isDue(look, Date.now());
        unsaid = isDue ? undefined : line;
        if (isDue) keep(line, look);
        if (isDue || this.mode === "terminal") say(line);
      },
      end: () => {
        if (unsaid === undefined || latest === undefined) return;
        keep(unsaid, latest);
        if (this.mode !== "terminal") say(unsaid);
      },
    };
  }

  private async live<T>(title: string, begun: number, run: (tell: WatchTeller) => Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    let failure: unknown;
    const kept: string[] = [];
    let endWatch = (): void => undefined;
    const task = {
      title,
      task: async (_: unknown, shown: { output: string; title: string }): Promise<void> => {
        const now = (line: string): void => void (shown.output = line);
        try {
          const keep = (line: string): void => (kept.push(line), now(line));
          const { watch, end } = this.watcher(title, now);
          endWatch = end;
          result = { value: await run({ now, keep, watch }) };
        } catch (error) {
          failure = error;
          throw error;
        } finally {
          endWatch();
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
