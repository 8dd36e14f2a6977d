import crypto from "node:crypto";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import fs from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import readline from "node:readline";
import timers from "node:timers/promises";
import type { Color } from "../../deployment/model.ts";
import { currentProcess, type Process, type Simulation } from "./simulation.ts";

/** What simulated processes find instead of the machine; set anew for each run. */
export interface OperatingSystem {
  readonly simulation: Simulation;
  /** Files by path, below /checkout. */
  readonly files: Map<string, string>;
  /**
   * An operation of the engine, in the process that was started for it.
   * @param print a line on standard output
   * @throws Error: what it prints on standard error
   */
  engine(process: Process, folder: string, args: readonly string[], print: (line: string) => void): Promise<void>;
  /** A command of the team, in a process that was started for it: its exit code. */
  team(process: Process): Promise<number>;
  /** Any other `pulumi` command: what it prints. */
  pulumi(args: readonly string[]): Promise<string>;
  /** The answer through the preview listener; undefined: no connection. */
  preview(color: Color, path: string): { status: number; body: string } | undefined;
}

let system: OperatingSystem;
export const useOperatingSystem = (next: OperatingSystem): void => void (system = next);

const http = process.getBuiltinModule("node:http");
const real = {
  Date,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  readFileSync: fs.readFileSync,
  mkdtempSync: fs.mkdtempSync,
  rmSync: fs.rmSync,
  readlinkSync: fs.readlinkSync,
  readFile: files.readFile,
  writeFile: files.writeFile,
  rename: files.rename,
  spawn: childProcess.spawn,
  execFile: childProcess.execFile,
  hostname: os.hostname,
  createInterface: readline.createInterface,
  pause: timers.setTimeout,
  kill: process.kill.bind(process),
  env: process.env,
  pid: process.pid,
  request: http.request,
  randomUUID: crypto.randomUUID,
  randomBytes: crypto.randomBytes,
  performance,
  timeout: AbortSignal.timeout.bind(AbortSignal),
};

const clock = (process: Process): number => system.simulation.time + process.skew;

class SimulatedDate extends Date {
  constructor(...args: unknown[]) {
    const process = args.length === 0 ? currentProcess() : undefined;
    super(...((process ? [clock(process)] : args) as []));
  }
  static override now(): number {
    const process = currentProcess();
    return process ? clock(process) : real.Date.now();
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === "[object Date]";
  }
}

interface Timer {
  event: ReturnType<Simulation["schedule"]>;
  unref(): Timer;
  ref(): Timer;
}

function virtualTimer(process: Process, run: () => void, milliseconds: number, again: boolean): Timer {
  const fire = (): void => {
    if (again) timer.event = system.simulation.schedule(milliseconds, process, fire);
    run();
  };
  const timer: Timer = {
    event: system.simulation.schedule(milliseconds, process, fire),
    unref: () => timer,
    ref: () => timer,
  };
  return timer;
}

/** A function that answers in simulated processes, and is the real one elsewhere. */
function either<A extends unknown[], R>(original: unknown, simulated: (process: Process, ...args: A) => R | undefined) {
  return function (this: unknown, ...args: A): R {
    const process = currentProcess();
    const answer = process && simulated(process, ...args);
    return answer === undefined ? (original as (...args: A) => R).apply(this, args) : answer;
  };
}

const missing = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });

/** /proc as far as cli/store/holder.ts asks for it, and the checkouts. */
function read(process: Process, path: unknown): string | undefined {
  if (typeof path !== "string") return undefined;
  if (path === "/proc/sys/kernel/random/boot_id") return `${process.host.boot}\n`;
  const [, number] = /^\/proc\/(\d+|self)\/stat$/.exec(path) ?? [];
  if (number !== undefined) {
    const pid = number === "self" ? process.pid : Number(number);
    const found = processOf(process, pid);
    if (found === undefined) throw missing;
    return `${pid} (node) S ${"0 ".repeat(18)}${found.begun % 1e9} 0`;
  }
  if (!path.startsWith("/checkout/")) return undefined;
  const text = system.files.get(path);
  if (text === undefined) throw missing;
  return text;
}

const processOf = ({ host }: Process, pid: number): Process | undefined =>
  system.simulation.processes.find((one) => one.alive && one.pid === pid && one.host === host);

