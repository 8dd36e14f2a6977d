/** A refusal in AWS's own words: `code` and `message` reach the caller as AWS would send them. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
    this.name = code;
  }
}

/** AWS's error for arguments that break a rule of the API. */
export function validationError(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

/**
 * The answer to what AWS can do and this cloud can't. It refuses, because a silent "yes" would make a rehearsal lie.
 * @param what What came, in AWS's terms.
 * @param file The file to extend, from the project's root.
 */
export function notRehearsed(what: string, file: string): AwsError {
  return new AwsError("NotImplemented", `The rehearsal's cloud does not know ${what}. To teach it, extend ${file}.`);
}

/** Whatever was thrown, as text for a log line or an error answer. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
