import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Remembers on the instance's own disk that its hook has been answered: a later boot finds no waiting hook, which looks
 * the same as a hook that does not wait yet.
 */
export interface Answered {
  /** The id of the instance that has answered; undefined when none has. An image made of its disk has another id. */
  read(): string | undefined;
  write(instanceId: string): void;
}

/** In a file of the unit's state folder. */
export function answeredIn(folder: string): Answered {
  const file = path.join(folder, "answered");
  return {
    read() {
      try {
        return readFileSync(file, "utf8").trim();
      } catch {
        return undefined;
      }
    },
    write(instanceId) {
      try {
        writeFileSync(file, `${instanceId}\n`);
      } catch {
        // The answer is given all the same; a later boot only looks longer for a hook that waits.
      }
    },
  };
}
