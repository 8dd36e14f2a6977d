/** What `systemctl show` prints of units, a block each. */
type Shown = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Units whose start is a point of the time line: the first of each list that has started counts. */
const POINTS = {
  /** The file systems are there: the first reads of a volume, which come from its snapshot, are over. */
  firstReads: ["local-fs.target"],
  /** The clock's service has started, without which AWS takes no request. */
  clock: ["chronyd.service", "chrony.service", "systemd-timesyncd.service"],
  service: ["app.service"],
} as const;

/** Arguments for `systemctl` that show the points, and those that show when the first process came. */
export const SHOW_UNITS = ["show", "--property=Id,ActiveEnterTimestampMonotonic", ...Object.values(POINTS).flat()];
export const SHOW_MANAGER = ["show", "--property=UserspaceTimestampMonotonic"];

const SECTOR_BYTES = 512;

/**
 * The boot's time line in seconds: `kernel` until the first process, the points and `gate` (now) since then. `readMiB` and `readSeconds` are
 * what has been read of the disks, and how long reads took, by which a volume shows that it is still loaded from its snapshot.
 * What was not told is left out.
 *
 * @param now microseconds of the monotonic clock
 * @param diskstats /proc/diskstats (Documentation/admin-guide/iostats.rst: field 6 is sectors read, 7 milliseconds)
 */
export function timelineOf(manager: string, units: string, diskstats: string, now: number): Record<string, number> {
  const begun = Number(/^UserspaceTimestampMonotonic=(\d+)$/m.exec(manager)?.[1]);
  if (!Number.isSafeInteger(begun)) throw new Error("systemd does not tell when the first process came");
  const shown = blocksOf(units);
  const since = (micros: number) => seconds((micros - begun) / 1_000_000);
  const times: Record<string, number> = { kernel: seconds(begun / 1_000_000) };
  for (const [point, names] of Object.entries(POINTS)) {
    const at = names.map((name) => Number(shown.get(name)?.ActiveEnterTimestampMonotonic ?? 0)).find((one) => one > 0);
    if (at !== undefined) times[point] = since(at);
  }
  times.gate = since(now);
  return Object.assign(times, readOf(diskstats));
}

function blocksOf(units: string): Shown {
  const blocks = units.split(/\n\s*\n/).map((block) => {
    const pairs = [...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]);
    return Object.fromEntries(pairs) as Record<string, string>;
  });
  return new Map(blocks.map((block) => [block.Id ?? "", block]));
}

/** Whole disks alone: a partition's reads are its disk's. */
function readOf(diskstats: string): Record<string, number> {
  const disks = diskstats
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , name = ""]) => /^(nvme\d+n\d+|xvd[a-z]+|sd[a-z]+|vd[a-z]+)$/.test(name));
  if (disks.length === 0) return {};
  const sum = (field: number) => disks.reduce((total, fields) => total + Number(fields[field]), 0);
  return { readMiB: seconds((sum(5) * SECTOR_BYTES) / 1024 ** 2), readSeconds: seconds(sum(6) / 1_000) };
}

const seconds = (value: number): number => Number(value.toFixed(2));

/** Units that have failed, as `systemctl list-units --state failed --plain --no-legend` prints them. */
export function failedUnits(printed: string): string[] {
  return printed.split("\n").flatMap((line) => /^\s*(\S+\.\w+)\s/.exec(line)?.[1] ?? []);
}
