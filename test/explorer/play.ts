import { parseProjectFile } from "../../cli/analysis/project-file.ts";
import { openPause } from "../../cli/store/record.ts";
import { colors, other, type Color } from "../../deployment/model.ts";
import { Referee, type Player } from "./referee.ts";
import { runCommand, type End } from "./run.ts";
import { Simulation, type Fault, type Host, type Made, type Process } from "./simulation.ts";
import { checkouts, folderOf, images, Stack, type Beginning } from "./stack.ts";

/** A command of a history; the first one starts at once, each other one behind the one before it unless a fault says so. */
export interface Part {
  readonly who: string;
  readonly line: string;
  readonly host: string;
  readonly checkout: string;
}

/** Commands that meet on one stack. */
export interface History {
  readonly name: string;
  readonly beginning: Beginning;
  /** What was done, whole, before it begins. */
  readonly before: readonly string[];
  readonly cast: readonly Part[];
  /** The text of bluegreen.yaml in every checkout; undefined: there is none. */
  readonly project?: string;
}

/** How a history went. */
export interface Played {
  readonly harm: readonly string[];
  readonly trace: readonly string[];
  readonly calls: readonly Made[];
  readonly ends: Readonly<Record<string, End>>;
  readonly steps: number;
  readonly crashes: number;
  readonly stack: Stack;
}

const hosts = new Map<string, Host>();
const hostOf = (name: string): Host => {
  const host = hosts.get(name) ?? { name, boot: `boot-of-${name}` };
  hosts.set(name, host);
  return host;
};

/** Seconds before each further try: at once, then past a lease, then past what an update may take. */
const pauses = [1, 70, 70, 70, 2_000, 70, 70, 70];

class Game {
  readonly simulation: Simulation;
  readonly stack: Stack;
  readonly referee: Referee;
  readonly ends: Record<string, End> = {};
  private readonly players = new Map<Process, Player>();
  private readonly started = new Map<string, Process>();
  private readonly again = new Map<string, string>();
  private readonly history: History;
  /** Whether a rollback's engine began without a note: it waits for no table, and only a person can know that it is dead. */
  private unnoted = false;

  constructor(history: History, faults: readonly Fault[], traced: boolean) {
    this.history = history;
    this.simulation = new Simulation(faults, traced);
    this.stack = new Stack(this.simulation, history.beginning);
    const file = parseProjectFile(history.project ?? "");
    this.referee = new Referee(this.stack, (process) => this.players.get(process), file);
    if (history.project !== undefined)
      for (const checkout of checkouts) this.stack.files.set(`${folderOf(checkout)}/bluegreen.yaml`, history.project);
    this.simulation.onFault = (fault, label) => this.happen(fault, label);
  }

  async play(): Promise<void> {
    const { simulation, history } = this;
    for (const line of history.before) await this.command("Z", line, "before", "one");
    const now = this.stack.files.get(`${folderOf("one")}/Pulumi.dev.yaml`) ?? "";
    // Everybody has pulled what was committed by then.
    for (const checkout of checkouts) this.stack.files.set(`${folderOf(checkout)}/Pulumi.dev.yaml`, now);
    for (const part of history.cast) {
      if (!this.started.has(part.who)) this.start(part);
      await simulation.run(() => this.over());
      await this.wait(2);
    }
    simulation.note("No more faults: whoever did not come to an end gives the same command again");
    simulation.calm();
    this.stack.aws.recover();
    this.stack.backend.forgetPeople(this.unnoted);
    await this.finish();
  }

  /** The same commands again, until each has come to its end, and the old fleet is retired. */
  private async finish(): Promise<void> {
    const { cast } = this.history;
    // A rollback that was begun goes first: until it is over, nothing else may.
    const isBack = ({ line }: Part) => (line.startsWith("rollback") ? 0 : 1);
    for (const part of [...cast].sort((one, another) => isBack(one) - isBack(another))) {
      const undone = this.referee.rolledBack !== undefined && !part.line.startsWith("rollback");
      if (part.line.startsWith("up") || isOver(part, this.ends[part.who]) || undone) continue;
      const host = this.again.get(part.who) ?? part.host;
      const line = part.line.replace(" --direct", "");
      // A fleet that was being replaced when all requests came is no fleet to stay with.
      const mixed = part.line === line ? undefined : this.beingReplaced();
      const away = mixed && `rollback --to=${other(mixed)} --override=mixed`;
      await this.untilWell(away ?? line, host, part.checkout);
    }
    // Somebody ends each pause that is left, in the end.
    for (let left = 5; left > 0 && this.isPaused(); left--)
      await this.untilWell("continue", "desk", cast[cast.length - 1].checkout);
    // A share that a person gives stays a share until they decide.
    const isShared = Object.values(this.stack.aws.weights).every((weight) => weight < 100);
    if (isShared) await this.untilWell("rollback", "desk", cast[cast.length - 1].checkout);
    await this.untilWell("retire", "desk", cast[cast.length - 1].checkout);
    if (this.simulation.harm.length === 0) this.referee.end();
  }

  private isPaused(): boolean {
    const record = this.stack.records().at(-1);
    return record !== undefined && openPause(record) !== undefined && this.simulation.harm.length === 0;
  }

  /** A colour whose fleet an update that was cut off, or refused, has left half replaced. */
  private beingReplaced(): Color | undefined {
    const { resources } = this.stack.backend.state;
    const find = (name: string) => resources.filter((one) => one.name === name);
    return colors.find((color) => {
      const groups = find(`app-${color}-group`);
      return groups.length > 1 || groups[0]?.version !== find(`app-${color}-template`)[0]?.version;
    });
  }

