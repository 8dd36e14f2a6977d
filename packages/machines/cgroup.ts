import { setTimeout as pause } from "node:timers/promises";
import { mkdir, readFile, rmdir, readdir } from "node:fs/promises";
import path from "node:path";

/** Where the file systems of this computer say that version 2 of the control groups is mounted. */
export function cgroupMount(mounts: string): string | undefined {
  return mounts
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, , type]) => type === "cgroup2")?.[1];
}

/** A new, empty cgroup for a machine; gives its folder. */
export async function makeCgroup(name: string): Promise<string> {
  const mount = cgroupMount(await readFile("/proc/self/mounts", "utf8"));
  if (mount === undefined) throw new Error("this system has no control groups of version 2 (cgroup2 is not mounted)");
  const folder = path.join(mount, name);
  await mkdir(folder);
  return folder;
}

/** Removes a cgroup whose processes have ended, with those that the machine's systemd made in it. */
export async function removeCgroup(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(path.join(folder, entry.name));
  }
  for (let tries = 20; ; tries--) {
    try {
      return await rmdir(folder);
    } catch (error) {
      // A process that was killed a moment ago may still be on its way out.
      if ((error as NodeJS.ErrnoException).code !== "EBUSY" || tries === 0) throw error;
      await pause(50);
    }
  }
}
