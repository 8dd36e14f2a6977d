import { answeredIn } from "./answered.ts";
import { clock } from "./clock.ts";
import { readDeadline } from "./gate.ts";
import { completeLaunch } from "./hook.ts";
import { readInstance } from "./imds.ts";
import { observe } from "./observe.ts";
import { type Line, runGate } from "./run.ts";
import { runSpec } from "./spec.ts";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
process.on("SIGINT", () => stop.abort());

const log = (line: Line) => console.log(JSON.stringify({ gate: "boot-gate", ...line }));
const { BLUEGREEN_BOOT_DEADLINE, STATE_DIRECTORY = "/var/lib/bluegreen" } = process.env;
const parts = {
  runSpec,
  readInstance,
  complete: completeLaunch,
  answered: answeredIn(STATE_DIRECTORY),
  clock,
  observe,
  log,
};

async function main(): Promise<void> {
  try {
    process.exitCode = await runGate(parts, readDeadline(BLUEGREEN_BOOT_DEADLINE), stop.signal);
  } catch (error) {
    log({ event: "stopped", why: (error as Error).message });
    process.exitCode = 1;
  }
}

void main();
