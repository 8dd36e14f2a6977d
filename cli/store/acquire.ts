import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { awsTime } from "../../aws/clock.ts";
import type { Holder, Lock, LockKind } from "../state/model.ts";
import type { CliError } from "../error.ts";
import { leftBy } from "./abandoned.ts";
import { thisMoment } from "./clock.ts";
import { isHolderAlive } from "./holder.ts";
import { type Before, HeldLock, type LockStore } from "./lease.ts";
import { isRollback, LEASE_SECONDS, lockDecision, lockedRefusal, waitingFor } from "./lock.ts";
import { giveLockBack, noteEngines, readLock, renewLock, writeLock } from "./lock-item.ts";

export interface LockRequest {
  /** For people: `release v1.2.3`. */
  doing: string;
  holder: Holder;
  /** A rollback waits for nobody, and takes the lock from everything but another rollback. */
  kind: LockKind;
}

/** Who is told what while a lock is taken and held. */
export interface LockListeners {
  /** Told once when somebody took it from this process, which must not touch anything from then on. */
  onLost: (why: CliError) => void;
  /** Told when it has to be watched whether a holder lives, and for how long at most. */
  onWait: (line: string) => void;
  /** Ends the watching. */
  signal: AbortSignal;
}

/** The lock of a stack, while somebody holds it. */
export async function currentLock(client: DynamoDBClient, table: string): Promise<Lock | undefined> {
  const found = await readLock(client, table);
  return lockDecision(found, awsTime(client), undefined, isHolderAlive) === "held" ? found : undefined;
}

/**
 * Takes the lock of a stack.
 * @throws CliError "locked" when somebody else holds it; AWS's errors pass through
 */
export async function acquireLock(
  client: DynamoDBClient,
  table: string,
  { doing, holder, kind }: LockRequest,
  { onLost, onWait, signal }: LockListeners,
): Promise<HeldLock> {
  const token = randomUUID();
  const store = storeOf(client, table, token);
  const watch = watcher(onWait);
  let lock: Lock | undefined;
  let before: Before = { left: [] };
  // A write that fails was overtaken by another's: who that is decides anew.
  for (;;) {
    const sent = thisMoment();
    const found = await store.read();
    const decision = lockDecision(found, store.now(), token, isHolderAlive);
    if (decision === "mine" && lock !== undefined) return new HeldLock(store, lock, before, sent, onLost);
    if (found !== undefined && decision === "held" && (kind === "change" || isRollback(found)))
      throw lockedRefusal(found);
    if (found !== undefined && decision === "silent" && kind === "change" && !watch(found)) {
      await pause(WATCH_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
      continue;
    }
    const now = store.now();
    const left = found === undefined ? [] : leftBy(found);
    const times = { since: new Date(now).toISOString(), expires: now + LEASE_SECONDS * 1000 };
    lock = { token, kind, holder, doing, ...times, abandoned: left, version: 0 };
    before = { left };
    if (decision === "held") before = { left, preempted: found };
    else if (decision !== "free") before = { left, tookOver: found };
    if (await store.take(lock, found, decision === "held")) return new HeldLock(store, lock, before, sent, onLost);
  }
}

/** Milliseconds between two looks at a lock that is watched. */
const WATCH_MS = 1_000;

/**
 * Tells of a lock whose lease is over whether it stayed as it is for a lease, by this process's own clock.
 * @throws CliError "locked" when it has changed: its holder lives
 */
function watcher(onWait: (line: string) => void): (found: Lock) => boolean {
  let first: { readonly lock: Lock; readonly at: number } | undefined;
  return (found) => {
    if (first === undefined) {
      first = { lock: found, at: performance.now() };
      onWait(waitingFor(found));
    }
    if (found.token !== first.lock.token || found.expires !== first.lock.expires) throw lockedRefusal(found);
    return performance.now() - first.at >= LEASE_SECONDS * 1000;
  };
}

function storeOf(client: DynamoDBClient, table: string, token: string): LockStore {
  return {
    now: () => awsTime(client),
    read: () => readLock(client, table),
    take: (lock, found, preempting) => writeLock(client, table, lock, found, preempting),
    renew: (expires) => renewLock(client, table, token, expires),
    noteEngines: (engines) => noteEngines(client, table, token, engines),
    giveBack: (abandoned) => giveLockBack(client, table, token, abandoned),
  };
}
