import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/**
 * Ends an operation whose program failed outside its main function, in an `apply` for instance.
 *
 * The process of an ordinary `pulumi up` ends by itself then, as soon as nothing is left to do. That of an inline program
 * doesn't: the SDK's language server keeps it, and waits for ever for the resources that depend on what failed.
 */
export class FailedProgram {
  private failed = false;
  private readonly atWork = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  private readonly end: () => void;
  private readonly quietMs: number;

  /**
   * @param end ends the operation
   * @param quietMs how long nothing must have happened, in milliseconds
   */
  constructor(end: () => void, quietMs = 1_000) {
    this.end = end;
    this.quietMs = quietMs;
  }

  /** The program threw an error that nobody caught. */
  fail(): void {
    this.failed = true;
    this.wait();
  }

  /** Takes note of what the engine does: resources at work get finished first. */
  record(event: EngineEvent): void {
    const begun = event.resourcePreEvent?.metadata;
    const finished = (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
    // A component is at work until its outputs are registered, which a failed program may never do.
    if (begun && (begun.new ?? begun.old)?.custom) this.atWork.add(begun.urn);
    if (finished) this.atWork.delete(finished.urn);
    this.wait();
  }

  /** The operation has ended by itself. */
  ended(): void {
    clearTimeout(this.timer);
    this.failed = false;
  }

  private wait(): void {
    clearTimeout(this.timer);
    if (this.failed && this.atWork.size === 0) this.timer = setTimeout(this.end, this.quietMs);
  }
}
