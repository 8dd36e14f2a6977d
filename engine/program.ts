/** A Pulumi program that runs inline: a module that exports an async function which returns the outputs. */
export class Program {
  private readonly file: string;
  private readonly onUncaught: () => void;

  /**
   * @param file the module
   * @param onUncaught is told of errors that the program does not catch, outside that function
   */
  constructor(file: string, onUncaught: () => void) {
    this.file = file;
    this.onUncaught = onUncaught;
  }

  /** Loads the module, so that it need not be done when the engine waits for it. An error shows when it is run. */
  preload(): void {
    this.load().catch(() => undefined);
  }

  /** Runs the program. Bound, because the Automation API takes it as a function. */
  readonly run = async (): Promise<Record<string, unknown>> => {
    // The SDK's language server reports these.
    process.on("uncaughtException", this.onUncaught);
    process.on("unhandledRejection", this.onUncaught);
    const program = await this.load();
    if (typeof program === "function") return (program as () => Promise<Record<string, unknown>>)();
    throw new Error(`${this.file} exports ${typeof program}; it must be "export = async () => outputs"`);
  };

  private async load(): Promise<unknown> {
    return ((await import(this.file)) as { default: unknown }).default;
  }
}
