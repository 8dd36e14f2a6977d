type Step = { readonly name: string; readonly run: () => void | Promise<void> };

/**
 * What has to be undone at the end, in the reverse order of its making. It runs once, whoever asks first; a step that
 * fails does not keep the others from running.
 */
export class CleanUp {
  private readonly steps: Step[] = [];
  private running: Promise<Error[]> | undefined;

  /** Adds a step. A step added when the clean-up has begun is run at once: its thing must not stay behind. */
  add(name: string, run: () => void | Promise<void>): void {
    const step = { name, run };
    if (this.running === undefined) this.steps.push(step);
    else this.running = this.running.then(async (errors) => [...errors, ...(await undo([step]))]);
  }

  /** Runs all steps, the last added first, and returns what went wrong. Later calls wait for the same run. */
  run(): Promise<Error[]> {
    this.running ??= undo([...this.steps].reverse());
    return this.running;
  }

  /**
   * Cleans up on SIGINT, SIGTERM and SIGHUP, then ends the process with the signal's usual exit code. A second signal
   * ends it at once: every child ends itself when its channel to this process closes.
   *
   * @returns a function that takes the handlers away again
   */
  onSignals(report: (message: string) => void): () => void {
    const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
    let seen = false;
    const handlers = Object.entries(codes).map(([signal, code]) => {
      const handler = async (): Promise<void> => {
        if (seen) process.exit(code);
        seen = true;
        report(`${signal}: cleaning up`);
        for (const error of await this.run()) report(error.message);
        process.exit(code);
      };
      const listener = (): void => void handler();
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    return () => handlers.forEach((remove) => remove());
  }
}

async function undo(steps: readonly Step[]): Promise<Error[]> {
  const errors: Error[] = [];
  for (const step of steps) {
    try {
      await step.run();
    } catch (error) {
      errors.push(
        new Error(`clean-up of ${step.name} failed: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  }
  return errors;
}
