import type { Lock } from "../model.ts";
import type { Refusal } from "../refusal.ts";
import { LEASE_SECONDS, lostRefusal, RENEW_SECONDS, unprovenRefusal } from "./lock.ts";

/** What a lease does with its lock, wherever that is kept. */
export interface LockStore {
  /** @returns false when the lock is no longer this holder's */
  renew(expires: number): Promise<boolean>;
  /** The lock as it stands. */
  read(): Promise<Lock | undefined>;
  /** Removes the lock if it is still this holder's. */
  remove(): Promise<unknown>;
}

/** Whose lock it was before, if anybody's. */
export interface Before {
  /** Somebody's who left it behind: what they did may have ended in the middle. `isHolderAlive` says whether they are known to be gone. */
  readonly tookOver?: Lock;
  /** Somebody's who held it, and notices at the next renewal. */
  readonly robbed?: Lock;
}

/** A lock that this process holds. It is renewed in the background, by a timer that keeps no process alive. */
export class HeldLock {
  readonly token: string;
  private expires: number;
  private lost?: Refusal;
  /** Why the latest renewal failed, if it did. */
  private failure?: unknown;
  private latest: Promise<void> = Promise.resolve();
  private renewing = false;
  private readonly timer: NodeJS.Timeout;

  private readonly store: LockStore;
  private readonly lock: Lock;
  readonly before: Before;
  private readonly onLost: (why: Refusal) => void;

  /**
   * @param onLost told once, as soon as it shows that somebody else has the lock; nothing may be touched any more
   */
  constructor(store: LockStore, lock: Lock, before: Before, onLost: (why: Refusal) => void) {
    this.store = store;
    this.lock = lock;
    this.before = before;
    this.onLost = onLost;
    this.token = lock.token;
    this.expires = lock.expires;
    this.timer = setInterval(() => void (this.renewing || this.renew()), RENEW_SECONDS * 1000).unref();
  }

  /**
   * To be called before each change: renews the lock, so that it is known to be held now. A table that can't be reached is
   * no fault before the lease is over.
   * @throws Refusal when the lock is lost, or the lease is over and it can't be told
   */
  async check(): Promise<void> {
    await this.renew();
    if (this.lost !== undefined) throw this.lost;
    if (this.failure !== undefined && Date.now() >= this.expires) {
      throw unprovenRefusal(this.lock.doing, this.failure instanceof Error ? this.failure.message : "no answer");
    }
  }

  /** Whether somebody else is known to have it. */
  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** Gives the lock back. Never fails: a lock that can't be removed ends with its lease. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.latest;
    if (this.lost === undefined) await this.store.remove().catch(() => undefined);
  }

  /** One after the other: a renewal that was under way says nothing of what happened since it began. */
  private renew(): Promise<void> {
    return (this.latest = this.latest.then(() => this.renewNow()));
  }

  private async renewNow(): Promise<void> {
    if (this.lost !== undefined) return;
    const expires = Date.now() + LEASE_SECONDS * 1000;
    this.renewing = true;
    try {
      if (!(await this.store.renew(expires))) return await this.lose();
      this.expires = expires;
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    } finally {
      this.renewing = false;
    }
  }

  private async lose(): Promise<void> {
    clearInterval(this.timer);
    const now = await this.store.read().catch(() => undefined);
    this.lost = lostRefusal(this.lock.doing, now);
    this.onLost(this.lost);
  }
}
