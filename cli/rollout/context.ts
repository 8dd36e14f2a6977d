import { shares, type Color } from "../../deployment/model.ts";
import { acquireLock } from "../store/acquire.ts";
import type { HeldLock } from "../store/lease.ts";
import { notify } from "../store/notify.ts";
import type { Notice } from "../store/notice.ts";
import { recordAfter, type Begun, type ReleaseEvent } from "../store/record.ts";
import { openRecord, saveRecord } from "../store/records.ts";
import { writeRevision } from "../store/revision.ts";
import { toCliError } from "../aws-errors.ts";
import {
  imageName,
  type FreezeOverride,
  type LockKind,
  type ReleaseRecord,
  type ReleaseSettings,
  type LiveState,
} from "../state/model.ts";
import { readLiveState, type Reading } from "../state/read.ts";
import { CliError } from "../error.ts";
import { settingsOf, type StackState } from "../state/stack-state.ts";
import type { Session } from "../session.ts";
import type { Teller } from "../ui.ts";
import { isBaking } from "./next.ts";
import { recover } from "./recover.ts";
import { update, type UpdateOptions } from "./update.ts";

/** What a changing command is begun with. */
export interface RolloutArgs {
  /** For people: `release v1.2.3`. */
  readonly doing: string;
  /** Default: change. A rollback waits for nobody, and takes the lock from everything but another rollback. */
  readonly kind?: LockKind;
  /** Why it goes on while the project file says that nothing is released; undefined: then it does not. */
  readonly duringFreeze?: string;
  /** Verdicts are told and change nothing; default: the project file says. */
  readonly observe?: boolean;
}

export interface ChangeOptions extends UpdateOptions {
  /** A rollback: it also goes when nobody can tell whether the lock is still held, or write the record. */
  readonly urgent?: boolean;
}

/** A stack in the hands of one command: locked, read, and with the release's record at hand. */
export class RolloutContext {
  private reading: Reading;
  record: ReleaseRecord | undefined;
  /** The freeze in which this command goes on. */
  freeze: FreezeOverride | undefined;

  /** The command said that verdicts change nothing. */
  readonly isObserver: boolean;
  readonly session: Session;
  readonly duringFreeze: string | undefined;
  private readonly lock: HeldLock;

  private constructor(
    session: Session,
    lock: HeldLock,
    reading: Reading,
    { duringFreeze, observe = false }: Pick<RolloutArgs, "duringFreeze" | "observe">,
  ) {
    this.isObserver = observe;
    this.session = session;
    this.duringFreeze = duringFreeze;
    this.lock = lock;
    this.reading = reading;
    this.record = reading.world.record;
  }

