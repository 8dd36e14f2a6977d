import { Command, InvalidArgumentError, Option } from "commander";
import type { Context, GlobalOptions } from "./commands/context.ts";
import { defaults } from "./defaults.ts";
import { callerVariable } from "../deployment/variables.ts";
import { exitCodes, exitMeanings, type ExitCode, CliError } from "./error.ts";

const program = new Command("bluegreen")
  .description("Releases of an immutable blue/green stack: from an image to traffic, and back in seconds.")
  .option(
    "--stack <name>",
    "the stack (default: BLUEGREEN_STACK, else the one that is selected)",
    process.env.BLUEGREEN_STACK,
  )
  .option("--cwd <folder>", "folder of the Pulumi project", process.env.BLUEGREEN_CWD ?? ".")
  .option("--json", "one JSON object a line, for machines")
  .option(
    "--summary <file>",
    "append what became of the release, in Markdown (default: GITHUB_STEP_SUMMARY, which GitHub sets)",
  )
  .showHelpAfterError("--help tells the commands and their options.")
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      if (!process.argv.includes("--json")) return write(text);
      const message = text.replace(/^error: /, "").trim();
      // The line that ui.ts writes, which takes longer to load than to say.
      console.log(JSON.stringify({ at: new Date().toISOString(), type: "error", code: "usage", message }));
    },
  })
  .addHelpText("after", `\nExit codes:\n${exitCodeHelp()}`);

/** Options that several commands take. */
const strategy = new Option(
  "--strategy <how>",
  `all-at-once, canary=10%,10m or linear=10%/6m (default: ${defaults.strategy})`,
);
const bakeTime = new Option(
  "--bake <duration>",
  `how long the new colour is watched with all traffic (default: ${defaults.bake})`,
);
const previewSize = new Option(
  "--preview-size <n>",
  "begin with so many instances, to be tried, and grow before the cut-over",
);
const duringFreeze = new Option(
  "--during-freeze <why>",
  "go on though nothing is to be released now (freeze)",
).argParser(someText);
const wait = new Option("--wait", "at a pause: stay, wait for the decision, and follow the release to its end");
const observe = new Option("--observe", "tell and record what the release is judged by, and change nothing for it");
const image = ["<image>", "an image id (ami-...), or a published version (v1.2.3)"] as const;

program
  .command("status")
  .description("who serves, with what, how well, and whether a rollback is ready")
  .option("--watch", "keep it live, until Ctrl-C")
  .option("--drift", "compare every resource with the state, too, which takes some seconds")
  .action(
    run(async (context, options: { watch?: boolean; drift?: boolean }) =>
      (await import("./commands/status.ts")).status(context, options),
    ),
  );
program
  .command("release")
  .description("stage, check, cut over, bake: all in a row; give it again after anything, it goes on where it was")
  .argument(...image)
  .addOption(strategy)
  .addOption(bakeTime)
  .addOption(previewSize)
  .option("--retire [after]", "then retire the old fleet: right after the bake, or after this time")
  .addOption(duringFreeze)
  .addOption(wait)
  .addOption(observe)
  .action(
    run(async (context, wanted: string, options: object) => (await releases()).release(context, wanted, options)),
  );
program
  .command("plan")
  .description("what a release would do, and what stands against it now; it changes nothing and takes no lock")
  .argument(...image)
  .addOption(strategy)
  .addOption(bakeTime)
  .addOption(previewSize)
  .option("--retire [after]", "as for release")
  .action(
    run(async (context, wanted: string, options: object) =>
      (await import("./commands/plan.ts")).plan(context, wanted, options),
    ),
  );
program
  .command("stage")
  .description("put an image on the standby, warm, at the capacity that serves")
  .argument(...image)
  .addOption(previewSize)
  .addOption(duringFreeze)
  .action(run(async (context, wanted: string, options: object) => (await releases()).stage(context, wanted, options)));
program
  .command("check")
  .description("try what is staged through the preview listener")
  .option("--rollback", "instead: prove that it and the old release read what the other one writes (rollbackCheck)")
  .action(run(async (context, options: { rollback?: boolean }) => (await releases()).check(context, options)));
program
  .command("shift")
  .description("give what is staged a share of the requests")
  .argument("<percent>", "0 to 100")
  .addOption(duringFreeze)
  .action(
    run(async (context, percent: string, options: object) => (await releases()).shift(context, percent, options)),
  );
program
  .command("cutover")
  .description("give what is staged all requests, step by step, watching it")
  .addOption(strategy)
  .addOption(duringFreeze)
  .addOption(wait)
  .addOption(observe)
  .action(run(async (context, options: object) => (await releases()).cutover(context, options)));
