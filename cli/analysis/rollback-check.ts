import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CheckResult } from "../state/model.ts";
import { runCommand, type CommandResult, type CommandRun } from "./command.ts";

/** The two orders in which a rollback is proved, by the names that their results get. */
export const rollbackChecks = ["new writes, old reads", "old writes, new reads"] as const;

/** What one run of the command does. */
export type RollbackAction = "write" | "read";

/** A colour as the command meets it. */
export interface RollbackSide {
  /** For people: `v2.0.0 on green`. */
  readonly name: string;
  /** The command's environment: it names this colour. */
  readonly env: NodeJS.ProcessEnv;
}

export interface RollbackCheckArgs {
  /** For `sh -c`. */
  readonly command: string;
  /** Of each run. */
  readonly timeoutSeconds: number;
  /** What is released, and what a rollback goes to. */
  readonly released: RollbackSide;
  readonly old: RollbackSide;
  /** How the command is run. */
  readonly run: Pick<CommandRun, "cwd" | "signal" | "onLine">;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CheckResult) => void;
}

/**
 * Proves that two releases read what the other one writes. In each order one colour writes, the other reads, and the first reads
 * again: in a canary, requests of one session go to both. Both orders are tried, also when one fails.
 * @throws the signal's reason when it is aborted
 */
export async function runRollbackCheck(args: RollbackCheckArgs): Promise<CheckResult[]> {
  const { released, old, onResult } = args;
  const [newWrites, oldWrites] = rollbackChecks;
  const results: CheckResult[] = [];
  for (const [name, writer, reader] of [
    [newWrites, released, old],
    [oldWrites, old, released],
  ] as const) {
    const { ok, detail } = await inOrder(args, writer, reader);
    const result = { at: new Date().toISOString(), name, ok, detail };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** What the writer leaves for the reader may open a session: it lies in a folder of its own, which goes with the order. */
async function inOrder(args: RollbackCheckArgs, writer: RollbackSide, reader: RollbackSide): Promise<CommandResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "bluegreen-rollback-"));
  const file = path.join(folder, "written");
  const does = async (action: RollbackAction, { name, env }: RollbackSide, did: string) => {
    const { ok, detail } = await runCommand({
      ...args.run,
      command: args.command,
      timeoutSeconds: args.timeoutSeconds,
      env: { ...env, BLUEGREEN_ROLLBACK: action, BLUEGREEN_ROLLBACK_FILE: file },
    });
    return ok ? undefined : `${name} did not ${did}: ${detail}`;
  };
  try {
    const fault =
      (await does("write", writer, "write")) ??
      (await does("read", reader, `read what ${writer.name} wrote`)) ??
      (await does("read", writer, `read again what it wrote, once ${reader.name} had read it`));
    if (fault !== undefined) return { ok: false, detail: fault };
    return { ok: true, detail: `${writer.name} wrote, ${reader.name} read it, ${writer.name} read it again` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
