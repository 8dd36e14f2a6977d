import path from "node:path";
import { type ChildProcess, fork } from "node:child_process";
import { isRunning } from "../tools/process.ts";
import type { FromOperation, OperationRequest, OperationResult, Progress, ToOperation } from "./protocol.ts";

/** Where an operation runs: its environment and working directory. */
export interface Place {
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** A process that has loaded what an operation needs, and waits for its request. */
export class PreparedOperation {
  private readonly child: ChildProcess;

  /** @param program module with the program */
  constructor(place: Place, program: string) {
    this.child = forkOperation(place);
    send(this.child, { kind: "prepare", program });
  }

  /** Runs the one operation that this process is for. */
  run(request: OperationRequest, onProgress?: (progress: Progress) => void): RunningOperation {
    return new RunningOperation(request, this.child, onProgress);
  }

  /** Nothing is to be run after all. */
  discard(): void {
    killGroup(this.child);
  }
}

/** An operation of the engine under way, in processes of its own. */
export class RunningOperation {
  /** Resolves with how it went, also when it failed or was killed; it never rejects. */
  readonly result: Promise<OperationResult>;
  private readonly child: ChildProcess;
  private stopped = false;

  constructor(
    request: OperationRequest,
    place: Place | ChildProcess,
    onProgress: (progress: Progress) => void = () => undefined,
  ) {
    const begun = performance.now();
    this.child = "cwd" in place ? forkOperation(place) : place;
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
    send(this.child, { kind: "run", request });
  }

  /** As Ctrl-C does: the engine lets the resources at work finish, begins no others, and fails. */
  interrupt(): void {
    send(this.child, { kind: "interrupt" });
  }

  /** As a machine that loses power does: SIGKILL to the program and to the CLI. The state stays locked: `cancel` it. */
  kill(): void {
    this.stopped = true;
    killGroup(this.child);
  }

  private lost({ operation }: OperationRequest, seconds: number, error: string): OperationResult {
    const empty = { outputs: {}, changes: [], observed: [], diagnostics: [] };
    return { operation, ok: false, interrupted: this.stopped, seconds, ...empty, error };
  }
}

/** In a group of its own: Ctrl-C in the terminal does not reach it, and a kill reaches the CLI, too. */
function forkOperation(place: Place): ChildProcess {
  return fork(path.join(import.meta.dirname, "operation.ts"), [], {
    ...place,
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && isRunning(child)) process.kill(-child.pid, "SIGKILL");
}

function send(child: ChildProcess, message: ToOperation): void {
  if (child.connected) child.send(message, () => undefined);
}
