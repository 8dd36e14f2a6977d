import { access, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const PARTIAL = ".partial-";
const HOUR = 3_600_000;

/**
 * Folder for things that are made once and kept, one a name.
 *
 * Below BLUEGREEN_CACHE; where it is not set, below the place that the system has for caches: ~/Library/Caches/bluegreen on
 * macOS, else $XDG_CACHE_HOME/bluegreen, else ~/.cache/bluegreen.
 */
export function cacheDir(name: string, env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = env.HOME ?? os.homedir();
  const system =
    platform === "darwin" ? path.join(home, "Library", "Caches") : (env.XDG_CACHE_HOME ?? path.join(home, ".cache"));
  return path.join(env.BLUEGREEN_CACHE ?? path.join(system, "bluegreen"), name);
}

/**
 * Gives the folder, which `make` fills when it is not there yet. It is made beside its place and renamed when it is whole,
 * so nobody sees half of it; of two that make it at once, the first wins and both use that one.
 */
export async function made(folder: string, make: (temporary: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  await removeLeftovers(folder);
  const temporary = await mkdtemp(`${folder}${PARTIAL}`);
  try {
    await make(temporary);
    await rename(temporary, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** Removes what makers left that were killed: nothing takes an hour to make. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    const leftover = path.join(parent, name);
    if (!name.startsWith(`${path.basename(folder)}${PARTIAL}`)) continue;
    if (Date.now() - (await stat(leftover)).mtimeMs > HOUR) await rm(leftover, { recursive: true, force: true });
  }
}

/** Whether there is such a file or folder. */
export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