function kill(process: Process, pid: number, signal: string | number = "SIGTERM"): true {
  const target = processOf(process, Math.abs(pid));
  if (target === undefined) throw Object.assign(new Error("kill ESRCH"), { code: "ESRCH" });
  if (signal === "SIGINT") target.interrupted = true;
  else if (signal !== 0) system.simulation.kill(target);
  return true;
}

const spawn = (parent: Process, _command: string, args: readonly string[], options: childProcess.SpawnOptions) =>
  args.length === 2 ? spawnTeam(parent, options) : spawnEngine(parent, args, options);

/** A shell with a command of the team: cli/analysis/command.ts. */
function spawnTeam(parent: Process, { env }: childProcess.SpawnOptions) {
  const command = system.simulation.spawn(`${parent.name}'s command`, parent.host, env ?? {}, parent);
  const [stdout, stderr] = [new EventEmitter(), new EventEmitter()];
  const child = Object.assign(new EventEmitter(), { pid: command.pid, stdout, stderr });
  const end = (code: number | null, signal: string | null): void => {
    system.simulation.end(command);
    system.simulation.schedule(1, parent, () => {
      child.emit("exit", code, signal);
      child.emit("close", code, signal);
    });
  };
  command.onKilled = () => end(null, "SIGKILL");
  void system.simulation.in(command, () =>
    system.team(command).then(
      (code) => end(code, null),
      () => end(1, null),
    ),
  );
  return child;
}

/** The shell of automation/running.ts: it becomes the CLI when it is given a line. */
function spawnEngine(parent: Process, args: readonly string[], { cwd, env }: childProcess.SpawnOptions) {
  const engine = system.simulation.spawn(`${parent.name}'s engine`, parent.host, env ?? {}, parent);
  const stdout = new EventEmitter();
  let begun = false;
  const child = Object.assign(new EventEmitter(), {
    pid: engine.pid,
    exitCode: null as number | null,
    signalCode: null as string | null,
    stdin: { on: () => undefined, write: () => begin() },
    stdout,
    stderr: new EventEmitter(),
    kill: (signal: string) => {
      // A shell that waits for its line ends by the signal; the CLI ends its step first.
      if (engine.alive && begun) kill(parent, engine.pid, signal);
      else if (engine.alive) end(null, signal);
      return true;
    },
  });
  const end = (code: number | null, signal: string | null): void => {
    system.simulation.end(engine);
    [child.exitCode, child.signalCode] = [code, signal];
    system.simulation.schedule(1, parent, () => {
      child.emit("exit", code, signal);
      child.emit("close", code, signal);
    });
  };
  engine.onKilled = () => end(null, "SIGKILL");
  const begin = (): void => {
    if (!engine.alive || begun) return;
    begun = true;
    const print = (line: string) => system.simulation.in(parent, () => stdout.emit("line", line));
    void system.simulation.in(engine, () =>
      system.engine(engine, String(cwd), args.slice(args.indexOf("pulumi") + 1), print).then(
        () => end(0, null),
        (error: Error) => {
          child.stderr.emit("data", Buffer.from(`error: ${error.message}`));
          end(255, null);
        },
      ),
    );
  };
  return child;
}

function execFile(_process: Process, _command: string, args: string[], _options: object, done: unknown): object {
  const tell = done as (error: Error | null, stdout: string, stderr: string) => void;
  system.pulumi(args).then(
    (text) => tell(null, text, ""),
    (error: Error) => tell(error, "", `error: ${error.message}`),
  );
  return {};
}

function pause(process: Process, milliseconds: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}) {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      system.simulation.cancel(timer.event);
      reject(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" }));
    };
    const timer = virtualTimer(
      process,
      () => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      },
      milliseconds,
      false,
    );
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

/** A request that aws/preview.ts sends: answered at once. */
function request(_process: Process, { headers, path }: { headers: Record<string, Color>; path: string }): object {
  const listeners: Record<string, (value?: unknown) => void> = {};
  const asked = {
    on: (name: string, listener: () => void) => ((listeners[name] = listener), asked),
    destroy: () => undefined,
    end: () => {
      const answer = system.preview(headers["X-Bluegreen-Preview"], path);
      if (answer === undefined) listeners.error(new Error("connect ECONNREFUSED"));
      else {
        listeners.socket({ on: (name: string, connected: () => void) => (name === "connect" && connected(), asked) });
        const events: Record<string, (value?: unknown) => void> = {};
        const response = {
          statusCode: answer.status,
          on: (name: string, listener: () => void) => ((events[name] = listener), response),
        };
        listeners.response(response);
        events.data(Buffer.from(answer.body));
        events.end();
      }
      listeners.close();
    },
  };
  return asked;
}

