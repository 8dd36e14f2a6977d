import { CliError } from "../error.ts";

/** Seconds that a job may take: AWS-RunShellScript's own bounds for executionTimeout. */
const timeouts = { least: 1, greatest: 172_800 };

/** What a job is asked for with. */
export interface JobRequest {
  /** A command of the release itself: `migrate` is `app migrate`. */
  readonly job: string;
  readonly args: readonly string[];
  /** Seconds that it may run. */
  readonly timeout: number;
}

/**
 * The script that runs a job on an instance, a line each.
 * @throws CliError with all that is wrong with the request
 */
export function jobScript({ job, args, timeout }: JobRequest): string[] {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]*$/.test(job)) {
    faults.push(`the job is ${JSON.stringify(job)}; allowed are small letters, digits and hyphens, such as migrate`);
  }
  for (const arg of args) {
    if (arg.includes("\0")) faults.push(`the argument ${JSON.stringify(arg)} holds a NUL; no shell can pass it on`);
  }
  if (!Number.isInteger(timeout) || timeout < timeouts.least || timeout > timeouts.greatest) {
    faults.push(`the timeout is ${timeout}; allowed are whole seconds from ${timeouts.least} to ${timeouts.greatest}`);
  }
  if (faults.length > 0) throw new CliError("usage", `This job can't be run: ${faults.join("; ")}.`);
  return [
    "PATH=$PATH:/usr/local/bin",
    // The agent may be there before the instance has read its user data, which says where the settings are.
    "if command -v systemctl >/dev/null; then systemctl is-system-running --wait >/dev/null 2>&1 || true; fi",
    `exec app ${[job, ...args].map(quoted).join(" ")}`,
  ];
}

/** A word as a POSIX shell reads it back. Systems Manager would put a parameter's value in place of `{{ssm:NAME}}`. */
export function quoted(word: string): string {
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`).replace(/\{(?=\{)/g, "{''")}'`;
}
