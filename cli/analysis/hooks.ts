import { runCommand, type CommandRun } from "./command.ts";

/** Seconds that a hook may take. */
const timeoutSeconds = 600;

export type HookOutcome = { readonly kind: "continue" } | { readonly kind: "rollback"; readonly why: string };

/**
 * Runs a stage's hooks, one after the other. As with CodeDeploy, exit code 0 means CONTINUE; anything else, or no end within
 * 10 minutes, means ROLLBACK, and no further one is run.
 * @throws the signal's reason when it is aborted: that is neither
 */
export async function runHooks(
  commands: readonly string[],
  run: Pick<CommandRun, "cwd" | "env" | "signal" | "onLine">,
): Promise<HookOutcome> {
  for (const command of commands) {
    const { ok, detail } = await runCommand({ ...run, command, timeoutSeconds });
    if (!ok) return { kind: "rollback", why: `the hook ${command} says no (${detail})` };
  }
  return { kind: "continue" };
}
