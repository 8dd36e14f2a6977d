import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { endScript, type Script, startScript } from "@bluegreen/machines";
import type { Clock } from "../clock.ts";
import type { Machine } from "./instances.ts";

const standIn = join(import.meta.dirname, "../images/service.mjs");

/** Ends a program that knows nothing of its parent when that is gone. */
const withParent = join(import.meta.dirname, "../images/with-parent.mjs");

/** Where scripts find the commands of the image, and the Node that runs them. */
const commandPath = [join(import.meta.dirname, "../images/bin"), dirname(process.execPath), process.env.PATH].join(
  delimiter,
);

/** AWS seconds between a service's crash and its restart: systemd's RestartSec in the images' unit. */
const restartDelay = 1;
/** AWS seconds that a service has for its graceful end: systemd's TimeoutStopSec in the images' unit. */
const stopTimeout = 30;

/** What a service process needs to start. */
export interface ProcessMachineArgs {
  /** Environment of the service: image, user data and address, already put together. */
  environment: Record<string, string>;
  /** The program that the image carries; default: a stand-in. */
  program?: string;
  clock: Clock;
  /** Gets what the service writes, a line at a time. */
  onLine: (line: string) => void;
}

/** A process that stands for a machine: its service alone, started again when it crashes, as systemd would. */
export class ProcessMachine implements Machine {
  private child?: ChildProcess;
  private restart?: NodeJS.Timeout;
  private readonly scripts = new Set<Script>();
  private state: "on" | "off" | "dead" = "on";

  private readonly args: ProcessMachineArgs;

  constructor(args: ProcessMachineArgs) {
    this.args = args;
    this.boot();
  }

  /** The service's process id, undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** True for a machine that died: no process, and nothing will start one. */
  get dead(): boolean {
    return this.state === "dead";
  }

  /** The machine dies, as by a hardware fault: nothing is closed gracefully and nothing restarts. */
  die(): void {
    this.state = "dead";
    clearTimeout(this.restart);
    this.child?.kill("SIGKILL");
    this.scripts.forEach(endScript);
  }

  /** Shuts the machine down as an operating system does: SIGTERM, and SIGKILL when the time for that is over. */
  async shutDown(): Promise<void> {
    this.state = this.state === "on" ? "off" : this.state;
    clearTimeout(this.restart);
    this.scripts.forEach(endScript);
    const child = this.child;
    if (!child) {
      return;
    }
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), this.args.clock.milliseconds(stopTimeout));
    await gone;
    clearTimeout(timer);
  }

  execute(script: string): Script {
    const child = startScript("sh", ["-c", script], { ...this.args.environment, PATH: commandPath });
    this.scripts.add(child);
    child.once("close", () => this.scripts.delete(child));
    return child;
  }

  private boot(): void {
    const { program } = this.args;
    const child = fork(program ?? standIn, [], {
      execArgv: program === undefined ? [] : ["--import", withParent],
      env: { PATH: process.env.PATH, ...this.args.environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => text.trimEnd().split("\n").forEach(this.args.onLine));
    }
    child.once("error", (error) => this.args.onLine(`could not start: ${error.message}`));
    child.once("exit", (code, signal) => {
      this.child = undefined;
      if (this.state === "on") {
        this.args.onLine(`service ended with ${signal ?? `exit code ${code}`}; it is started again`);
        this.restart = setTimeout(() => this.boot(), this.args.clock.milliseconds(restartDelay));
      }
    });
  }
}
