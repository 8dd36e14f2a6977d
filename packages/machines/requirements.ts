import { readFile } from "node:fs/promises";
import { run } from "../../tools/run.ts";
import { cgroupMount } from "./cgroup.ts";

const programs = {
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  script: "bsdutils",
  mount: "mount",
  ip: "iproute2",
  bash: "bash",
};

/** What a computer must be to boot machines, as far as it can be asked. */
export interface Computer {
  platform: string;
  /** 0: root. */
  uid: number | undefined;
  /** Programs of the list that PATH has not. */
  missing: string[];
  /** `/proc/self/mounts`. */
  mounts: string;
  /** `/proc/filesystems`. */
  fileSystems: string;
}

/** Why machines can't be booted here, one line for each reason with what to do; none: they can. */
export function obstacles({ platform, uid, missing, mounts, fileSystems }: Computer): string[] {
  if (platform !== "linux")
    return [`machines are booted on Linux only, and this is ${platform}: use a Linux computer or VM`];
  const packages = [...new Set(missing.map((program) => programs[program as keyof typeof programs]))];
  return [
    uid !== 0 && `booting machines needs root, and this is user ${uid}: run it with sudo, or in a VM of your own`,
    missing.length > 0 && `PATH has no ${missing.join(", ")}: install ${packages.join(", ")}`,
    cgroupMount(mounts) === undefined &&
      "control groups of version 2 are not mounted: mount -t cgroup2 none /sys/fs/cgroup",
    !/\boverlay$/m.test(fileSystems) && "the kernel has no overlay file system: modprobe overlay",
  ].filter((reason) => reason !== false);
}

/** Rejects, with all reasons at once, where machines can't be booted. */
export async function requireMachines(): Promise<void> {
  const missing: string[] = [];
  for (const program of Object.keys(programs)) {
    await run("sh", ["-c", `command -v ${program}`]).catch(() => missing.push(program));
  }
  const read = (file: string) => readFile(file, "utf8").catch(() => "");
  const reasons = obstacles({
    platform: process.platform,
    uid: process.getuid?.(),
    missing,
    mounts: await read("/proc/self/mounts"),
    fileSystems: await read("/proc/filesystems"),
  });
  if (reasons.length > 0)
    throw new Error(`Machines can't be booted here:\n${reasons.map((reason) => `  - ${reason}`).join("\n")}`);
}
