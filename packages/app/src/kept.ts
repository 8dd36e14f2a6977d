import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { within } from "./deadline.ts";

/**
 * What an instance remembers from one start of the service to the next, for as long as it is up: in the unit's runtime
 * folder, which systemd keeps in memory and removes when the unit is stopped (RuntimeDirectoryPreserve=restart).
 */
export interface Kept {
  read(name: string): unknown;
  /** A folder that can't be written costs the memory alone. */
  write(name: string, value: unknown): void;
}

/** @param folder RUNTIME_DIRECTORY, which systemd sets; undefined: nothing is kept. */
export function keptIn(folder: string | undefined): Kept {
  if (folder === undefined) return { read: () => undefined, write: () => undefined };
  const file = (name: string): string => path.join(folder, `${encodeURIComponent(name)}.json`);
  return {
    read(name) {
      try {
        return JSON.parse(readFileSync(file(name), "utf8")) as unknown;
      } catch {
        return undefined;
      }
    },
    write(name, value) {
      try {
        writeFileSync(`${file(name)}.new`, JSON.stringify(value), { mode: 0o600 });
        renameSync(`${file(name)}.new`, file(name));
      } catch {
        // The next start asks again.
      }
    },
  };
}

/** Milliseconds that AWS may take where an earlier answer would do. */
const PATIENCE = 4_000;

/**
 * Asks, and remembers the answer; while AWS throttles, or can't be reached, the answer that was remembered counts. A refusal
 * (no permission, no such parameter) is an answer, too.
 * @param remembered Told of each answer that is an earlier one.
 */
export async function askOrRemember<T>(
  kept: Kept,
  name: string,
  ask: () => Promise<T>,
  remembered: (name: string) => void,
): Promise<T> {
  const earlier = kept.read(name) as T | undefined;
  try {
    const answer = await (earlier === undefined ? ask() : within(PATIENCE, ask()));
    kept.write(name, answer);
    return answer;
  } catch (error) {
    if (isRefusal(error) || earlier === undefined) throw error;
    remembered(name);
    return earlier;
  }
}

/** By the SDK's own words: a fault of the client's that is no throttling. */
function isRefusal(error: unknown): boolean {
  const { $fault, name = "" } = error as { $fault?: string; name?: string };
  return $fault === "client" && !/Throttl|TooManyRequests|LimitExceeded|RequestTimeout/.test(name);
}
