import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { table, verdict, type Report } from "./report.ts";
import { uncovered, unrehearsed, unused } from "./rights/recording.ts";
import { runSteps } from "./run.ts";
import { openSession, type ProviderChoice, type Session } from "./session.ts";
import { Context } from "./scenarios/context.ts";
import { chosen, scenarioOf } from "./scenarios/scenario.ts";
import { claim, isAlive } from "../tools/claim.ts";
import { CleanUp } from "../tools/clean-up.ts";

interface Options {
  quick?: boolean;
  step: string[];
  except: string[];
  folder?: string;
  list?: boolean;
  machines: boolean;
  keep?: boolean;
  provider: ProviderChoice;
  rate?: number;
  timeScale?: number;
}

/** Everything that a rehearsal writes lies here. */
const base = path.resolve(import.meta.dirname, "..", ".rehearsal");

const folderName = (text: string): string => {
  if (/^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a name: small letters, digits and hyphens, 32 at most.");
};

const positive = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 5000) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 5000.");
};

const program = new Command("rehearse")
  .description(
    "Rehearses a whole release, faults included, on this machine: the real engine, real processes, real traffic.",
  )
  .option("--quick", "the whole scenario with shorter looks at the traffic, as CI runs it")
  .option("--step <name...>", "only these steps, and what they need", [])
  .option("--except <name...>", "all steps but these", [])
  .option(
    "--folder <name>",
    "a folder of its own in .rehearsal, so that two rehearsals run beside each other",
    folderName,
  )
  .option("--list", "list the steps")
  .option("--machines", "instances are booted machines, from the images of `npm run images` (root on Linux)", false)
  .option("--keep", "keep the cloud before the end, to look at it, until Ctrl-C")
  .addOption(
    new Option("--provider <which>", "AWS provider: the local stand-in, or the official one, which Pulumi downloads")
      .choices(["local", "official"])
      .default("local"),
  )
  .option("--rate <requests>", "requests a second of the load (default: 200, quick: 100)", positive)
  .option(
    "--time-scale <factor>",
    "how many times faster than AWS's the cloud's clocks run (default: 10, machines: 5)",
    positive,
  );

async function main(): Promise<number> {
  const options = program.parse().opts<Options>();
  if (options.list) {
    for (const { name, title } of scenarioOf(options)) console.log(`${name.padEnd(18)}${title}`);
    return 0;
  }
  const steps = chosen(scenarioOf(options), options.step, options.except);
  const folder = path.join(base, options.folder ?? "");
  // A machine boots in its own time, however fast the cloud's clocks run.
  const timeScale = options.timeScale ?? (options.machines ? 5 : 10);
  const rate = options.rate ?? (options.quick ? 100 : 200);
  const begun = Date.now();
  await mkdir(folder, { recursive: true });
  const log = createWriteStream(path.join(folder, "rehearsal.log"));
  await once(log, "open");
  const say = (line: string): void => {
    log.write(`${line}\n`);
    console.log(line);
  };
  const cleanUp = new CleanUp();
  cleanUp.onSignals(say);
  await claim(folder, cleanUp);
  let processes: number[] = [];
  let ok = false;
  try {
    const session = await openSession({
      folder,
      provider: options.provider,
      machines: options.machines,
      timeScale,
      cleanUp,
      progress: say,
    });
    const context = new Context(session, rate, options.quick ? 1.5 : 4);
    cleanUp.add("load", () => context.load?.stop());
    const played = options.keep ? steps.slice(0, -1) : steps;
    const reports = await runSteps({ context, steps: played, log: (line) => void log.write(`${line}\n`) });
    // Of the whole load, from its first request to its last: nothing can fall between two steps.
    const traffic = await context.load?.window();
    const failed = traffic?.failed ?? 0;
    const lostWithMachine = reports.reduce((sum, step) => sum + (step.lostWithMachine ?? 0), 0);
    const lostToCanary = reports.reduce((sum, step) => sum + (step.lostToCanary ?? 0), 0);
    const calls = await session.calls();
    const commandLine = await readFile(path.join(base, "..", "cli", "main.ts"), "utf8");
    const whole = options.step.length === 0 && options.except.length === 0 && !options.machines && !options.keep;
    const rights = [...uncovered(calls), ...(whole ? [...unused(calls), ...unrehearsed(calls, commandLine)] : [])];
    await writeFile(path.join(folder, "calls.json"), `${JSON.stringify(calls, null, 2)}\n`);
    const report: Report = {
      ok: reports.every((step) => step.ok) && failed <= lostWithMachine + lostToCanary && rights.length === 0,
      startedAt: new Date(begun).toISOString(),
      seconds: (Date.now() - begun) / 1000,
      node: process.version,
      pulumi: session.pulumiVersion,
      provider: options.provider,
      timeScale,
      rate,
      steps: reports,
      requests: traffic?.sent ?? 0,
      failed,
      lostWithMachine,
      lostToCanary,
    };
    await writeFile(path.join(folder, "result.json"), `${JSON.stringify(report, null, 2)}\n`);
    say(table(report));
    for (const line of rights) say(`${line}: docs/rights.md says what to do`);
    say(verdict(report));
    ok = report.ok;
    processes = await session.processes();
    if (options.keep) await keep(session, context, say);
  } finally {
    for (const error of await cleanUp.run()) say(error.message);
  }
  const left = processes.filter(isAlive);
  if (left.length > 0) say(`The clean-up left processes behind: ${left.join(", ")}`);
  return ok && left.length === 0 ? 0 : 1;
}

/** Tells how to look at the cloud, and waits for Ctrl-C, which cleans up. */
async function keep(session: Session, context: Context, say: (line: string) => void): Promise<never> {
  const { main, preview } = await context.urls();
  const { endpoint, region, credentials } = session.client;
  const { accessKeyId, secretAccessKey } = credentials;
  say(`The cloud is kept until Ctrl-C. Service: ${main}   preview: ${preview}`);
  // Not into the log: whoever reads that later needs no keys.
  console.log(`  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
  aws --region ${region} --endpoint-url ${endpoint} elbv2 describe-target-groups
  curl --aws-sigv4 aws:amz:${region}:rehearsal --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" ${endpoint}/rehearsal/state`);
  return new Promise<never>(() => undefined);
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
