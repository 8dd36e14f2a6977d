import type { Pause } from "../../cli/analysis/pauses.ts";
import type { ProjectFile } from "../../cli/analysis/project-schema.ts";
import { rollbackChecks } from "../../cli/analysis/rollback-check.ts";
import { openPause } from "../../cli/store/record.ts";
import { colors, other, servingColor, shares, type ByColor, type Color } from "../../deployment/model.ts";
import type { Group, Instance, Watcher } from "./aws.ts";
import { bounds, images, type Stack } from "./stack.ts";
import type { Process } from "./simulation.ts";

/** What the referee knows of a command beside its process. */
export interface Player {
  readonly line: string;
  readonly begun: number;
}

const nameOf = (imageId: string): string => Object.entries(images).find(([, { id }]) => id === imageId)?.[0] ?? imageId;

/** Watches a stack, and says what must not happen. */
export class Referee implements Watcher {
  /** The latest rollback that reported success. */
  rolledBack?: { readonly to: Color; readonly at: number };
  /** Whether a person has moved traffic on purpose: what serves is theirs by then. */
  byHand = false;
  /** When AWS itself has added or taken an instance: the gate may have asked a moment before. */
  readonly moved: number[] = [];
  /** Whether the table gave no answer to a rollback that wrote down what it does: it goes on without. */
  recordLost = false;
  /** Whether a rollback past the state was held up, or had no answer: what it saw of the fleets is old, and nothing asks once more. */
  blind = false;
  /** Whether a call that nothing can stop any more has moved traffic: only the next command can repair that. */
  unfenced = false;
  /** The image that a rollback has taken the traffic from, since traffic moved last. */
  private takenBack?: string;
  private readonly trusted = new Set<string>();
  private readonly stack: Stack;
  private readonly playerOf: (process: Process) => Player | undefined;

  private readonly pauses: readonly Pause[];
  private readonly proves: boolean;

  constructor(
    stack: Stack,
    playerOf: (process: Process) => Player | undefined,
    { pauses, rollbackCheck }: Pick<ProjectFile, "pauses" | "rollbackCheck">,
  ) {
    [this.stack, this.playerOf, this.pauses] = [stack, playerOf, pauses];
    this.proves = rollbackCheck?.release === true;
    for (const { image } of stack.aws.groups) this.trusted.add(image);
    stack.aws.watcher = this;
  }

  weights(before: ByColor<number>, after: ByColor<number>): void {
    const { aws, simulation } = this.stack;
    if (after.blue + after.green !== 100) this.fail(`the weights are ${shares(after)}`);
    const actor = simulation.actor?.root;
    const player = actor && this.playerOf(actor);
    const back = player?.line.startsWith("rollback") === true && !player.line.includes("--direct");
    this.takenBack = back && colors.some((color) => after[color] === 100) ? this.serving()?.image : undefined;
    const overridden = simulation.actor?.env.BLUEGREEN_OVERRIDE !== undefined || player?.line.includes("--direct");
    for (const color of colors.filter((one) => after[one] > before[one])) {
      const healthy = aws.healthy(color);
      const [image] = healthy.map((instance) => instance.image);
      // What has got healthy a moment ago the gate may not have seen, nor what did while the engine was frozen behind it: its call
      // can't be fenced.
      const { frozenAt = 0, frozenUntil = 0 } = simulation.actor ?? {};
      const seen = frozenUntil > simulation.time - 1_000 ? Math.min(frozenAt, simulation.time) : simulation.time;
      const answering = aws.healthy(other(color)).filter(({ healthyAt }) => healthyAt <= seen - 1_000).length;
      // What takes back what it gave to its canary needs one; so does a rollback past the gate.
      const home = before[color] > 0 && after[color] === 100;
      const whole =
        Math.ceil((answering * after[color]) / 100) - this.moved.filter((at) => simulation.time - at < 1_000).length;
      const needed = Math.max(1, home || overridden ? 1 : whole);
      // What falls ill while the very call stands still can't be fenced (docs/protocol.md).
      if (healthy.length < needed && !simulation.heldUp)
        this.fail(`${color} gets ${after[color]} % with ${healthy.length} healthy targets, ${needed} are needed`);
      const blind = this.blind && player?.line.includes("--direct") === true;
      if (!blind && healthy.some((instance) => instance.image !== image))
        this.fail(`${color} gets traffic with mixed images`);
      if (image !== undefined && !this.checked(image) && !this.byHand)
        this.fail(`${nameOf(image)} on ${color} gets ${after[color]} % and was never checked`);
      if (player !== undefined) {
        this.pausesBefore(color, after[color], player);
        this.proofBefore(color, player);
      }
      const { rolledBack } = this;
      if (this.byHand || rolledBack === undefined || color === rolledBack.to || player === undefined) continue;
      if (player.line.startsWith("up") ? !this.isWritten(rolledBack.to) : this.turnOf(player) >= rolledBack.at)
        continue;
      if (simulation.heldUp) this.unfenced = true;
      else
        this.fail(`a rollback to ${rolledBack.to} had succeeded, and ${player.line} gives ${color} ${after[color]} %`);
    }
  }