  private async untilWell(line: string, host: string, checkout: string): Promise<void> {
    let end: End | undefined;
    for (const pause of pauses) {
      if (this.simulation.harm.length > 0) return;
      await this.wait(pause);
      end = await this.command("Z", line, host, checkout);
      // A rollback that is refused twice has nothing to take back.
      // What the refusal says: a rollback that did not come about, and a run that was killed, leave a bake to be ended.
      if (end.message.startsWith("the bake of")) await this.command("Z", "bake", host, checkout);
      // Another release waits for people: they decide.
      if (/^\S+ (is|was) paused/.test(end.message) && end.code === "refused")
        await this.command("Z", "continue", host, checkout);
      if (isOver({ line }, end)) return this.referee.settled(line);
      if (line.startsWith("continue") && end.message.startsWith("Nothing is paused")) return;
      if (end.code === "refused" && line.startsWith("rollback")) return;
      // Its release was taken back meanwhile: there is nothing to prove any more.
      if (line.startsWith("check") && end.message.startsWith("Nothing is staged")) return;
    }
    this.simulation.fail(`${line} never comes to an end: ${end?.code}, ${end?.message}`);
  }

  private async command(who: string, line: string, host: string, checkout: string): Promise<End> {
    const process = this.begin({ who, line, host, checkout });
    await this.simulation.run(() => !process.alive);
    return this.ends[who] ?? { code: "killed", message: "" };
  }

  private start(part: Part): void {
    const { who } = part;
    const host = this.simulation.said(who, "host") ?? part.host;
    this.again.set(who, this.simulation.said(who, "again") ?? host);
    this.started.set(who, this.begin({ ...part, host }));
  }

  private begin({ who, line, host, checkout }: Part): Process {
    const skew = Number(this.simulation.said(who, "skew") ?? 0) * 1000;
    const process = this.simulation.spawn(who, hostOf(host), {}, undefined, skew);
    this.players.set(process, { line, begun: this.simulation.time });
    delete this.ends[who];
    this.simulation.note(`${who} on ${host}: ${line}`);
    const before = this.referee.serving();
    if (line.startsWith("up ")) this.referee.byHand = true;
    void runCommand(this.stack, process, { line, checkout }).then((end) => {
      this.ends[who] = end;
      this.simulation.note(
        `${who} ends: ${end.code}${end.message && `: ${end.message.split("\n").slice(0, 3).join(" ")}`}`,
      );
      this.simulation.end(process);
      if (end.code === "locked" && end.message.includes(`(process ${process.pid} on ${host})`))
        this.simulation.fail(`${line} is refused by its own lock`);
      if (end.code === "crash") this.simulation.fail(`${line} crashed: ${end.message}`);
      if (line.startsWith("rollback") && end.code === "ok")
        this.referee.rollbackEnded(line.includes("--direct") ? undefined : before);
    });
    return process;
  }

  private happen({ who, kind, value = "" }: Fault, label: string): void {
    const { aws } = this.stack;
    const back = this.history.cast.some((part) => part.who === who && part.line.startsWith("rollback"));
    // Without an answer of the table a person's own update goes on, and says so.
    const person = this.history.cast.some((part) => part.who === who && part.line.startsWith("up"));
    if (person && /^lose/.test(kind) && label === "GetItem") this.referee.byHand = true;
    const direct = this.history.cast.some((part) => part.who === who && part.line.includes("--direct"));
    if (back && /^lose/.test(kind) && label === "note the engine") this.unnoted = true;
    if (direct && !/^(kill|start|world)/.test(kind)) this.referee.blind = true;
    if (back && /^lose/.test(kind) && (label === "Query" || label === "GetItem" || label.startsWith("record ")))
      this.referee.recordLost = true;
    if (kind !== "start" && kind !== "world") return;
    if (kind === "start") {
      const part = this.history.cast.find(({ who }) => who === value);
      if (part && !this.started.has(value)) this.simulation.schedule(0, undefined, () => this.start(part));
      return;
    }
    const [what, color] = value.split("-") as [string, Color];
    if (what === "exhausted" || what === "short") aws.exhausted = true;
    if (what === "scale" || what === "short") aws.scale(color);
    if (what === "failing") aws.failing.add(images.X.id);
    if (what === "sick") {
      const [instance] = aws.healthy(color);
      // The last one stays well: without any there is no right answer.
      if (instance && aws.healthy(color).length > 1) instance.sick = true;
    }
    this.referee.moved.push(this.simulation.time);
  }

  private over(): boolean {
    return [...this.started.values()].every(({ alive }) => !alive);
  }

  private async wait(seconds: number): Promise<void> {
    let over = false;
    this.simulation.schedule(seconds * 1000, undefined, () => (over = true));
    await this.simulation.run(() => over);
  }
}

/** Whether nobody has to give the command again. */
function isOver({ line }: Pick<Part, "line">, end: End | undefined): boolean {
  // Past the state: the state has to learn of it.
  if (end === undefined || line.includes("--direct")) return false;
  return end.code === "ok" || end.code === "rolledBack" || end.code === "paused";
}

/** Plays a history with these faults. */
export async function play(history: History, faults: readonly Fault[], traced = false): Promise<Played> {
  const game = new Game(history, faults, traced);
  await game.play();
  const { simulation, stack, ends } = game;
  const { harm, trace, calls, steps, crashes } = simulation;
  return { harm, trace, calls, ends, steps, crashes, stack };
}
