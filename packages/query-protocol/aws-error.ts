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
