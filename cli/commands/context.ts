import { setMaxListeners } from "node:events";
import { exitCodes, CliError } from "../error.ts";
import { foreignFault } from "../../deployment/gate-verdict.ts";
import { overrideVariable } from "../../deployment/variables.ts";
import { RolloutContext, type RolloutArgs } from "../rollout/context.ts";
import { openSession, type Session } from "../session.ts";
import { Ui } from "../ui.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly stack?: string;
  readonly cwd: string;
  readonly json?: boolean;
}

/** What a command runs with. */
export interface Context {
  readonly ui: Ui;
  readonly interruption: AbortController;
  open(options?: { offline: boolean }): Promise<Session>;
}

export function contextOf({ stack, cwd, json }: GlobalOptions): Context {
  const ui = new Ui(json ? "json" : process.stdout.isTTY ? "terminal" : "lines");
  const interruption = new AbortController();
  // Every request that is under way listens to it.
  setMaxListeners(0, interruption.signal);
  return {
    ui,
    interruption,
    open: (options) => openSession({ cwd, stack, ui, interruption, ...options }),
  };
}

/** Runs what changes a stack with the stack in hand, and gives it back however it ends. */
export async function withLockedStack<T>(
  context: Context,
  args: RolloutArgs,
  run: (rollout: RolloutContext) => Promise<T>,
): Promise<T> {
  const session = await context.open();
  if (args.kind !== "rollback") await requireProjectFile(session);
  const rollout = await RolloutContext.open(session, args);
  try {
    // A rollback waits for nobody: where it would take somebody else's traffic away, the gate asks.
    if (args.kind !== "rollback") requireOwnTraffic(rollout);
    return await run(rollout);
  } catch (error) {
    throw interrupted(rollout, error);
  } finally {
    await rollout.close();
  }
}

/**
 * What is wrong with the project file is told before anything is changed. A rollback needs none of it, and does not wait for
 * what reads it to be loaded.
 * @throws CliError that names all faults
 */
async function requireProjectFile({ stackRef }: Session): Promise<void> {
  const { readProjectFile } = await import("../analysis/project-file.ts");
  readProjectFile(stackRef.folder);
}

/** @throws CliError while the listener sends requests elsewhere, unless the override is set */
function requireOwnTraffic({ session, world: { foreign } }: RolloutContext): void {
  if (foreign.length === 0) return;
  const fault = foreignFault(foreign);
  const why = process.env[overrideVariable];
  if (!why) throw new CliError("refused", `Nothing was changed: ${fault}`);
  session.ui.say(`${overrideVariable} ("${why}") overrides this: ${fault}`);
}

/** After Ctrl-C: where the traffic is, and how it goes on. A lost lock has told its own reason. */
function interrupted({ session, world }: RolloutContext, error: unknown): unknown {
  const { signal } = session;
  if (!signal.aborted) return error;
  if (signal.reason instanceof CliError && signal.reason.code !== "interrupted") return signal.reason;
  const { blue, green } = world.weights.live;
  return new CliError(
    "interrupted",
    `Interrupted. Traffic stays as it is: blue ${blue} %, green ${green} %. Give the same command again to go on, or go back: bluegreen rollback.`,
  );
}

/** A command's end as its exit code; what went wrong is said. */
export async function exitCodeOf({ ui }: Context, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return exitCodes.ok;
  } catch (error) {
    const refusal = error instanceof CliError ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    ui.error(refusal?.code ?? "failed", message, refusal?.details);
    return exitCodes[refusal?.code ?? "failed"];
  }
}
