import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { randomUUID } from "node:crypto";
import type { Holder, Lock } from "../model.ts";
import type { Refusal } from "../refusal.ts";
import { isHolderAlive } from "./holder.ts";
import { type Before, HeldLock } from "./lease.ts";
import { LEASE_SECONDS, lockDecision, lockedRefusal } from "./lock.ts";
import { deleteLock, readLock, renewLock, writeLock } from "./lock-item.ts";

export interface LockRequest {
  /** For people: `release v1.2.3`. */
  doing: string;
  holder: Holder;
  /** Take the lock at once from who holds it now, default false. Of two who do, one is refused. */
  steal?: boolean;
}

/** The lock of a stack, while somebody holds it. */
export async function currentLock(client: DynamoDBClient, table: string): Promise<Lock | undefined> {
  const found = await readLock(client, table);
  return lockDecision(found, Date.now(), undefined, isHolderAlive) === "held" ? found : undefined;
}

/**
 * Takes the lock of a stack.
 * @param onLost told once when somebody took it from this process, which must not touch anything from then on
 * @throws Refusal "locked" when somebody else holds it; AWS's errors pass through
 */
export async function acquireLock(
  client: DynamoDBClient,
  table: string,
  { doing, holder, steal = false }: LockRequest,
  onLost: (why: Refusal) => void,
): Promise<HeldLock> {
  const wanted = { token: randomUUID(), holder, doing, since: new Date().toISOString() };
  const store = {
    renew: (expires: number) => renewLock(client, table, wanted.token, expires),
    read: () => readLock(client, table),
    remove: () => deleteLock(client, table, wanted.token),
  };
  let found = await store.read();
  const victim = steal ? found?.token : undefined;
  let before: Before = {};
  // A write that fails was overtaken by another's: who that is decides anew.
  for (; ; found = await store.read()) {
    const decision = lockDecision(found, Date.now(), wanted.token, isHolderAlive);
    if (found !== undefined && decision === "mine") return new HeldLock(store, found, before, onLost);
    const robbing = found !== undefined && found.token === victim;
    if (found !== undefined && decision === "held" && !robbing) throw lockedRefusal(found);
    const lock = { ...wanted, expires: Date.now() + LEASE_SECONDS * 1000 };
    before = decision === "held" ? { robbed: found } : { tookOver: found };
    if (await writeLock(client, table, lock, found, robbing)) return new HeldLock(store, lock, before, onLost);
  }
}
