import { parseArgs } from "node:util";
import { depthOne, depthTwo, explore, keysOf, randomRuns, type Counts, type Found } from "./explore.ts";
import { historyOf } from "./histories.ts";
import { huntMutants } from "./hunt.ts";
import { installOperatingSystem } from "./operating-system.ts";
import { play } from "./play.ts";
import { faultIn } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    /** At most so many random runs: the same on a fast machine as on a slow one. */
    runs: { type: "string", default: "1000000" },
    /** 1 and 2: only the breadth-first runs of that depth; 0: only random ones. */
    depth: { type: "string" },
    replay: { type: "string" },
    mutants: { type: "boolean", default: false },
  },
});

// Thousands of errors are simulated a second, and nobody reads where they came from.
Error.stackTraceLimit = 0;
installOperatingSystem();
if (values.replay !== undefined) process.exitCode = (await replay(values.replay)) ? 0 : 1;
else if (values.mutants) process.exitCode = (await huntMutants(Number(values.minutes))) ? 0 : 1;
else process.exitCode = (await exploreAll()) ? 0 : 1;

/** Plays a run again, as sentences. @returns whether it does no harm */
async function replay(keys: string): Promise<boolean> {
  const [name, ...faults] = keys.trim().split(/\s+/);
  const { harm, trace } = await play(historyOf(name), faults.map(faultIn), true);
  for (const line of trace) console.log(line);
  console.log(harm.length === 0 ? "No harm is done." : `HARM: ${harm.join("\nHARM: ")}`);
  return harm.length === 0;
}

async function exploreAll(): Promise<boolean> {
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const begun = Date.now();
  const counts: Counts = { runs: 0, steps: 0, crashes: 0 };
  let faults = 0;
  const found = async ({ run, harm }: Found): Promise<void> => {
    faults += 1;
    console.log(`\nHARM: ${harm}`);
    console.log(
      `  run ${counts.runs}, ${Math.round((Date.now() - begun) / 1000)} s: npm run explore -- --replay "${keysOf(run)}"`,
    );
    const { trace } = await play(run.history, run.faults, true).catch(() => ({ trace: [] }));
    for (const line of trace) console.log(`  ${line}`);
  };
  const say = (what: string): void => {
    const seconds = (Date.now() - begun) / 1000;
    const rate = Math.round(counts.runs / seconds);
    console.log(
      `${what}: ${counts.runs} runs, ${counts.steps} steps, ${counts.crashes} crashes, ${faults} faults, ${Math.round(seconds)} s, ${rate} runs a second`,
    );
  };
  const progress = setInterval(() => say("so far"), 10_000);
  const minutes = Number(values.minutes);
  const parts = [
    { depth: "1", name: "each single fault at each call", play: () => explore(depthOne(), counts, found) },
    { depth: "2", name: "each pair around a rollback", play: () => explore(depthTwo(), counts, found) },
    {
      depth: "0",
      name: `random runs from seed ${seed}`,
      play: () => explore(randomRuns(seed, Number(values.runs)), counts, found, Date.now() + minutes * 60_000),
    },
  ];
  for (const { depth, name, play } of parts) {
    if (values.depth !== undefined && values.depth !== depth) continue;
    await play();
    say(name);
  }
  clearInterval(progress);
  return faults === 0;
}
