/** What the command answers its caller with. */
export const exitCodes = {
  /** All went as asked. */
  ok: 0,
  /** Something failed on the way; traffic is as the last line says, and the same command can be given again. */
  failed: 1,
  /** The command line itself, a file of the project or a setting is wrong; nothing was asked of AWS. */
  usage: 2,
  /** The stack, as it is, forbids it; nothing was changed. */
  refused: 3,
  /** The release went back, by itself: the old colour has all the traffic. */
  rolledBack: 4,
  /** Somebody else releases this stack now. */
  locked: 5,
  /** `drift`: what is there differs from what was declared. */
  drifted: 6,
  /** Ctrl-C or a signal. */
  interrupted: 130,
} as const;

export type ExitCode = keyof typeof exitCodes;

/** An end that the user is told in one line: what came, what is allowed, and what to do next. */
export class Refusal extends Error {
  constructor(
    readonly code: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
