import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { OperationName, OperationOptions, OperationResult, Progress } from "../engine/protocol.ts";
import { RunningOperation } from "../engine/running.ts";
import { lockVariable } from "../components/lock-variable.ts";
import { overrideVariable } from "../components/override-variable.ts";
import { isAlive } from "../tools/claim.ts";
import { pulumi, type StackPlace } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";

export interface OperateOptions extends OperationOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Turns guards and gate into warnings for this operation: why. */
  readonly override?: string;
  /** Token of the lock that the command holds. */
  readonly lock?: string;
}

/** Runs the engine's operations on one stack, each in processes of its own. */
export class Operator {
  private running: RunningOperation | undefined;
  /** Whether the lock that an operation left on the state may be released: who took it is known to be gone. */
  abandoned = false;

  private readonly place: StackPlace;
  private readonly signal: AbortSignal;

  constructor(place: StackPlace, signal: AbortSignal) {
    this.place = place;
    this.signal = signal;
    signal.addEventListener("abort", () => this.running?.interrupt());
  }

  /**
   * Runs an operation; a failed one is a result, too. While somebody else's operation holds the state it waits, and where
   * that one's process is gone, it releases the state first.
   * @throws Refusal when it is interrupted, or when the state is not released within ten minutes
   */
  async run(
    operation: OperationName,
    { onProgress, override, lock, ...options }: OperateOptions = {},
  ): Promise<OperationResult> {
    const deadline = Date.now() + 600_000;
    const env = {
      ...process.env,
      [lockVariable]: lock,
      [overrideVariable]: override ?? process.env[overrideVariable],
    };
    for (;;) {
      if (this.signal.aborted) throw new Refusal("interrupted", "interrupted");
      this.running = this.start(operation, options, env, onProgress);
      const result = await this.running.result;
      this.running = undefined;
      if (!result.ok && this.signal.aborted) throw new Refusal("interrupted", "interrupted");
      const holder = result.ok ? undefined : stateHolder(result.error ?? "");
      if (holder === undefined) return result;
      if (this.abandoned || isGone(holder)) {
        await pulumi(this.place, ["cancel", "--yes"]);
        this.abandoned = false;
      } else if (Date.now() > deadline) {
        throw new Refusal(
          "locked",
          `Another update holds the state: ${result.error?.split("\n")[0]}. Wait, or end it with pulumi cancel.`,
        );
      } else {
        onProgress?.({
          kind: "diagnostic",
          severity: "info",
          message: "another update holds the state; waiting for it",
        });
        await pause(1_000, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }

  private start(
    operation: OperationName,
    options: OperationOptions,
    env: NodeJS.ProcessEnv,
    onProgress?: (progress: Progress) => void,
  ): RunningOperation {
    const { folder, stack } = this.place;
    return new RunningOperation({ operation, options, folder, stack, env }, onProgress);
  }
}

/** Who holds the state of a stack; the process is known where the backend says so. */
export interface StateHolder {
  readonly host?: string;
  readonly pid?: number;
}

/** Who holds the state, by an operation's error; undefined: the error is another one. */
export function stateHolder(error: string): StateHolder | undefined {
  if (!/currently locked by|Another update is currently in progress|\[409\] Conflict/.test(error)) return undefined;
  const { host, pid } = /created by \S*@(?<host>\S+) \(pid (?<pid>\d+)\)/.exec(error)?.groups ?? {};
  return { host, pid: pid === undefined ? undefined : Number(pid) };
}

const isGone = ({ host, pid }: StateHolder): boolean => host === os.hostname() && pid !== undefined && !isAlive(pid);