const file = (path: unknown): path is string => typeof path === "string" && path.startsWith("/checkout/");

/**
 * Puts simulated ones in the place of the clock, timers, processes and files, for code that runs in a simulated process and
 * for nobody else.
 * @returns what puts the real ones back: Node's own modules are shared by all tests of a worker
 */
export function installOperatingSystem(): () => void {
  const undo: (() => void)[] = [];
  const set = (target: object, changes: Record<string, unknown>) => {
    const before = Object.fromEntries(Object.keys(changes).map((key) => [key, (target as typeof changes)[key]]));
    undo.push(() => Object.assign(target, before));
    Object.assign(target, changes);
  };
  const define = (name: "pid" | "env", get: () => unknown) => {
    const before = Object.getOwnPropertyDescriptor(process, name);
    if (before) undo.push(() => Object.defineProperty(process, name, before));
    Object.defineProperty(process, name, { get, configurable: true, enumerable: true });
  };
  set(globalThis, {
    Date: SimulatedDate,
    setTimeout: either(real.setTimeout, (process, run: () => void, ms: number) =>
      virtualTimer(process, run, ms, false),
    ),
    setInterval: either(real.setInterval, (process, run: () => void, ms: number) =>
      virtualTimer(process, run, ms, true),
    ),
    clearTimeout: either(real.clearTimeout, clear),
    clearInterval: either(real.clearInterval, clear),
    performance: {
      now: either(
        () => real.performance.now(),
        (process: Process) => clock(process),
      ),
      mark: () => 0,
    },
  });
  set(AbortSignal, { timeout: either(real.timeout, timeout) });
  set(timers, { setTimeout: either(real.pause, pause) });
  set(fs, {
    readFileSync: either(real.readFileSync, read),
    mkdtempSync: either(real.mkdtempSync, (_, prefix: string) => `${prefix}${system.simulation.draw()}`),
    rmSync: either(real.rmSync, () => ({})),
    readlinkSync: either(real.readlinkSync, (process, path: string) =>
      path.startsWith("/proc/") ? `pid:[${process.host.name.length}]` : undefined,
    ),
  });
  set(files, {
    readFile: either(real.readFile, (_, path: unknown) =>
      file(path) ? new Promise((resolve) => resolve(read(_, path))) : undefined,
    ),
    writeFile: either(real.writeFile, (_, path: unknown, text: string) =>
      file(path) ? Promise.resolve(system.files.set(path, text)) : undefined,
    ),
    rename: either(real.rename, (_, from: unknown, to: string) =>
      file(from)
        ? system.simulation.call({ label: "write the settings", write: true }, () => {
            const text = system.files.get(from);
            if (text !== undefined) system.files.set(to, text);
          })
        : undefined,
    ),
  });
  set(childProcess, { spawn: either(real.spawn, spawn), execFile: either(real.execFile, execFile) });
  // Lines come from a simulated stream as they are.
  set(readline, {
    createInterface: either(real.createInterface, (_, { input }: { input: object }) => input),
  });
  set(os, { hostname: either(real.hostname, ({ host }) => host.name) });
  set(http, { request: either(real.request, request) });
  set(crypto, {
    randomUUID: either(real.randomUUID, () => `token-${system.simulation.draw()}`),
    randomBytes: either(real.randomBytes, (_, size: number) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntBE(system.simulation.draw() % 256 ** size, 0, size);
      return bytes;
    }),
  });
  set(process, { kill: either(real.kill, kill) });
  define("pid", () => currentProcess()?.pid ?? real.pid);
  define("env", () => currentProcess()?.env ?? real.env);
  syncBuiltinESMExports();
  return () => {
    for (const step of undo.reverse()) step();
    syncBuiltinESMExports();
  };
}

function clear(_process: Process, timer?: Timer): object {
  if (timer?.event) system.simulation.cancel(timer.event);
  return {};
}

function timeout(process: Process, milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const late = () => controller.abort(Object.assign(new Error("timed out"), { name: "TimeoutError" }));
  virtualTimer(process, late, milliseconds, false);
  return controller.signal;
}