program
  .command("bake")
  .description("watch what serves for a time; when it is not well, go back")
  .option("--for <duration>", `how long (default: ${defaults.bake})`)
  .addOption(observe)
  .action(run(async (context, options: object) => (await releases()).bake(context, options)));
program
  .command("continue")
  .description("end a pause of the release that is under way, and go on with it")
  .option("--reason <text>", "what the record says of it", someText)
  .option("--expired", "only where the time of the pause is over: do what was declared, for example in a cron job")
  .addOption(duringFreeze)
  .addOption(wait)
  .addOption(observe)
  .action(
    run(async (context, options: object) => (await import("./commands/continue.ts")).continueRelease(context, options)),
  );
program
  .command("rollback")
  .description("back to the other colour, in one update of the listener")
  .option("--why, --reason <text>", "what the record and the notices say; a rollback to a revoked image needs it")
  .option("--to <color>", "blue or green (default: who served before)")
  .option("--yes", "don't ask; without a terminal nobody is asked anyway")
  .option("--override <why>", "past guards and gate, for an incident")
  .option("--direct", "by one call to AWS, when the state's backend is down; needs --to")
  .action(run(async (context, options: object) => (await import("./commands/rollback.ts")).rollback(context, options)));
program
  .command("retire")
  .description("drain and empty the fleet that does not serve: no rollback to it from then on")
  .addOption(duringFreeze)
  .action(run(async (context, options: object) => (await import("./commands/retire.ts")).retire(context, options)));
program
  .command("history")
  .description("what was released, by whom, and how it ended")
  .argument("[id]", "a release, by the beginning of its id: in detail")
  .option("--limit <n>", "how many", "20")
  .action(
    run(async (context, id: string | undefined, { limit }: { limit: string }) =>
      (await import("./commands/history.ts")).history(context, id, limit),
    ),
  );
program
  .command("images")
  .description("published images: age, layers, where they run, and which are revoked")
  .action(run(async (context) => (await import("./commands/images.ts")).images(context)));
program
  .command("revoke")
  .description("no stack of the account may release an image any more, nor what was built on it")
  .argument("<what>", "an image id (ami-...), a published version (v1.2.3), or a layer (base, hardened)")
  .option("--reason <text>", "why: whoever is refused reads it")
  .option("--undo", "it may be released again")
  .action(
    run(async (context, what: string, options: object) =>
      (await import("./commands/revoke.ts")).revoke(context, what, options),
    ),
  );
program
  .command("drift")
  .description("what differs from the declared state: expected, dangerous or other")
  .option("--repair", "put back what was declared")
  .action(run(async (context, options: object) => (await import("./commands/drift.ts")).drift(context, options)));
program
  .command("run")
  .description("a one-off job of the serving release, for example migrate; never on a machine that serves")
  .argument("<job>", "the service's own command")
  .argument("[args...]", "its arguments")
  .addOption(
    new Option("--on <where>", "a fresh instance, or one of the standby's")
      .choices(["fresh", "standby"])
      .default("fresh"),
  )
  .option("--timeout <duration>", "how long the job may take", "15m")
  .action(
    run(async (context, job: string, args: string[], options: { on: "fresh" | "standby"; timeout: string }) =>
      (await import("./commands/run.ts")).run(context, job, args, options),
    ),
  );

/** A reason says something. */
function someText(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("Allowed: a text that says why.");
}

const releases = () => import("./commands/release.ts");

/**
 * A command's action: it runs with a context, ends on signals, and its end is the exit code.
 */
function run<A extends unknown[]>(action: (context: Context, ...args: A) => Promise<void>) {
  return async (...args: [...A, Command]): Promise<void> => {
    const options = program.opts<GlobalOptions>();
    const { contextOf, exitCodeOf } = await import("./commands/context.ts");
    const context = contextOf(options);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        // The second one ends at once; what was cut off is put in order by the next run.
        if (context.interruption.signal.aborted) process.exit(exitCodes.interrupted);
        context.ui.say(`${signal}: letting the step at work come to its end; once more ends at once`);
        context.interruption.abort(new CliError("interrupted", "interrupted"));
      });
    }
    const given = args.slice(0, -1) as unknown as A;
    // Of this process and of the engine, the program and the provider below it; whoever has set one keeps it.
    process.env[callerVariable] ??= `bluegreen-${(args.at(-1) as Command).name()}`;
    process.exitCode = await exitCodeOf(context, () => action(context, ...given));
    process.exit();
  };
}

function exitCodeHelp(): string {
  return Object.entries(exitMeanings)
    .map(([name, meaning]) => `  ${String(exitCodes[name as ExitCode]).padEnd(4)} ${meaning}`)
    .join("\n");
}

program.parseAsync().catch((error: { exitCode?: number }) => {
  // commander has said what is wrong; help and version are no faults.
  process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
});
