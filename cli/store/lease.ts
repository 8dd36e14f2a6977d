import { setTimeout as pause } from "node:timers/promises";
import type { Abandoned, Engine, Lock } from "../state/model.ts";
import type { CliError } from "../error.ts";
import { isLeftLocked, leftBy, type StateHolder, together, without } from "./abandoned.ts";
import { type Moment, secondsSince, thisMoment } from "./clock.ts";
import { processState } from "./holder.ts";
import { isRollback, LEASE_SECONDS, lostRefusal, RENEW_SECONDS, unprovenRefusal } from "./lock.ts";

/** What a lease does with its lock, wherever that is kept. Who writes, writes as this holder. */
export interface LockStore {
  /** Milliseconds since 1970, by the clock that all holders share. */
  now(): number;
  /** The lock as it stands. */
  read(): Promise<Lock | undefined>;
  /**
   * Puts this holder's lock in the place of the one that was found.
   * @param preempting also when its holder has renewed it since
   * @returns false when somebody else was quicker
   */
  take(lock: Lock, found: Lock | undefined, preempting: boolean): Promise<boolean>;
  /** @returns false when the lock is no longer this holder's; so do the next two */
  renew(expires: number): Promise<boolean>;
  /** Keeps which engine runs and which were left behind. */
  noteEngines(engines: Pick<Lock, "engine" | "abandoned">): Promise<boolean>;
  /** Gives the lock back; what was left behind stays known. */
  giveBack(abandoned: readonly Abandoned[]): Promise<unknown>;
}

/** Whose lock it was before, if anybody's. */
export interface Before {
  /** Somebody's who left it behind: what they did may have ended in the middle. */
  readonly tookOver?: Lock;
  /** Somebody's who held it, and notices at the next renewal. */
  readonly preempted?: Lock;
  /** Engines that may have left the state locked, of whoever had the lock since the state was last seen free. */
  readonly left: readonly Abandoned[];
}

/** Milliseconds between two tries of a renewal that gets no answer. */
const RETRY_MS = 1_000;

/** A lock that this process holds. It is renewed in the background, by a timer that keeps no process alive. */
export class HeldLock {
  readonly token: string;
  readonly before: Before;
  private lost?: CliError;
  /** Why the latest renewal failed, if it did. */
  private failure?: unknown;
  /** When the latest renewal that succeeded was sent. */
  private sent: Moment;
  private engine?: Engine;
  private abandoned: readonly Abandoned[];
  private latest: Promise<void> = Promise.resolve();
  private renewing = false;
  private readonly timer: NodeJS.Timeout;

  private readonly store: LockStore;
  private readonly lock: Lock;
  private readonly onLost: (why: CliError) => void;

  /**
   * @param sent when the write that took the lock was sent, or before
   * @param onLost told once, as soon as it shows that somebody else has the lock; nothing may be touched any more
   */
  constructor(store: LockStore, lock: Lock, before: Before, sent: Moment, onLost: (why: CliError) => void) {
    this.store = store;
    this.lock = lock;
    this.before = before;
    this.sent = sent;
    this.onLost = onLost;
    this.token = lock.token;
    this.abandoned = lock.abandoned;
    this.timer = setInterval(() => void (this.renewing || this.renew()), RENEW_SECONDS * 1000).unref();
  }

  /**
   * To be called before each change: passes only when a renewal that was sent after the call has succeeded, and not longer
   * ago than the lease lasts: who was frozen between question and answer asks again. A table that does not answer is asked
   * until the lease is over.
   * @throws CliError when the lock is lost, or the lease is over and it can't be told
   */
  async check(): Promise<void> {
    for (;;) {
      await this.checkOnce();
      const isOver = secondsSince(this.sent) >= LEASE_SECONDS;
      if (this.failure === undefined && !isOver) return;
      if (this.failure === undefined) continue;
      if (isOver) {
        const why = this.failure instanceof Error ? this.failure.message : "no answer";
        throw unprovenRefusal(this.lock.doing, why);
      }
      await pause(RETRY_MS);
    }
  }

  /**
   * Before a rollback, which goes also when nobody can tell: asks once.
   * @throws CliError when the lock is known to be lost
   */
  async checkOnce(): Promise<void> {
    await this.renew();
    if (this.lost !== undefined) throw this.lost;
  }

  /** Whether the latest renewal told that it is held. */
  get isProven(): boolean {
    return this.failure === undefined && this.lost === undefined;
  }

