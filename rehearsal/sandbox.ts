import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { claim } from "../tools/claim.ts";
import { CleanUp } from "../tools/clean-up.ts";
import { openSession } from "./session.ts";
import { Context } from "./scenarios/context.ts";
import { fixtures } from "./scenarios/release.ts";
import { startLoad } from "./load/load.ts";

const folder = path.resolve(import.meta.dirname, "..", ".rehearsal");

const positive = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= 5000) return value;
  throw new InvalidArgumentError("It must be a whole number from 1 to 5000.");
};

const program = new Command("sandbox")
  .description(
    "Brings the stack up in the local cloud, under load, and opens a shell with the command bluegreen in it. " +
      "When the shell ends, all of it goes.",
  )
  .option("-c, --command <command>", "run this instead of a shell, and answer with its exit code")
  .option("--machines", "instances are booted machines, from the images of `npm run images` (root on Linux)", false)
  .option("--rate <requests>", "requests a second of the load", positive, 100)
  .option("--time-scale <factor>", "how many times faster than AWS's the cloud's clocks run", positive, 10);

interface Options {
  command?: string;
  machines: boolean;
  rate: number;
  timeScale: number;
}

async function main(): Promise<number> {
  const { command, machines, rate, timeScale } = program.parse().opts<Options>();
  const say = (line: string): void => console.log(line);
  const cleanUp = new CleanUp();
  const letSignals = cleanUp.onSignals(say);
  await mkdir(folder, { recursive: true });
  await claim(folder, cleanUp);
  let code = 1;
  try {
    const session = await openSession({ folder, provider: "local", machines, timeScale, cleanUp, progress: say });
    const context = new Context(session, rate, 0);
    say("bringing up stack dev with v1.0.0");
    await context.updated(fixtures.blue(context));
    const { main: url } = await context.urls();
    context.load = await startLoad({ url: `${url}/`, rate, maxSeconds: 24 * 3600 });
    const load = context.load;
    cleanUp.add("load", () => load.stop());
    say(welcome(url, rate));
    const { folder: cwd } = session.stack.stackRef;
    // From here on Ctrl-C belongs to whatever runs in the shell.
    letSignals();
    process.on("SIGINT", () => undefined);
    code = await shell(command, cwd, session.stack.environment());
    const { sent, failed, errors } = await load.window();
    say(`${sent} requests meanwhile, ${failed} failed${failed > 0 ? `, the first with: ${errors[0]?.failure}` : ""}.`);
  } finally {
    for (const error of await cleanUp.run()) say(error.message);
  }
  return code;
}

const welcome = (url: string, rate: number): string => `
Stack dev serves v1.0.0 at ${url}, under ${rate} requests a second. Images: v1.0.0, v2.0.0 and some that fail.
  bluegreen status           who serves
  bluegreen release v2.0.0   a whole release
  bluegreen rollback         back at once
  exit                       ends the sandbox
`;

/** Runs the command, or an interactive shell, and answers its exit code. */
function shell(command: string | undefined, cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const file = command === undefined ? (process.env.SHELL ?? "/bin/sh") : "/bin/sh";
  const child = spawn(file, command === undefined ? [] : ["-c", command], { cwd, env, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
