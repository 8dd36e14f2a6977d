import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cgroupMount, removeCgroup } from "../../../packages/machines/cgroup.ts";

test.each<[string, string, string | undefined]>([
  ["version 2 alone", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n", "/sys/fs/cgroup"],
  [
    "both versions",
    "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\nnone /sys/fs/cgroup/unified cgroup2 rw 0 0\n",
    "/sys/fs/cgroup/unified",
  ],
  ["version 1 alone", "cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0\n", undefined],
  ["only its name elsewhere", "cgroup2 /mnt/cgroup2 tmpfs rw 0 0\n", undefined],
  ["nothing", "", undefined],
])("finds where version 2 is mounted: %s", (_, mounts, where) => expect(cgroupMount(mounts)).toBe(where));

describe("removeCgroup", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "bluegreen-test-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("removes a group with all groups below it", async () => {
    mkdirSync(path.join(folder, "machine/system.slice/app.service"), { recursive: true });
    mkdirSync(path.join(folder, "machine/init.scope"));
    mkdirSync(path.join(folder, "other"));
    await removeCgroup(path.join(folder, "machine"));
    expect(existsSync(path.join(folder, "machine"))).toBe(false);
    expect(existsSync(path.join(folder, "other"))).toBe(true);
  });

  it("deletes no files: in a control group there are none to delete", async () => {
    mkdirSync(path.join(folder, "machine"));
    writeFileSync(path.join(folder, "machine/file"), "");
    await expect(removeCgroup(path.join(folder, "machine"))).rejects.toThrow("ENOTEMPTY");
    expect(existsSync(path.join(folder, "machine/file"))).toBe(true);
  });
});
