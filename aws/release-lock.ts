/** Whether the one that changes the listener is the one whose turn it is. */
import { z } from "zod";
import { errorMessage } from "../deployment/error-message.ts";
import { lockVariable, overrideVariable } from "../deployment/variables.ts";
import type { Item, ReadItem } from "./releases-item.ts";

/** What the lock's item says of its holder, for people. */
const body = z.object({ holder: z.object({ by: z.string() }), doing: z.string(), since: z.string() });

/** A reason against the change, or what could not be asked; empty: go on. */
export interface LockFinding {
  fault?: string;
  note?: string;
}

/**
 * Judges the lock's item.
 * @param token of the command that runs this update; undefined: a person's own `pulumi up`
 * @param now milliseconds since 1970, by AWS's clock, which the lease was written by
 */
export function lockFault(item: Item | undefined, token: string | undefined, now: number): string | undefined {
  if (token === undefined) {
    if (item === undefined || Number(item.expires?.N) <= now) return undefined;
    return `${holderIn(item)}. Wait until it ends (bluegreen status --watch), or take the traffic back with bluegreen rollback. If its process is dead, the lock ends within a minute.`;
  }
  if (item?.token?.S === token) return undefined;
  return item === undefined || item.released?.BOOL
    ? "the command that runs this update has lost its lock: it is no longer in the stack's table. See bluegreen status."
    : `the command that runs this update has lost its lock: ${holderIn(item)}. See bluegreen status.`;
}

/**
 * Asks for the lock as it is now.
 * @param moves whether the change moves traffic: a person's own update is asked for nothing else
 */
export async function askLock(read: ReadItem, tableName: string | undefined, moves: boolean): Promise<LockFinding> {
  const token = process.env[lockVariable];
  if (token === undefined && (!moves || tableName === undefined)) return {};
  try {
    if (tableName === undefined) throw new Error("the stack's outputs name no table");
    const { item, at } = await read(tableName, "lock");
    return { fault: lockFault(item, token, at) };
  } catch (error) {
    const why = `the stack's table can't be asked who releases now: ${errorMessage(error)}`;
    // Who holds a lock must be able to prove it; a person's own update needs none.
    return token === undefined ? { note: why } : { fault: `${why}. Try again, or set ${overrideVariable}.` };
  }
}

function holderIn({ body: text }: Item): string {
  try {
    const { holder, doing, since } = body.parse(JSON.parse(text?.S ?? ""));
    return `${holder.by} works on this stack since ${since} (${doing})`;
  } catch {
    return "somebody else works on this stack";
  }
}
