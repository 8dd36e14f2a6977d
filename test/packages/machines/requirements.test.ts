import { type Computer, obstacles } from "../../../packages/machines/requirements.ts";

const able: Computer = {
  platform: "linux",
  uid: 0,
  missing: [],
  mounts: "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n",
  fileSystems: "nodev\tsysfs\nnodev\toverlay\n\text4\n",
};

const root = expect.stringMatching(/^booting machines needs root, and this is user 1000: run it with sudo/) as string;
const groups = expect.stringMatching(/version 2 are not mounted: mount -t cgroup2/) as string;
const overlay = expect.stringMatching(/no overlay file system: modprobe overlay$/) as string;

test.each<[string, Partial<Computer>, string[]]>([
  ["nothing, where all is there", {}, []],
  [
    "another system alone, whatever else is missing",
    { platform: "darwin", uid: 501, missing: ["ip"], mounts: "", fileSystems: "" },
    ["machines are booted on Linux only, and this is darwin: use a Linux computer or VM"],
  ],
  ["another user", { uid: 1000 }, [root]],
  ["one program, with its package", { missing: ["ip"] }, ["PATH has no ip: install iproute2"]],
  [
    "programs, each package once",
    { missing: ["unshare", "nsenter", "mount"] },
    ["PATH has no unshare, nsenter, mount: install util-linux, mount"],
  ],
  ["control groups", { mounts: "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n" }, [groups]],
  ["the overlay file system, its name alone counts", { fileSystems: "nodev\toverlayfs2\n\text4\n" }, [overlay]],
  [
    "all of it at once",
    { uid: 1000, missing: ["bash"], mounts: "", fileSystems: "" },
    [root, "PATH has no bash: install bash", groups, overlay],
  ],
])("names %s", (_, changes, reasons) => expect(obstacles({ ...able, ...changes })).toEqual(reasons));
