import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CleanUp } from "./clean-up.ts";

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Claims a folder for this process until the clean-up; a claim whose process is gone counts for nothing.
 * @throws Error when another process holds it.
 */
export async function claim(folder: string, cleanUp: CleanUp): Promise<void> {
  const file = path.join(folder, "pid");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new Error(
      `Another rehearsal (process ${holder}) uses ${folder}. Wait until it ends, or stop it with Ctrl-C.`,
    );
  }
  await writeFile(file, String(process.pid));
  cleanUp.add("claim of the folder", () => rm(file, { force: true }));
}
