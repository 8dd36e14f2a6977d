import { CliError } from "../error.ts";

const denied = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;

/**
 * Gives what a call to AWS answers.
 * @param right what the credentials need for it, as IAM writes it, for example `ec2:RunInstances`
 * @throws CliError that names the right where AWS denies it; any other error of AWS passes through
 */
export async function withPermissionHint<T>(right: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Error) || !denied.test(error.name)) throw error;
    throw new CliError(
      "failed",
      `AWS denies ${right} to these credentials: allow it to who runs jobs, and run the job again (${error.message}).`,
    );
  }
}
