import { setMaxListeners } from "node:events";
import { exitCodes, CliError, type ExitCode } from "../error.ts";
import { errorMessage } from "../../deployment/error-message.ts";
import { foreignFault } from "../../deployment/gate-verdict.ts";
import { byColor } from "../../deployment/model.ts";
import { overrideVariable } from "../../deployment/variables.ts";
import { RolloutContext, type RolloutArgs } from "../rollout/context.ts";
import { pipelineOf } from "../pipeline.ts";
import { openSession, type Session } from "../session.ts";
import type { ReleaseRecord } from "../state/model.ts";
import { appendSummary, requireSummary, summaryTarget, type SummaryTarget } from "../summary.ts";
import { Ui } from "../ui.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly stack?: string;
  readonly cwd: string;
  readonly json?: boolean;
  /** File that gets a summary in Markdown; default: the one that GitHub gives a step. */
  readonly summary?: string;
}

/** What a command runs with. */
export interface Context {
  readonly ui: Ui;
  readonly interruption: AbortController;
  /** Where a summary goes; undefined: nowhere. */
  readonly summary?: SummaryTarget;
  open(options?: { offline: boolean }): Promise<Session>;
}

export function contextOf({ stack, cwd, json, summary: named }: GlobalOptions): Context {
  const ui = new Ui(json ? "json" : process.stdout.isTTY ? "terminal" : "lines", pipelineOf(process.env));
  const summary = summaryTarget(named, process.env);
  const interruption = new AbortController();
  // Every request that is under way listens to it.
  setMaxListeners(0, interruption.signal);
  return {
    ui,
    interruption,
    summary,
    open: async (options) => {
      await requireSummary(summary);
      return openSession({ cwd, stack, ui, interruption, ...options });
    },
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
  const { record } = rollout;
  let fault: unknown;
  try {
    // A rollback waits for nobody: where it would take somebody else's traffic away, the gate asks.
    if (args.kind !== "rollback") requireOwnTraffic(rollout);
    return await run(rollout);
  } catch (error) {
    fault = interrupted(rollout, error);
    throw fault;
  } finally {
    await rollout.close();
    await summarize(context, args.doing, rollout, record, fault);
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

/** @param before the newest release's record when the command began: one that is over and unchanged is not what it was about */
async function summarize(
  { summary, ui }: Context,
  doing: string,
  { record, session, world }: RolloutContext,
  before: ReleaseRecord | undefined,
  fault: unknown,
): Promise<void> {
  if (summary === undefined) return;
  const isOlder = record === before && record?.outcome !== "running";
  const facts = {
    doing,
    stack: session.stackRef.stack,
    record: isOlder ? undefined : record,
    weights: world.weights.live,
    images: byColor((color) => world.fleets[color].image),
    watched: ui.watched,
    fault: fault === undefined ? undefined : { code: codeOf(fault), message: errorMessage(fault) },
    now: Date.now(),
  };
  await appendSummary(summary, facts, ui);
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
    const code = codeOf(error);
    ui.error(code, errorMessage(error), error instanceof CliError ? error.details : undefined);
    return exitCodes[code];
  }
}

const codeOf = (error: unknown): ExitCode => (error instanceof CliError ? error.code : "failed");