  /** Whether somebody else is known to have it. */
  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /**
   * An engine is about to start. It is written down first, so that whoever finds the state locked by it knows whose it was.
   * A table that does not answer stops no engine of a rollback, nor delays one when it did not answer before either. Any other
   * engine starts only once it is written down: killed, it would leave the state locked by nobody that anybody knows.
   * A lock that shows to be lost tells `onLost`. Where the answer comes later than a lease lasts (this machine stood still), the lock
   * is renewed before the engine starts: it would lock the state long after it was last heard of, and count as another one.
   * @throws CliError when it can't be written down before the lease is over
   */
  async engineStarts(engine: Engine): Promise<void> {
    const begun = thisMoment();
    await this.writeDown(engine);
    if (secondsSince(begun) >= LEASE_SECONDS) await this.renew();
  }

  private async writeDown(engine: Engine): Promise<void> {
    this.engine = engine;
    if (this.lock.kind === "rollback") {
      const noted = this.noteEngines();
      if (this.failure === undefined) await noted;
      return;
    }
    for (;;) {
      const failure = await this.noteEngines();
      if (failure === undefined) return;
      if (secondsSince(this.sent) >= LEASE_SECONDS) throw unprovenRefusal(this.lock.doing, failure.message);
      await pause(RETRY_MS);
    }
  }

  /**
   * The engine has ended. It may have left the state locked, also when it was not killed: the answer to its lock's write, or to
   * the removal, can be lost. So it is remembered until another engine has had the state.
   * @param how it ended: with the state in hand (then nobody else has it, and all that was left behind is settled), refused
   *   because another had the state (then it has left nothing), or nobody can tell
   */
  async engineEnded(how: "had" | "refused" | "unknown"): Promise<void> {
    const { engine, store, lock } = this;
    if (engine === undefined) return;
    this.engine = undefined;
    const left = { holder: lock.holder, engine, heard: store.now(), ended: true };
    this.abandoned = together(how === "had" ? [] : this.abandoned, how === "refused" ? [] : [left]);
    await this.noteEngines();
  }

  /** Whether the state is held by an engine that was left behind and is dead. */
  isLeftLocked(holder: StateHolder): boolean {
    return isLeftLocked(holder, this.abandoned, this.store.now(), processState);
  }

  /** Gives the lock back. Never fails: a lock that can't be removed ends with its lease. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.latest;
    if (this.lost === undefined) await this.store.giveBack(this.abandoned).catch(() => undefined);
  }

  /** One after the other: a renewal that was under way says nothing of what happened since it began. */
  private renew(): Promise<void> {
    return (this.latest = this.latest.then(() => this.renewNow()));
  }

  private async renewNow(): Promise<void> {
    if (this.lost !== undefined) return;
    this.renewing = true;
    const sent = thisMoment();
    try {
      if (!(await this.store.renew(this.leaseEnd())) && !(await this.retake())) return;
      this.sent = sent;
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    } finally {
      this.renewing = false;
    }
  }

  /** @returns why the table did not take it; undefined: it is written down, or the lock is lost */
  private noteEngines(): Promise<Error | undefined> {
    const noting = this.latest.then(async () => {
      const { engine, abandoned } = this;
      if (this.lost !== undefined) return undefined;
      try {
        if (await this.store.noteEngines({ engine, abandoned })) return undefined;
      } catch (error) {
        return asError(error);
      }
      // It is another's by now, or was taken again, which writes the engines, too. Without an answer nobody can tell.
      await this.renewNow();
      return this.failure === undefined ? undefined : asError(this.failure);
    });
    this.latest = noting.then(() => undefined);
    return noting;
  }

  /**
   * The lock went to somebody else. Only for another rollback does a rollback stop: from anything else it takes the lock again.
   * @returns false when it is lost
   */
  private async retake(): Promise<boolean> {
    if (this.lock.kind !== "rollback") return this.lose(await this.store.read().catch(() => undefined));
    for (;;) {
      const found = await this.store.read();
      // An earlier try whose answer was lost.
      if (found?.token === this.token) return true;
      if (isRollback(found)) return this.lose(found);
      if (found !== undefined) this.abandoned = without(together(this.abandoned, leftBy(found)), this.engine);
      const { lock, engine, abandoned } = this;
      const mine = { ...lock, engine, abandoned, expires: this.leaseEnd() };
      if (await this.store.take(mine, found, true)) return true;
    }
  }

  private lose(now: Lock | undefined): false {
    clearInterval(this.timer);
    this.lost = lostRefusal(this.lock.doing, now);
    this.onLost(this.lost);
    return false;
  }

  private leaseEnd(): number {
    return this.store.now() + LEASE_SECONDS * 1000;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error("no answer"));
