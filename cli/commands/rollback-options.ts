import { createInterface } from "node:readline/promises";
import { colors, type Color } from "../../deployment/model.ts";
import { CliError } from "../error.ts";
import type { Context } from "./context.ts";

export interface RollbackOptions {
  readonly direct?: boolean;
  readonly to?: string;
  readonly override?: string;
  readonly yes?: boolean;
  /** What record and notices say; a rollback to a revoked image asks for it. */
  readonly reason?: string;
}

export function colorOf(text: string | undefined): Color | undefined {
  const color = colors.find((candidate) => candidate === text);
  if (text === undefined || color !== undefined) return color;
  throw new CliError("usage", `--to is ${JSON.stringify(text)}. Allowed: blue or green.`);
}

/** Why it goes back, in the words of who gave the command; undefined: they said nothing. */
export const reasonOf = ({ reason, override }: RollbackOptions): string | undefined => reason ?? override;

/** `CI` is what GitHub, GitLab, CircleCI, Travis and others set. Some people set it to false at home. */
export const isPipeline = ({ CI }: NodeJS.ProcessEnv): boolean => !["", "false", "0", undefined].includes(CI);

/** Asks at a terminal; a pipeline has said yes by calling, also where its runner gives it a pseudo terminal. */
export async function confirm(
  { ui, interruption }: Context,
  { yes }: RollbackOptions,
  question: string,
): Promise<void> {
  if (yes || isPipeline(process.env) || ui.mode !== "terminal" || !process.stdin.isTTY) return;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(`${question} [Y/n] `, { signal: interruption.signal });
    if (!/^(y|yes|)$/i.test(answer.trim())) throw new CliError("refused", "Nothing was changed.");
  } finally {
    lines.close();
  }
}
