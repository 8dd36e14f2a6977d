import { AwsError } from "@bluegreen/query-protocol";

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
