import { setTimeout as pause } from "node:timers/promises";
import type { OperationName, OperationOptions, OperationResult, Progress } from "../automation/protocol.ts";
import { RunningOperation } from "../automation/running.ts";
import { outsideText } from "../deployment/outside-text.ts";
import { lockVariable, overrideVariable, revokedVariable } from "../deployment/variables.ts";
import type { StateHolder } from "./store/abandoned.ts";
import { processId } from "./store/holder.ts";
import type { Engine } from "./state/model.ts";
import { pulumi, type StackRef } from "./pulumi.ts";
import { CliError } from "./error.ts";

export interface OperateOptions extends OperationOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Turns guards and gate into warnings for this operation: why. */
  readonly override?: string;
  /** Why traffic goes to a revoked image: a rollback's reason. */
  readonly revoked?: string;
  /** Token of the lock that the command holds: the health gate asks whether it still counts. */
  readonly lock?: string;
}

/** What is kept of the engines of a stack, so that a later run knows it, too: the lock does that. */
export interface Engines {
  /** An engine is about to start: written down before it does. */
  engineStarts(engine: Engine): Promise<void>;
  /** It has ended: with the state in hand, refused because another had it, or nobody can tell. */
  engineEnded(how: "had" | "refused" | "unknown"): Promise<void>;
  /** Whether the state is held by an engine that was left behind and is dead. */
  isLeftLocked(holder: StateHolder): boolean;
}

/** Characters of an override's reason that the program is told. */
const reasonLimit = 500;

/** Milliseconds for which an operation waits for another one that holds the state. */
const PATIENCE = 600_000;

/** Runs the engine's operations on one stack, each in processes of its own. */
export class PulumiRunner {
  private running: RunningOperation | undefined;
  /** Set by whoever has locked the stack. Without it nothing is known of engines: every other operation is waited for. */
  engines?: Engines;

  private readonly stackRef: StackRef;
  private readonly signal: AbortSignal;

  constructor(stackRef: StackRef, signal: AbortSignal) {
    this.stackRef = stackRef;
    this.signal = signal;
    signal.addEventListener("abort", () => this.running?.interrupt());
  }

  /**
   * Runs an operation; a failed one is a result, too. While somebody else's operation holds the state it waits. Where the
   * state is held by an engine that is known to be dead, it releases the state first: `pulumi cancel` ends no engine, one that
   * lives would go on and write over what others write.
   * @throws CliError when it is interrupted, or when the state is not released within ten minutes
   */
  async run(
    operation: OperationName,
    { onProgress, override, revoked, lock, ...options }: OperateOptions = {},
  ): Promise<OperationResult> {
    const deadline = Date.now() + PATIENCE;
    const env = {
      ...process.env,
      [lockVariable]: lock,
      // A process takes no more than 128 KiB in a variable (Linux, MAX_ARG_STRLEN).
      [overrideVariable]: override === undefined ? process.env[overrideVariable] : outsideText(override, reasonLimit),
      [revokedVariable]: revoked === undefined ? process.env[revokedVariable] : outsideText(revoked, reasonLimit),
    };
    for (;;) {
      if (this.signal.aborted) throw new CliError("interrupted", "interrupted");
      const result = await this.runOnce(operation, options, env, onProgress);
      if (!result.ok && this.signal.aborted) throw new CliError("interrupted", "interrupted");
      const holders = holdersOf(result);
      if (holders === undefined) return result;
      if (Date.now() > deadline) throw stateRefusal(result.error ?? "", this.stackRef.stack);
      const { engines } = this;
      // One `pulumi cancel` removes every lock that there is on the state.
      if (holders.length > 0 && holders.every((holder) => engines?.isLeftLocked(holder))) {
        await pulumi(this.stackRef, ["cancel", "--yes"]);
        continue;
      }
      onProgress?.({
        kind: "diagnostic",
        severity: "info",
        message: `another update holds the state${namesOf(holders)}; waiting for it, ten minutes at most`,
      });
      await pause(1_000, undefined, { signal: this.signal }).catch(() => undefined);
    }
  }

  private async runOnce(
    operation: OperationName,
    options: OperationOptions,
    env: NodeJS.ProcessEnv,
    onProgress?: (progress: Progress) => void,
  ): Promise<OperationResult> {
    const { folder, stack } = this.stackRef;
    // A preview locks no state.
    const engines = operation === "preview" || options.previewOnly ? undefined : this.engines;
    let unwritten: Error | undefined;
    let own: Engine | undefined;
    const starts = async (pid: number): Promise<void> => {
      own = { ...processId(pid), startedAt: new Date().toISOString() };
      try {
        await engines?.engineStarts(own);
      } catch (error) {
        unwritten = error instanceof Error ? error : new Error(String(error));
        this.running?.interrupt();
      }
      if (this.signal.aborted) this.running?.interrupt();
    };
    this.running = new RunningOperation({ operation, options, folder, stack, env }, onProgress, starts);
    const result = await this.running.result;
    this.running = undefined;
    // What the CLI refused itself it did before it had the state.
    const reported = result.changes.length > 0 || result.diagnostics.length > 0;
    // One that never began has left nothing, either. One that was refused for its own lock has: the first answer to its write
    // was lost.
    const holders = holdersOf(result);
    const isOwn = holders?.some(({ pid, host }) => pid === own?.pid && host === own.host) === true;
    const refused = unwritten !== undefined || (holders !== undefined && !isOwn);
    await engines?.engineEnded(result.ok || reported ? "had" : refused ? "refused" : "unknown");
    if (unwritten !== undefined) throw unwritten;
    return result;
  }
}

/** Who holds the state, where an operation failed for that; undefined: it did not. */
const holdersOf = ({ ok, error = "" }: OperationResult): StateHolder[] | undefined =>
  ok ? undefined : stateHolders(error);

/**
 * Who holds the state, by an operation's error; undefined: the error is another one. Nobody is named where the backend does not
 * say, or not of each lock.
 */
export function stateHolders(error: string): StateHolder[] | undefined {
  const locked = /currently locked by (?<count>\d+)|Another update is currently in progress|\[409\] Conflict/.exec(
    error,
  );
  if (locked === null) return undefined;
  const named = [...error.matchAll(/: created by .*@(?<host>\S+) \(pid (?<pid>\d+)\) at (?<at>\S+)/g)];
  if (named.length !== Number(locked.groups?.count)) return [];
  return named.map(({ groups: { host = "", pid, at = "" } = {} }) => ({ host, pid: Number(pid), at }));
}

const namesOf = (holders: readonly StateHolder[]): string =>
  holders.map(({ host, pid, at }) => ` (process ${pid} on ${host}, since ${at})`).join("");

function stateRefusal(error: string, stack: string): CliError {
  return new CliError(
    "locked",
    `Another update holds the state: ${error.split("\n").join(" ").trim()} Wait until it ends. When its process is dead, ` +
      `release the state with pulumi cancel --stack ${stack}, and give the same command again. To take traffic back at once, ` +
      "past the state: bluegreen rollback --direct --to blue, or --to green.",
  );
}
