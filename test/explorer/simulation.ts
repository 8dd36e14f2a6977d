import { AsyncLocalStorage } from "node:async_hooks";

/** What a deviation does to a runner, or to the world, when the runner makes the call that its key names. */
const faultKinds = {
  kill: "is killed before the call",
  killAfter: "is killed after the call had its effect",
  lose: "gets no answer: the call never arrived",
  loseAfter: "gets no answer: the call had its effect",
  retry: "gets no answer, and the SDK sends the call a second time",
  freeze: "is frozen, its engine too, before the call goes out",
  stall: "is frozen, its engine too, once the call had its effect",
  late: "is frozen, and its call in flight has its effect only at the end of that",
  pause: "is frozen without its engine",
  slow: "waits for the answer",
  engineDies: "loses its engine, which is killed",
  start: "lets another command start",
  world: "sees the world change",
  skew: "has a clock that is ahead",
  host: "runs on",
  again: "is given again on",
} as const;
export type FaultKind = keyof typeof faultKinds;

/** One deviation from a run in which nothing happens, at a call of the runner `who`. */
export interface Fault {
  readonly who: string;
  /** Its number, counted from 1; 0: the run as a whole; or the beginning of its label, `#2` for the second such one. */
  readonly call: number | string;
  readonly kind: FaultKind;
  /** Seconds; who starts; what changes in the world. */
  readonly value?: string;
}

export const keyOf = ({ who, call, kind, value }: Fault): string =>
  `${who}${typeof call === "number" ? call : `[${call}]`}:${kind}${value === undefined ? "" : `=${value}`}`;

export function faultIn(key: string): Fault {
  const [, who, call, label, kind, , value] = /^([A-Z])(?:(\d+)|\[(.+)\]):(\w+)(=(.+))?$/.exec(key) ?? [];
  if (who === undefined || !Object.hasOwn(faultKinds, kind)) throw new Error(`${JSON.stringify(key)} is no key.`);
  return { who, call: label ?? Number(call), kind: kind as FaultKind, value };
}

/** A simulated process: a command, or the engine that it has started. */
export interface Process {
  readonly name: string;
  readonly host: Host;
  readonly pid: number;
  /** The command that it belongs to: itself, or its parent. */
  readonly root: Process;
  readonly children: Process[];
  /** When it was started, milliseconds of the simulation. */
  readonly begun: number;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds that its clock is ahead. */
  readonly skew: number;
  alive: boolean;
  /** When it was frozen last. */
  frozenAt: number;
  frozenUntil: number;
  interrupted: boolean;
  calls: number;
  /** Told when it is killed. */
  onKilled?: () => void;
}

export interface Host {
  readonly name: string;
  readonly boot: string;
}

export interface Call {
  readonly label: string;
  /** Whether it can change anything. */
  readonly write: boolean;
}

/** A call that was made, by the key of faults at it. */
export interface Made extends Call {
  readonly who: string;
  readonly number: number;
  readonly byEngine: boolean;
}

interface Event {
  at: number;
  readonly order: number;
  readonly process?: Process;
  readonly run: () => void;
}

const realTick = process.nextTick.bind(process);

/** The process whose code runs now; undefined: none that is simulated. */
const running = new AsyncLocalStorage<Process>();
export const currentProcess = (): Process | undefined => running.getStore();

/** Milliseconds until a call's effect, and from there to its answer. */
const latency = 20;

/** A table of processes and a virtual clock: events happen in the order of their time, one at a time. */
export class Simulation {
  time = Date.parse("2026-11-21T14:00:00Z");
  steps = 0;
  crashes = 0;
  /** What must not happen, and did. */
  readonly harm: string[] = [];
  readonly trace: string[] = [];
  readonly processes: Process[] = [];
  readonly calls: Made[] = [];
  /** Whose call has its effect now, and whether it was held up behind the last thing that could stop it. */
  actor?: Process;
  heldUp = false;
  /** Told of each fault as it happens, and what the call was; does what those of the kinds `start` and `world` say. */
  onFault: (fault: Fault, label: string) => void = () => undefined;
  readonly faults = new Map<string, Fault[]>();
  /** Faults at a label, and how often it has to come until they happen. */
  private labelled: { readonly fault: Fault; readonly label: string; left: number }[] = [];
  private readonly said_ = new Map<Process, string[]>();
  private readonly queue: Event[] = [];
  private order = 0;
  private draws = 0;
  /** Effects under way at AWS whose process may be gone. */
  private inFlight = 0;
  private readonly traced: boolean;