  /** A colour gains traffic: where the file says so, its rollback was proved in both orders. */
  private proofBefore(color: Color, { line }: Player): void {
    const record = this.stack.records().at(-1);
    if (!this.proves || this.byHand || record?.color !== color || !/^(release|cutover|continue)/.test(line)) return;
    for (const order of rollbackChecks)
      if (!record.checks.some(({ name, ok }) => name === order && ok))
        this.fail(`${color} gets traffic by ${line}, and its rollback was not proved: ${order}`);
  }

  /** A colour gains traffic: no pause of its release is open, and each that comes before has been. */
  private pausesBefore(color: Color, weight: number, { line }: Player): void {
    const { simulation } = this.stack;
    const record = this.stack.records().at(-1);
    // What was in flight when its runner was frozen can't be fenced; a person's word needs no pause.
    if (simulation.heldUp || this.byHand || record?.color !== color || !/^(release|cutover|continue)/.test(line))
      return;
    if (openPause(record) !== undefined) this.fail(`${color} gets ${weight} % by ${line} while its release is paused`);
    const before = weight === 100 ? /^(stage|check|\d+%)$/ : /^(stage|check)$/;
    for (const { after } of this.pauses.filter(({ after }) => before.test(after)))
      if (record.pauses?.some((pause) => pause.after === after) !== true)
        this.fail(`${color} gets ${weight} % by ${line}, and there was no pause after ${after}`);
  }

  /** When a command's turn began: who got the lock behind a rollback is its successor, however long it has waited. */
  private turnOf({ begun }: Player): number {
    const { aws, simulation } = this.stack;
    const lock = [...aws.table.items.values()].find(({ pk }) => pk.S === "lock");
    if (lock?.token?.S === undefined || lock.token.S !== simulation.actor?.env.BLUEGREEN_LOCK) return begun;
    return Math.max(begun, aws.lockTaken);
  }

  shrinks({ color, image, name }: Group, gone: readonly Instance[], emptied: boolean): void {
    const { aws, simulation } = this.stack;
    // A deletion that its engine was about to send when it was frozen can't be fenced: the program has looked before.
    const held = (simulation.actor?.frozenUntil ?? 0) > simulation.time - 1_000;
    if (aws.weights[color] > 0 && !held)
      this.fail(`${name} loses ${gone.length} instances while ${color} has ${aws.weights[color]} %`);
    const record = this.stack.records().at(-1);
    const healthy = gone.some((instance) => aws.health(instance) === "healthy");
    // A group of the same image that stands in its place is the same rollback target.
    const replaced = aws.groups.some(
      (other) =>
        other.color === color &&
        other.name !== name &&
        other.image === image &&
        other.instances.filter((instance) => aws.health(instance) === "healthy").length >= gone.length,
    );
    if (!emptied || !healthy || replaced || record?.from.image.imageId !== image || record.from.color !== color) return;
    const line = (simulation.actor && this.playerOf(simulation.actor.root)?.line) ?? "";
    const served = aws.weights[record.color] > 0;
    // A rollback that is under way brings it up again itself.
    if (record.outcome === "running" && record.stage !== "rollback" && served)
      this.fail(`${color} with ${nameOf(image)}, the rollback target of the release that runs, is emptied by ${line}`);
    const closes = line.startsWith("retire") || line.includes("--retire") || line.startsWith("up");
    const another =
      line.startsWith("release") && images[line.split(" ")[1] as keyof typeof images].id !== record.image.imageId;
    if (record.outcome === "released" && served && !closes && !another)
      this.fail(`${color} with ${nameOf(image)}, the rollback target, is emptied by ${line}`);
  }

  notice(subject: string): void {
    const { aws, simulation } = this.stack;
    const [, title, version, named] = /^dev: (.+) \((\S+) on (blue|green)\)$/.exec(subject) ?? [];
    const color = named as Color;
    // That a release stopped says nothing of the traffic.
    // Past the state, and without the lock, somebody may move traffic between a look and a notice.
    if (simulation.heldUp || this.blind || title === "release failed" || title === "release waits for somebody") return;
    const serves = (one: Color) => aws.weights[one] === 100;
    const newest = this.stack.records().at(-1);
    if (title === "release is paused") {
      if (newest === undefined || openPause(newest) === undefined) this.fail(`false notice "${subject}"`);
      return;
    }
    if (title === "released" && this.pauses.some(({ after }) => after === "cutover") && !newest?.pauses?.length)
      this.fail(`"${subject}": there was no pause after cutover`);
    const { id: image, nature } = Object.values(images).find((one) => one.version === version) ?? {};
    if (title === "released" && nature !== "good") this.fail(`"${subject}": it answers badly`);
    const holds = aws.groups.some(
      (group) => group.color === color && group.image === image && group.instances.length > 0,
    );
    const isTrue =
      title === "rolled back"
        ? !(serves(color) && holds)
        : title === "old fleet retired"
          ? serves(color) && aws.groups.every((group) => group.color === color || group.instances.length === 0)
          : serves(color) && holds;
    if (!isTrue) this.fail(`false notice "${subject}": ${shares(aws.weights)}`);
  }

