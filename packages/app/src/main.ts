import { parseArgs } from "node:util";
import { type About, aboutThis } from "./about.ts";
import { loadConfig, originsOf } from "./config.ts";
import { within } from "./deadline.ts";
import { messageOf, Refusal } from "./fault.ts";
import { keptIn } from "./kept.ts";
import { createLog } from "./log.ts";
import { migrations } from "./migrations.ts";
import { release } from "./release.ts";
import { migrate } from "./schema.ts";
import { checkSecrets } from "./secrets.ts";
import { serve } from "./serve.ts";
import { loadSettings } from "./settings.ts";
import { Store } from "./store.ts";
import { readCa, targetIn } from "./target.ts";

const USAGE = `app                serves
app migrate        brings the backing service's schema to this release's newest
app check-config   checks file and environment, without asking AWS
app --version      prints the version`;

/** Log lines of commands go to standard error: their standard output is their answer. */
const STANDARD_ERROR = { write: (line: string) => void process.stderr.write(line) };

/** Milliseconds that a one-off job waits for the backing service. */
const CONNECT_LIMIT = 10_000;

/** Resolves with the first signal to end. As a container's first process, nobody else would end it. */
const told = new Promise<NodeJS.Signals>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, resolve);
});

// Who reads our output may go away (`app | head`, a journal that restarts). Requests in flight are worth more than log lines.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const commands: Readonly<Record<string, (about: About) => void | Promise<void>>> = {
  "check-config": () => {
    const config = loadConfig(process.env);
    checkSecrets(config, originsOf(process.env, new Map()));
    if (config.redis?.caFile !== undefined) readCa(config.redis.caFile);
    console.log("the configuration is sound");
  },
  migrate: async (about) => {
    const target = targetIn(await loadSettings(process.env));
    if (target === undefined) throw new Refusal("redis.url is not set: there is nothing to migrate");
    const store = new Store(() => target, createLog(about, "warn", STANDARD_ERROR));
    try {
      await within(CONNECT_LIMIT, store.connected()).catch((error: unknown) => {
        const why = store.fault === "" ? messageOf(error) : store.fault;
        throw new Refusal(`the backing service can't be reached: ${why}. Try again when it can`);
      });
      const { from, to } = await migrate(store, about, migrations);
      console.log(from === to ? `schema ${to}: nothing to do` : `schema ${from} -> ${to}`);
    } finally {
      store.destroy();
    }
  },
};

/** @returns The exit code. */
async function main(args: string[]): Promise<number> {
  const about = aboutThis(release, process.env);
  const { values, positionals } = parse(args);
  if (values.version) {
    console.log(release.version);
    return 0;
  }
  if (positionals.length === 0) return service(about);
  const command = positionals.length === 1 ? commands[positionals[0]] : undefined;
  if (command === undefined) throw new Refusal(`no such command: ${positionals.join(" ")}\n${USAGE}`);
  const early = told.then((signal) => {
    throw new Refusal(`${signal} came before "app ${positionals[0]}" was done. Run it again: it goes on where it was`);
  });
  await Promise.race([command(about), early]);
  return 0;
}

async function service(about: About): Promise<number> {
  const failed = (error: unknown): number => {
    const log = createLog(about, "info");
    if (error instanceof Refusal) log.fatal(error.message);
    else log.fatal({ err: error }, "the service ended by a mistake of its own");
    return 1;
  };
  process.on("uncaughtException", (error) => process.exit(failed(error)));
  try {
    const kept = keptIn(process.env.RUNTIME_DIRECTORY);
    const settings = await Promise.race([loadSettings(process.env, kept), told]);
    // Nothing has been answered yet, so there is nothing to wait for.
    if (typeof settings === "string") return 0;
    const log = createLog(about, settings.config.log.level);
    const { parameters, remembered } = settings;
    if (parameters.length > 0) log.info({ parameters }, "settings came from Parameter Store");
    if (remembered.length > 0)
      log.warn({ remembered }, "AWS can't be asked now; what it said at an earlier start stands");
    await serve(settings, { about, log, kept, told, reload: () => loadSettings(process.env) });
    return 0;
  } catch (error) {
    return failed(error);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { version: { type: "boolean", short: "v" } }, allowPositionals: true });
  } catch (error) {
    throw new Refusal(`${messageOf(error)}\n${USAGE}`);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    // A foreign error's properties can hold what was being parsed, such as a URL with its password.
    console.error(
      error instanceof Refusal ? error.message : error instanceof Error ? error.stack : "no error was thrown",
    );
    process.exit(1);
  },
);
