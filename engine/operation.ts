import { type EngineEvent, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { endWithParent } from "../tools/process.ts";
import { emptyLog, type EventLog, progressOf, reasons, record, refusal } from "./events.ts";
import { FailedProgram } from "./failed-program.ts";
import type { FromOperation, OperationName, OperationRequest, OperationResult, ToOperation } from "./protocol.ts";
import { Program } from "./program.ts";
import { openStack } from "./workspace.ts";

// The process of one operation of the engine. It is a process of its own, as a user's `pulumi up` is: the program and the
// SDK are loaded afresh, and it can be interrupted or killed.

// The SDK takes a stack trace for every promise, and mapping each to its TypeScript source takes longer than the program.
Reflect.deleteProperty(Error, "prepareStackTrace");

const interruption = new AbortController();
/** Whether the parent asked for the interruption. */
let asked = false;
const failedProgram = new FailedProgram(() => interruption.abort());

process.on("message", (message: ToOperation) => {
  if (message.kind === "interrupt") {
    asked = true;
    interruption.abort();
  }
  if (message.kind === "prepare") void prepare(message.program);
  if (message.kind === "run")
    void run(message.request).then(finish, (error: unknown) => finish(failure(message.request, error)));
});

// The process leads a group of its own, with the CLI in it: whatever happens to the parent, none of them stays behind.
endWithParent(() => void process.kill(-process.pid, "SIGKILL"));

/** The CLI on PATH, looked for while this process is prepared. */
let onPath: Promise<PulumiCommand> | undefined;

/** Loads the SDKs and the program, while whoever will ask for the operation still looks at the world. */
async function prepare(program: string): Promise<void> {
  onPath = PulumiCommand.get();
  onPath.catch(() => undefined);
  await import("@pulumi/aws");
  new Program(program, () => undefined).preload();
}

async function run(request: OperationRequest): Promise<OperationResult> {
  const command = request.pulumiRoot === undefined && onPath ? onPath : PulumiCommand.get({ root: request.pulumiRoot });
  command.catch(() => undefined);
  const { workDir, stackName, stateFile, operation } = request;
  const program =
    operation === "up" || operation === "preview"
      ? new Program(request.program, () => failedProgram.fail())
      : undefined;
  if (program) await import("@pulumi/aws");
  const options = { workDir, pulumiCommand: await command, program: program?.run ?? (() => Promise.resolve()) };
  const opened = await openStack(stackName, stateFile, options, () => program?.preload());
  if (operation === "outputs") return result(operation, { ...emptyLog, outputs: await opened.outputs() }, undefined);

  let log: EventLog = emptyLog;
  const onEvent = (event: EngineEvent): void => {
    log = record(log, event);
    failedProgram.record(event);
    const progress = progressOf(event);
    if (progress) send({ kind: "progress", progress });
  };
  if (operation === "up" && request.options.preview) {
    const preview = await attempt(() => opened.stack.preview({ onEvent, signal: interruption.signal }));
    if (preview !== undefined) return result(operation, log, preview);
    log = emptyLog;
  }
  const failed = await attempt(() => operate(opened.stack, request, onEvent));
  failedProgram.ended();
  return result(operation, log, failed);
}

function operate(stack: Stack, { operation, options }: OperationRequest, onEvent: (event: EngineEvent) => void) {
  const common = { onEvent, signal: interruption.signal, color: "never" as const };
  switch (operation) {
    case "up":
      return stack.up({ ...common, refresh: options.refresh });
    case "preview":
      return stack.preview({ ...common, refresh: options.refresh });
    case "refresh":
      return options.previewOnly
        ? stack.previewRefresh(common)
        : stack.refresh({ ...common, clearPendingCreates: options.clearPendingCreates });
    case "destroy":
      return stack.destroy({ ...common, refresh: options.refresh });
    case "cancel":
      return stack.cancel();
    case "outputs":
      return Promise.resolve();
  }
}

/** What the action failed with; undefined when it succeeded. */
async function attempt(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return refusal(error instanceof Error ? error.message : String(error));
  }
}

function result(operation: OperationName, log: EventLog, failed: string | undefined): OperationResult {
  const ok = failed === undefined;
  const done = { operation, ok, interrupted: !ok && asked, seconds: 0, ...log };
  return ok ? done : { ...done, error: reasons(log.diagnostics) || failed };
}

function failure(request: OperationRequest, error: unknown): OperationResult {
  return result(request.operation, emptyLog, refusal(error instanceof Error ? error.message : String(error)));
}

function send(message: FromOperation): void {
  if (process.connected) process.send?.(message);
}

function finish(result: OperationResult): void {
  process.send?.({ kind: "result", result } satisfies FromOperation, () => process.exit(0));
}
