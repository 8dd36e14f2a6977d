import { PassThrough } from "node:stream";
import { statusReport } from "../../../cli/status/report.ts";
import { liveScreen } from "../../../cli/status/screen.ts";
import { now, world } from "../worlds.ts";

// What a live screen writes to terminals of 80 columns and the given rows, frame by frame, as JSON: Jest can't load an ES module, so this
// is a process of its own.
async function frames(rows: number): Promise<string[]> {
  const terminal = Object.assign(new PassThrough({ encoding: "utf8" }), { columns: 80, rows });
  const screen = await liveScreen(terminal);
  const report = statusReport(world(), { now, standbyHours: 24 });
  return [
    () => screen.fail("no network", undefined, now),
    () => screen.show(report),
    () => screen.fail("throttled", report, now + 90_000),
    () => screen.close(),
  ].map((draw) => {
    draw();
    return (terminal.read() as string | null) ?? "";
  });
}

void Promise.all(process.argv.slice(2).map((rows) => frames(Number(rows)))).then((all) =>
  console.log(JSON.stringify(all)),
);
