import { execFile } from "node:child_process";
import { refusal } from "../automation/events.ts";
import { CliError } from "./error.ts";

/** Where a stack is: the project's folder and the stack's name. */
export interface StackRef {
  readonly folder: string;
  readonly stack: string;
}

/** Output of a `pulumi` command may be a whole state, in bytes. */
const greatest = 512 * 1024 * 1024;

/**
 * What a `pulumi` command prints.
 * @throws CliError with the CLI's own words and what to do
 */
export function pulumi(stackRef: StackRef, args: string[], signal?: AbortSignal): Promise<string> {
  const whole = [...args, "--stack", stackRef.stack, "--non-interactive"];
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      whole,
      { cwd: stackRef.folder, env: process.env, maxBuffer: greatest, signal },
      (error, stdout, stderr) => {
        if (error) reject(refused(stackRef.stack, error, stderr));
        else resolve(stdout);
      },
    );
  });
}

/**
 * The stack that is selected in a project's folder; undefined: none.
 * @throws CliError where that can't be told, for example without a login
 */
export function selectedStack(folder: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      ["stack", "--show-name", "--non-interactive"],
      { cwd: folder, env: process.env },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout.trim() || undefined);
        else if (/no stack selected/.test(stderr)) resolve(undefined);
        else reject(refused("<name>", error, stderr));
      },
    );
  });
}

function refused(stack: string, error: Error, stderr: string): Error {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing();
  if (error.name === "AbortError") return new CliError("interrupted", "interrupted");
  const said = refusal(stderr).split("\n").join(" ").trim() || error.message;
  const next = advice.find(([pattern]) => pattern.test(said))?.[1].replaceAll("STACK", stack);
  return new CliError(next === undefined ? "failed" : "usage", next === undefined ? said : `${said}. ${next}`);
}

const missing = () =>
  new CliError(
    "usage",
    "The pulumi command is not on PATH. Install it: https://www.pulumi.com/docs/iac/download-install/",
  );

/** What to do about what the CLI says. */
const advice: readonly [RegExp, string][] = [
  [/no stack named/, "Make it with pulumi stack init STACK and pulumi up, or log in to the backend that has it."],
  [/PULUMI_ACCESS_TOKEN|not logged in|pulumi login/, "Log in first: pulumi login."],
  [/does not satisfy the version range/, "Install a newer one: https://www.pulumi.com/docs/iac/download-install/"],
  [/passphrase/i, "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE."],
];
