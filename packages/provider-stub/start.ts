import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { stop as stopProcess, whenPrinted } from "../../tools/process.ts";
import { messageOf } from "./errors.ts";

/** The stand-in providers, running. */
export interface Providers {
  /** For the engine's PULUMI_DEBUG_PROVIDERS. */
  readonly debugProviders: string;
  /** Ends both processes. */
  stop(): Promise<void>;
}

/** Options of startProviders. */
export interface ProvidersOptions {
  /** The environment of the provider processes; REHEARSAL_TIME_SCALE says how fast AWS's time runs (default 1). */
  readonly env: NodeJS.ProcessEnv;
}

const START_MS = 60_000;
const ERROR_LINES = 20;

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts one provider, and reads the port from the first line that it prints. */
async function start(entry: string, env: NodeJS.ProcessEnv): Promise<Started> {
  const child = fork(join(import.meta.dirname, entry), [], { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const errors: string[] = [];
  child.stderr?.on("data", (text: Buffer) => {
    errors.push(...text.toString().split("\n"));
    errors.splice(0, errors.length - ERROR_LINES);
  });
  try {
    return { child, port: Number(await whenPrinted(child, `the local provider ${entry}`, START_MS)) };
  } catch (error) {
    throw new Error(`${messageOf(error)}: ${errors.join("\n").trim() || "it said nothing"}`);
  }
}

/** Starts the stand-ins for the aws and awsx providers; they serve any number of engine runs until they are stopped. */
export async function startProviders({ env }: ProvidersOptions): Promise<Providers> {
  const results = await Promise.allSettled([start("aws.ts", env), start("awsx.ts", env)]);
  const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = results.find((result) => result.status === "rejected");
  const stop = async () => {
    await Promise.all(started.map(({ child }) => stopProcess(child)));
  };
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [aws, awsx] = started;
  return { debugProviders: `aws:${aws.port},awsx:${awsx.port}`, stop };
}
