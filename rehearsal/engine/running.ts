import path from "node:path";
import { type ChildProcess } from "node:child_process";
import { forkTypeScript, isRunning } from "../../tools/process";
import type { FromOperation, OperationRequest, OperationResult, Progress, ToOperation } from "./protocol";

/** An operation of the engine under way, in processes of its own. */
export class RunningOperation {
  /** Resolves with how it went, also when it failed or was killed; it never rejects. */
  readonly result: Promise<OperationResult>;
  private readonly child: ChildProcess;
  private stopped = false;

  constructor(
    request: OperationRequest,
    place: { env: NodeJS.ProcessEnv; cwd: string },
    onProgress: (progress: Progress) => void = () => undefined,
  ) {
    const begun = performance.now();
    // A group of its own: Ctrl-C in the rehearsal's terminal does not reach it, and `kill` reaches the CLI, too.
    this.child = forkTypeScript(path.join(__dirname, "operation.ts"), [], {
      ...place,
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.result = new Promise((resolve) => {
      let answer: OperationResult | undefined;
      let complaint = "";
      this.child.stderr?.on("data", (text: Buffer) => (complaint = (complaint + text.toString()).slice(-4000)));
      this.child.on("message", (message: FromOperation) => {
        if (message.kind === "progress") onProgress(message.progress);
        else answer = message.result;
      });
      const settle = (end: string): void => {
        const seconds = (performance.now() - begun) / 1000;
        const lost = `the operation's process ended without a result (${end})${complaint && `:\n${complaint.trim()}`}`;
        resolve(answer === undefined ? this.lost(request, seconds, lost) : { ...answer, seconds });
      };
      this.child.on("error", (error) => settle(error.message));
      this.child.on("close", (code, signal) => settle(signal ?? `exit code ${code}`));
    });
    this.send({ kind: "run", request });
  }

  /** As Ctrl-C does: the engine lets the resources at work finish, begins no others, and fails. */
  interrupt(): void {
    this.send({ kind: "interrupt" });
  }

  /** As a machine that loses power does: SIGKILL to the program and to the CLI. The state stays locked: `cancel` it. */
  kill(): void {
    this.stopped = true;
    if (this.child.pid !== undefined && isRunning(this.child)) process.kill(-this.child.pid, "SIGKILL");
  }

  private send(message: ToOperation): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private lost({ operation }: OperationRequest, seconds: number, error: string): OperationResult {
    const empty = { outputs: {}, changes: [], diagnostics: [] };
    return { operation, ok: false, interrupted: this.stopped, seconds, ...empty, error };
  }
}