  constructor(faults: readonly Fault[], traced = false) {
    this.traced = traced;
    for (const fault of faults) {
      if (typeof fault.call === "string") {
        const [label, nth] = fault.call.split("#");
        this.labelled.push({ fault, label, left: Number(nth ?? 1) });
        continue;
      }
      const key = `${fault.who}${fault.call}`;
      this.faults.set(key, [...(this.faults.get(key) ?? []), fault]);
    }
  }

  /** What a fault says of a runner as a whole: its key has the call 0. */
  said(who: string, kind: FaultKind): string | undefined {
    return this.faults.get(`${who}0`)?.find((fault) => fault.kind === kind)?.value;
  }

  /** A number that is never drawn twice. */
  draw(): number {
    return ++this.draws;
  }

  note(text: string): void {
    if (this.traced) this.trace.push(`${((this.time % 86_400_000) / 1000 - 50_400).toFixed(2).padStart(8)} s  ${text}`);
  }

  /** What a process does; what it has only just done is not said again. */
  private noteCall(process: Process, number: number, label: string): void {
    const latest = this.said_.get(process.root) ?? [];
    this.said_.set(process.root, [...latest.slice(-3), label]);
    if (!latest.includes(label)) this.note(`${process.name} ${number}: ${label}`);
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    this.faults.clear();
    this.labelled = [];
  }

  private faultsAt(who: string, number: number, label: string): Fault[] {
    const now = this.labelled.filter((one) => one.fault.who === who && label.startsWith(one.label) && --one.left === 0);
    return [...(this.faults.get(`${who}${number}`) ?? []), ...now.map(({ fault }) => fault)];
  }

  fail(harm: string): void {
    if (this.harm.length === 0) this.note(`HARM: ${harm}`);
    this.harm.push(harm);
  }

  spawn(name: string, host: Host, env: NodeJS.ProcessEnv, parent?: Process, skew = 0): Process {
    const pid = 100 + this.draw();
    const process = {
      name,
      host,
      pid,
      env,
      skew: parent?.skew ?? skew,
      begun: this.time,
      children: [] as Process[],
      alive: true,
      frozenAt: 0,
      frozenUntil: 0,
      interrupted: false,
      calls: 0,
    } as unknown as Process & { root: Process };
    process.root = parent?.root ?? process;
    parent?.children.push(process);
    this.processes.push(process);
    return process;
  }

  in<T>(process: Process, run: () => T): T {
    return running.run(process, run);
  }

  /** SIGKILL. What a command has started ends with it, a moment later: see automation/running.ts. */
  kill(process: Process): void {
    if (!process.alive) return;
    this.crashes += 1;
    this.end(process);
    process.onKilled?.();
    this.schedule(5, undefined, () => process.children.forEach((child) => this.kill(child)));
  }

  /** The process has come to its end. */
  end(process: Process): void {
    process.alive = false;
  }

  freeze(process: Process, seconds: number, engineToo: boolean): void {
    this.note(`${process.name} is frozen for ${seconds} s${engineToo ? "" : ", its engine is not"}`);
    const frozen = [process, ...(engineToo ? process.children.filter(({ alive }) => alive) : [])];
    for (const one of frozen) Object.assign(one, { frozenAt: this.time, frozenUntil: this.time + seconds * 1000 });
  }

  schedule(after: number, process: Process | undefined, run: () => void): Event {
    const event = { at: this.time + Math.max(0, after), order: ++this.order, process, run };
    this.push(event);
    return event;
  }

  cancel(event: Event): void {
    const index = this.queue.indexOf(event);
    if (index >= 0) this.queue.splice(index, 1);
  }