  /** A rollback says that it has succeeded. */
  rollbackEnded(before: { color: Color; image: string } | undefined): void {
    const { aws, simulation } = this.stack;
    const to = servingColor(aws.weights, "blue");
    this.rolledBack = { to, at: simulation.time };
    if (aws.weights[to] !== 100) this.fail(`a rollback reports success with ${shares(aws.weights)}`);
    if (before === undefined || before.color === to) return;
    const own = this.stack
      .records()
      .filter(({ image }) => image.imageId === before.image)
      .at(-1);
    if (own?.outcome === "released" && !this.recordLost)
      this.fail(`${nameOf(before.image)} was rolled back, and its record says released`);
  }

  /** A command has come to its end, and no other is at work: a checkout with the settings that were written last moves nothing. */
  settled(line: string): void {
    const serving = this.serving()?.color;
    if (serving !== undefined && !this.byHand && !this.isWritten(serving))
      this.fail(`after ${line} ${serving} serves, and the settings that were written last lead elsewhere`);
  }

  /** What must be true once all commands have ended, and the old fleet is retired. */
  end(): void {
    const { aws, backend } = this.stack;
    const serving = colors.find((color) => aws.weights[color] === 100);
    if (serving === undefined) return this.fail(`in the end the weights are ${shares(aws.weights)}`);
    const { state } = backend;
    const recorded = state.resources.find(({ name }) => name === "app-listener")?.weights;
    if (recorded?.[serving] !== 100) this.fail("in the end state and listener differ");
    if (state.pending.length > 0) this.fail("in the end operations are pending in the state");
    if (backend.locks.length > 0) this.fail("in the end the state is locked");
    const unknown = aws.groups.filter(({ name }) => !state.resources.some(({ id }) => id === name));
    if (unknown.length > 0)
      this.fail(`in the end the state does not know ${unknown.map(({ name }) => name).join(", ")}`);
    const groups = aws.groups.filter(({ color }) => color === serving);
    if (groups.some(({ min }) => min > bounds.minSize)) this.fail("in the end the floor is not lifted");
    if (aws.groups.some(({ color, desired }) => color !== serving && desired > 0))
      this.fail("in the end the old fleet is not off");
    const all = this.stack.records();
    if (all.slice(0, -1).some(({ outcome }) => outcome === "running"))
      this.fail("in the end an older record is running");
    for (const { then, until, ended } of all.flatMap(({ pauses = [] }) => pauses))
      if (ended?.how === "continued" && then === "rollback" && Date.parse(ended.at) >= Date.parse(until))
        this.fail("a pause whose time was over went on, and a rollback was declared");
    const late = all.find(
      ({ pauses = [], outcome }) =>
        outcome === "released" && pauses.some(({ then, ended }) => ended?.how === "timed out" && then === "rollback"),
    );
    if (late !== undefined) this.fail(`${nameOf(late.image.imageId)} was released, and nobody had decided`);
    const record = all.at(-1);
    if (record === undefined || this.byHand) return;
    const { takenBack } = this;
    const taken = all.filter(({ image }) => image.imageId === takenBack).at(-1);
    if (takenBack !== undefined && taken?.outcome !== "rolled-back" && !this.recordLost)
      this.fail(`a rollback took ${nameOf(takenBack)} back, and its record says ${taken?.outcome ?? "nothing"}`);
    if (record.outcome === "running") this.fail(`in the end the record of ${nameOf(record.image.imageId)} is running`);
    const image = groups[0]?.image;
    if (this.recordLost) return;
    if (record.outcome === "released" && record.image.imageId !== image)
      this.fail(
        `in the end ${nameOf(image)} serves, and the record says that ${nameOf(record.image.imageId)} was released`,
      );
    if (record.outcome === "rolled-back" && record.image.imageId === image)
      this.fail(`in the end ${nameOf(image)} serves, and the record says that it was rolled back`);
  }

  /** What serves all requests now. */
  serving(): { color: Color; image: string } | undefined {
    const { aws } = this.stack;
    const color = colors.find((one) => aws.weights[one] === 100);
    const image = aws.groups.find((group) => group.color === color && group.instances.length > 0)?.image;
    return color && image ? { color, image } : undefined;
  }

  /** Whether the table says that the last command's settings lead to a colour: a rollback does not wait for it. */
  private isWritten(to: Color): boolean {
    const text = this.stack.aws.table.items.get("settings|release")?.settings.S ?? "{}";
    return (JSON.parse(text) as { activeColor?: Color }).activeColor === to;
  }

  private checked(image: string): boolean {
    if (this.trusted.has(image)) return true;
    const own = this.stack.records().filter((record) => record.image.imageId === image);
    return own.some(({ checks }) => checks.some(({ ok }) => ok));
  }

  private fail(harm: string): void {
    this.stack.simulation.fail(harm);
  }
}
