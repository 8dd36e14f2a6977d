import { meaningOf } from "../aws/fault.ts";
import { CliError } from "./error.ts";

/**
 * An error of a call to AWS as one line: what it means, AWS's own words, and what to do. Anything else is given back as it
 * is.
 */
export function toCliError(error: unknown): unknown {
  const known = error instanceof CliError ? undefined : meaningOf(error);
  return known ? new CliError("failed", `${known.meaning}, and give the same command again (${known.said}).`) : error;
}