  /**
   * Locks the stack, and looks at it. What a run that was killed has left half done is put in order first.
   * @throws CliError "locked" when somebody else has it
   */
  static async open(session: Session, args: RolloutArgs): Promise<RolloutContext> {
    const { doing, kind = "change" } = args;
    const recorded = await session.readState();
    const { clients, holder, interruption, runner, signal, ui } = session;
    const onLost = (why: Error): void => interruption.abort(why);
    const onWait = (line: string): void => ui.say(line);
    const table = recorded.outputs.releases.tableName;
    const lock = await attempt(() =>
      acquireLock(clients.dynamodb, table, { doing, holder, kind }, { onLost, onWait, signal }),
    );
    try {
      runner.engines = lock;
      // Who held the lock a moment ago may have changed the state since; a rollback that nobody was before can't wait for it.
      const stale = kind === "change" || isTakenOver(lock);
      const reading = await readLiveState(session, stale ? undefined : recorded);
      const rollout = new RolloutContext(session, lock, reading, args);
      await rollout.noteTraffic();
      return rollout;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get world(): LiveState {
    return this.reading.world;
  }

  get recorded(): StackState {
    return this.reading.recorded;
  }

  /** Whether somebody who is gone held the lock before: what is half done is theirs. */
  get tookOver(): boolean {
    return isTakenOver(this.lock);
  }

  /** Looks at the stack anew; the state is read again only on demand. */
  async look({ state = false } = {}): Promise<LiveState> {
    this.reading = await readLiveState(this.session, state ? undefined : this.recorded);
    return this.world;
  }

  /** The settings that the last update declared, whatever has become of them. */
  declared(): ReleaseSettings {
    return settingsOf(this.recorded.outputs, this.recorded.weights, this.session.settings.minSize);
  }

  /**
   * Puts in order what is half done.
   * @param sparing groups that may not be removed are left alone: a rollback waits for nobody to look at them
   */
  async recover(why: string, { sparing }: { sparing: boolean }): Promise<void> {
    await this.session.ui.step("recover", `Putting in order what was cut off: ${why}`, async (tell) => {
      await (sparing ? this.lock.checkOnce() : this.lock.check());
      this.reading = await recover(this.session, tell, sparing);
    });
    await this.noteTraffic();
  }

  /**
   * Puts a colour without traffic back to what the last update that succeeded left: a later one may have failed half-way.
   * @returns false where it was off, or where it does not come back
   */
  async restore(color: Color): Promise<boolean> {
    const { deployed } = this.recorded.outputs;
    if (deployed.capacity[color].maxSize === 0) return false;
    const title = `Putting ${color} back as it was (${imageName(this.world.fleets[color].image)}); no traffic had moved`;
    try {
      await this.session.ui.step("rollback", title, (tell) => this.change({}, tell));
      return true;
    } catch (error) {
      if (!(error instanceof CliError) || error.code === "interrupted" || this.lock.isLost) throw error;
      this.session.ui.say(`${color} does not come back: ${error.message}`);
      return false;
    }
  }

  /** Changes settings and updates the stack; records the weights when they moved. */
  async change(change: Partial<ReleaseSettings>, tell: Teller, options: ChangeOptions = {}): Promise<string[]> {
    await (options.urgent ? this.lock.checkOnce() : this.lock.check());
    const before = this.world.weights.live;
    try {
      return await update(this.session, this.world.settings.deployed, change, tell, {
        ...options,
        // Where nobody can tell, the gate asks as it asks a person: a rollback does not wait for the table.
        lock: options.urgent && !this.lock.isProven ? undefined : this.lock.token,
        stillOurs: () =>
          (options.urgent ? this.lock.checkOnce() : this.lock.check()).then(
            () => true,
            () => false,
          ),
        writeDown: (settings) => this.writeDown(settings, options),
      });
    } finally {
      // Also after a failure: the listener may have moved before something else failed.
      await this.look({ state: true }).catch(() => undefined);
      const { live } = this.world.weights;
      if (live.blue !== before.blue || live.green !== before.green) {
        tell.keep(shares(live));
        const event = { kind: "weights", at: new Date().toISOString(), ...live } as const;
        await (options.urgent ? this.tryNote(event) : this.note(event));
      }
    }
  }

  /** Writes the settings that lead to what serves. A rollback waits for no table, so the run that moved traffic may have left others. */
  async writeSettings(): Promise<void> {
    const { deployed } = this.world.settings;
    await this.session.file.write(deployed, await this.writeDown(deployed, { urgent: true }));
  }

  /** Writes down which settings the stack gets; a rollback waits for no table, unless it is another's turn. */
  private async writeDown(settings: ReleaseSettings, { urgent }: ChangeOptions): Promise<number | undefined> {
    const { clients, holder, ui } = this.session;
    try {
      return await attempt(() => writeRevision(clients.dynamodb, this.table, settings, holder.by, this.lock.token));
    } catch (error) {
      if (!urgent || (error instanceof CliError && error.code === "locked")) throw error;
      ui.say(`Which settings these are could not be written down: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Writes down who has the traffic: a run that was killed may have moved it and not said so. */
  async noteTraffic(): Promise<void> {
    const { record } = this;
    if (record?.outcome !== "running") return;
    const { fleets, weights } = this.world;
    const at = new Date().toISOString();
    const on = fleets[record.color].image;
    if (weights.live[record.color] > 0 && on.imageId !== record.image.imageId) {
      const why = `${record.color} serves ${imageName(on)} by now`;
      return this.tryNote({ kind: "ended", at, outcome: "superseded", why });
    }
    const serves = isBaking(this.world, record);
    await this.tryNote({ kind: "weights", at, ...weights.live }, ...(serves ? [{ kind: "serves", at } as const] : []));
  }

  /**
   * Sees to it that the lock is held, as far as the table answers.
   * @throws CliError when it is known to be lost
   */
  async claim(): Promise<void> {
    await this.lock.checkOnce();
  }

  /** Begins the record of a release. */
  async begin(begun: Omit<Begun, "stack" | "by">): Promise<void> {
    const whole = { ...begun, stack: this.session.stackRef.stack, by: this.session.holder.by };
    this.record = await attempt(() => openRecord(this.session.clients.dynamodb, this.table, whole, this.lock.token));
    await this.note({ kind: "weights", at: new Date().toISOString(), ...this.world.weights.live });
  }

  /** Writes down what happened, where a release is under way. */
  async note(...events: ReleaseEvent[]): Promise<void> {
    const before = this.record;
    if (before?.outcome !== "running") return;
    const after = events.reduce(recordAfter, before);
    if (after === before) return;
    this.record = after;
    this.reading = { ...this.reading, world: { ...this.world, record: after } };
    await attempt(() => saveRecord(this.session.clients.dynamodb, this.table, after, this.lock.token));
  }

  /** Writes down what happened if that can be; a rollback waits for no table. */
  async tryNote(...events: ReleaseEvent[]): Promise<void> {
    await this.note(...events).catch((error: Error) =>
      this.session.ui.say(`The release's record could not be written: ${error.message}`),
    );
  }

  /**
   * Tells people; what can't be told is said here, and stops nothing. Who has lost the lock tells nothing: it may be true no more.
   * @throws CliError when the lock is another's
   */
  async notify(notice: Pick<Notice, "kind" | "color" | "image" | "why">): Promise<void> {
    await this.lock.check().catch((error: unknown) => {
      if (notice.kind !== "rolled-back" || this.lock.isLost) throw error;
    });
    const { clients, stackRef, holder, settings, ui } = this.session;
    const faults = await notify(
      { stack: stackRef.stack, by: holder.by, ...notice, freeze: this.freeze ?? frozenIn(this.record, notice.kind) },
      {
        sns: clients.sns,
        topicArn: this.recorded.outputs.notifications.topicArn,
        slackWebhook: settings.slackWebhook,
      },
    );
    for (const fault of faults) ui.say(fault);
  }

  /** Gives the stack back. */
  async close(): Promise<void> {
    await this.lock.release();
  }

  private get table(): string {
    return this.recorded.outputs.releases.tableName;
  }
}

/** The freeze that a release went through; when its old fleet is retired, that may be long ago. */
const frozenIn = (record: ReleaseRecord | undefined, kind: Notice["kind"]): FreezeOverride | undefined =>
  kind === "retired" ? undefined : record?.duringFreeze?.at(-1);

/** Whether somebody had the lock before and may have ended in the middle: then, or in a run since which none has had the state. */
const isTakenOver = ({ before: { tookOver, preempted, left } }: HeldLock): boolean =>
  tookOver !== undefined || preempted !== undefined || left.some(({ ended }) => ended !== true);

async function attempt<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toCliError(error);
  }
}
