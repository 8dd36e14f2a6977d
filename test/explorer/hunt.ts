import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { historyOf } from "./histories.ts";
import { play } from "./play.ts";
import { faultIn } from "./simulation.ts";
import { mutants, type Mutant } from "./mutants.ts";

const root = path.join(import.meta.dirname, "../..");

/** What a run of the explorer needs of the sources. */
const needed = /^(automation|aws|cli|components|config|deployment|images|tools|test|package\.json)$/;

/** What a core that is left alone plays in a minute; a busy one gets the same runs, and takes longer. */
const runsPerMinute = 3_600;

/**
 * Applies each protocol mutant to a copy of the sources, and lets the explorer hunt it.
 * @param minutes of a core that is left alone, for each at most
 * @returns whether all were found
 */
export async function huntMutants(minutes: number): Promise<boolean> {
  let found = 0;
  console.log("| | what is broken | where | runs | seconds | what was said |\n|-|-|-|-|-|-|");
  for (const [index, mutant] of mutants.entries()) {
    const { seconds, said, runs } = await hunt(mutant, minutes);
    if (said !== undefined) found += 1;
    console.log(`| ${index + 1} | ${mutant.breaks} | ${mutant.file} | ${runs} | ${seconds} | ${said ?? "NOT FOUND"} |`);
  }
  console.log(`${found} of ${mutants.length} found`);
  return found === mutants.length;
}

async function hunt(mutant: Mutant, minutes: number): Promise<{ seconds: number; said?: string; runs: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "mutant-"));
  try {
    for (const name of (await readdir(root)).filter((entry) => needed.test(entry)))
      await cp(path.join(root, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    const file = path.join(folder, mutant.file);
    await writeFile(file, mutated(await readFile(file, "utf8"), mutant));
    const begun = Date.now();
    const { said, runs } = await explored(folder, minutes);
    return { seconds: Math.round((Date.now() - begun) / 1000), said, runs };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @throws Error where the text is not there exactly once: the sources have changed, and the mutant must follow. */
export function mutated(source: string, { file, search, replacement }: Mutant): string {
  const parts = source.split(search);
  if (parts.length === 2) return parts.join(replacement);
  throw new Error(`${file} holds ${parts.length - 1} times, not once: ${search}`);
}

/** Random runs from seed 1 over the mutant, until one does harm that the sources as they are don't do. */
async function explored(folder: string, minutes: number): Promise<{ said?: string; runs: string }> {
  const main = path.join(folder, "test/explorer/main.ts");
  const args = [main, "--depth", "0", "--seed", "1", "--runs", String(minutes * runsPerMinute), "--minutes", "1000"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let [harm, runs] = ["", "0"];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, total, at] = /(?:: (\d+) runs|^ {2}run (\d+),)/.exec(line) ?? [];
      runs = total ?? at ?? runs;
      harm = /^HARM: (.*)$/.exec(line)?.[1] ?? harm;
      const [, keys] = /--replay "(.*)"$/.exec(line) ?? [];
      if (keys === undefined) continue;
      const [name, ...faults] = keys.split(" ");
      const { harm: own } = await play(historyOf(name), faults.map(faultIn));
      if (own.length === 0) return { said: harm.slice(0, 100), runs };
    }
    return { runs };
  } finally {
    child.kill("SIGKILL");
  }
}
