import type { Coded } from "../deployment/error-codes.ts";

/** What the command answers its caller with. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  rolledBack: 4,
  locked: 5,
  drifted: 6,
  paused: 7,
  frozen: 8,
  interrupted: 130,
} as const;

export type ExitCode = keyof typeof exitCodes;

/** What each exit code means. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  ok: "all went as asked",
  failed: "something failed on the way; traffic is as the last line says, and the same command can be given again",
  usage: "the command line, a file of the project or a setting is wrong; nothing was changed",
  refused: "the stack, as it is, forbids it; nothing was changed",
  rolledBack: "the release went back, by itself: the old colour has all the traffic",
  locked: "somebody else releases this stack now",
  drifted: "drift: what is there differs from what was declared",
  paused: "the release waits for people: bluegreen continue goes on, bluegreen rollback goes back",
  frozen: "nothing is released now (freeze in bluegreen.yaml); nothing was changed",
  interrupted: "Ctrl-C or a signal; traffic stays as it was",
};

/** An end that the user is told in one line: what came, what is allowed, and what to do next. */
export class CliError extends Error {
  readonly code: ExitCode;
  /** What ended the update that it tells of, by the program's own codes. */
  readonly causes: readonly Coded[];
  /** What machines read beside the message. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: ExitCode,
    message: string,
    causes: readonly Coded[] = [],
    details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.causes = causes;
    this.details = details;
  }
}