  /** A call to AWS, to the state's backend or to a disk: an effect at one moment, and an answer after it. */
  call<T>({ label, write }: Call, effect: () => T): Promise<T> {
    const process = currentProcess();
    if (process === undefined) throw new Error(`${label}: no simulated process makes this call`);
    const { root } = process;
    return new Promise<T>((resolve, reject) => {
      if (!process.alive) return;
      const number = ++root.calls;
      this.calls.push({ who: root.name, number, label, write, byEngine: process !== root });
      let [before, after, times] = [latency, latency, 1];
      let [lost, heldUp] = [false, false];
      for (const fault of this.faultsAt(root.name, number, label)) {
        const { kind, value } = fault;
        const seconds = Number(value ?? 0);
        const what = `${process.name} call ${number} (${label})`;
        this.note(`${what}: ${root.name} ${faultKinds[kind]}${value === undefined ? "" : ` (${value})`}`);
        this.onFault(fault, label);
        if (kind === "kill") return this.kill(root);
        if (kind === "engineDies") {
          for (const child of root.children) this.kill(child);
          if (process !== root) return;
        }
        if (kind === "lose") return void this.schedule(10_000, process, () => reject(timedOut()));
        if (kind === "loseAfter") lost = true;
        if (kind === "retry" && write) times = 2;
        if (kind === "slow") after += seconds * 1000;
        if (kind === "late") before += seconds * 1000;
        if (kind === "freeze" || kind === "late") this.freeze(root, seconds, true);
        if (kind === "pause") this.freeze(root, seconds, false);
        if (kind === "stall") this.schedule(before + 1, undefined, () => this.freeze(root, seconds, true));
        if (kind === "killAfter") this.schedule(before + 1, undefined, () => this.kill(root));
        if (kind === "freeze") before += seconds * 1000;
        if (kind === "freeze" || kind === "late") heldUp = true;
      }
      this.inFlight += 1;
      // What was sent has its effect, whatever becomes of who sent it.
      this.schedule(before, undefined, () => {
        this.inFlight -= 1;
        let settle: () => void = () => undefined;
        [this.actor, this.heldUp] = [process, heldUp];
        try {
          let value = effect();
          for (; times > 1; times--) value = effect();
          settle = () => resolve(value);
        } catch (error) {
          const fault = error instanceof Error ? error : new Error(String(error));
          settle = () => reject(fault);
        }
        this.actor = undefined;
        if (this.traced && write) this.noteCall(process, number, label);
        if (lost) this.schedule(10_000, process, () => reject(timedOut()));
        else this.schedule(after, process, settle);
      });
    });
  }

  /** Lets events happen until nobody has anything to do, or `done`. */
  async run(done: () => boolean, limit = 20_000): Promise<void> {
    const end = this.steps + limit;
    for (;;) {
      // All that was promised has happened by then: ticks come behind it (lib/internal/process/task_queues.js).
      await new Promise<void>((resolve) => realTick(resolve));
      if (this.inFlight === 0 && done()) return;
      const event = this.pop();
      if (event === undefined) return;
      if (event.process?.alive === false) continue;
      if (event.process && event.process.frozenUntil > event.at) {
        event.at = event.process.frozenUntil;
        this.push(event);
        continue;
      }
      this.time = Math.max(this.time, event.at);
      if (++this.steps > end) return this.fail("livelock: it goes on for ever");
      if (event.process) this.in(event.process, event.run);
      else event.run();
    }
  }

  private push(event: Event): void {
    let [low, high] = [0, this.queue.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.queue[middle];
      if (other.at < event.at || (other.at === event.at && other.order < event.order)) high = middle;
      else low = middle + 1;
    }
    this.queue.splice(low, 0, event);
  }

  /** The queue's end is the next one. */
  private pop(): Event | undefined {
    return this.queue.pop();
  }
}

/** What the SDK and the network say when no answer comes. */
function timedOut(): Error {
  const error = new Error("Connection timed out after 10000 ms");
  error.name = "TimeoutError";
  return error;
}
