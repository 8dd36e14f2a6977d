import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { failedUnits, SHOW_MANAGER, SHOW_UNITS, timelineOf } from "./timeline.ts";

/** What the report tells beside the verdict. */
export interface Observed {
  /** Seconds, by their names; see timelineOf. */
  readonly timeline: Readonly<Record<string, number>>;
  /** Units that have failed, also those that the boot spec does not ask for. */
  readonly failedUnits: readonly string[];
}

/** Milliseconds that systemd may take to answer: the group waits for the verdict. */
const limitMs = 3_000;

const run = promisify(execFile);

/** Asks systemd and the kernel how this boot went. Rejects when they don't tell, or on an abort. */
export async function observe(signal: AbortSignal): Promise<Observed> {
  const systemctl = async (...args: string[]): Promise<string> =>
    (await run("systemctl", args, { signal, timeout: limitMs })).stdout;
  const [manager, units, failed, diskstats] = await Promise.all([
    systemctl(...SHOW_MANAGER),
    systemctl(...SHOW_UNITS),
    systemctl("list-units", "--state", "failed", "--plain", "--no-legend", "--no-pager"),
    readFile("/proc/diskstats", "utf8").catch(() => ""),
  ]);
  const now = Number(process.hrtime.bigint() / 1_000n);
  return { timeline: timelineOf(manager, units, diskstats, now), failedUnits: failedUnits(failed) };
}
