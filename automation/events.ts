import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { Change, Diagnostic, Progress, Severity } from "./protocol.ts";
import { observedPaths, segments, valuesAt } from "./values.ts";

/** What the engine's events of one operation add up to. */
export interface EventLog {
  readonly changes: readonly Change[];
  readonly observed: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export const emptyLog: EventLog = { changes: [], observed: [], diagnostics: [], outputs: {} };

/** Adds one event of the engine to the log; neither is changed. */
export function record(log: EventLog, event: EngineEvent): EventLog {
  // Each operation begins with one: what a preview before an update said is over by then.
  if (event.preludeEvent) return emptyLog;
  if (event.diagnosticEvent) return recordDiagnostic(log, event.diagnosticEvent);
  if (event.resourcePreEvent) return recordStep(log, event.resourcePreEvent.metadata, "started");
  if (event.resOpFailedEvent) return recordStep(log, event.resOpFailedEvent.metadata, "failed");
  if (event.resOutputsEvent) {
    const step = event.resOutputsEvent.metadata;
    const after = recordStep(log, step, "done");
    return step.type === "pulumi:pulumi:Stack" && step.new?.outputs ? { ...after, outputs: step.new.outputs } : after;
  }
  return log;
}

/** What a person who watches is told of an event; undefined for what says nothing new. */
export function progressOf(event: EngineEvent): Progress | undefined {
  const diagnostic = event.diagnosticEvent;
  if (diagnostic) {
    // The SDK's types leave out "debug".
    const message = SEVERITIES.has(diagnostic.severity) ? plain(diagnostic.message) : "";
    return message === ""
      ? undefined
      : { kind: "diagnostic", severity: diagnostic.severity, message, urn: diagnostic.urn };
  }
  const [step, status] = event.resourcePreEvent
    ? [event.resourcePreEvent.metadata, "started" as const]
    : event.resOutputsEvent
      ? [event.resOutputsEvent.metadata, "done" as const]
      : [event.resOpFailedEvent?.metadata, "failed" as const];
  if (step === undefined || UNTOUCHED.has(step.op)) return undefined;
  return { kind: "resource", status, op: step.op, type: step.type, urn: step.urn, name: nameOf(step.urn) };
}

/** A message without the engine's colour marks (`<{%reset%}>`), terminal escapes and surrounding blanks. */
export function plain(message: string): string {
  return message
    .replace(/<\{%.*?%\}>/g, "")
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, "")
    .trim();
}

/**
 * The reasons of a failure, one a line: the errors without stack traces, and without the engine's closing remark that
 * there were some.
 */
export function reasons(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.replace(/\n\s+at .*/g, ""));
  const causes = errors.filter((message) => !/^(update|preview|refresh|destroy) (failed|canceled)$/.test(message));
  return (causes.length > 0 ? causes : errors).join("\n");
}

/** What the CLI itself refused, out of what it wrote to standard error: the part from `error:` on, else all of it. */
export function refusal(stderr: string): string {
  const text = plain(stderr);
  return (/^error: ([\s\S]*)$/m.exec(text)?.[1] ?? text).trim();
}

const SEVERITIES = new Set<string>(["info", "info#err", "warning", "error"] satisfies Severity[]);

/** Steps that leave a resource as it is. `refresh` is a refresh that found no difference. */
const UNTOUCHED = new Set(["same", "read", "refresh", "remove-pending-replace"]);

function recordDiagnostic(log: EventLog, event: NonNullable<EngineEvent["diagnosticEvent"]>): EventLog {
  const message = plain(event.message);
  const worth = event.severity === "warning" || event.severity === "error";
  const known = log.diagnostics.some((seen) => seen.message === message && seen.severity === event.severity);
  if (!worth || event.ephemeral || message === "" || known) return log;
  return {
    ...log,
    diagnostics: [
      ...log.diagnostics,
      { severity: event.severity, message, urn: event.urn === "" ? undefined : event.urn },
    ],
  };
}

function recordStep(log: EventLog, step: StepEventMetadata, status: Change["status"]): EventLog {
  // Outputs are filled in only when a step is done.
  if (UNTOUCHED.has(step.op)) return status === "done" ? recordObserved(log, step) : log;
  const seen = log.changes.find((change) => change.urn === step.urn);
  const known = seen !== undefined && seen.diff.length > 0;
  const diff = known ? seen.diff : differences(step);
  const change: Change = {
    op: seen === undefined ? outcome(step.op) : together(seen.op, outcome(step.op)),
    status: seen?.status === "failed" ? "failed" : status,
    type: step.type,
    urn: step.urn,
    name: nameOf(step.urn),
    custom: (step.new ?? step.old)?.custom ?? false,
    diff,
    values: known ? seen.values : valuesAt(step, diff),
  };
  const others = log.changes.filter((other) => other !== seen);
  // A refresh tells of a step when it is done: what differs beside its inputs is told there, too.
  const after = seen === undefined && status === "done" && step.op === "update" ? recordObserved(log, step, diff) : log;
  return {
    ...after,
    changes: seen === undefined ? [...others, change] : log.changes.map((c) => (c === seen ? change : c)),
  };
}

/** @param told paths that are told as a change already */
function recordObserved(log: EventLog, step: StepEventMetadata, told: readonly string[] = []): EventLog {
  const changed = told.map((path) => segments(path)[0]);
  const diff = observedPaths(step).filter((name) => !changed.includes(name));
  if (diff.length === 0) return log;
  const { type, urn } = step;
  const values = valuesAt(step, diff);
  const change: Change = { op: "same", status: "done", type, urn, name: nameOf(urn), custom: true, diff, values };
  return { ...log, observed: [...log.observed, change] };
}

/** A delete that belongs to no replacement of this operation is a left-over of an earlier one. */
function outcome(op: string): Change["op"] {
  if (op === "create-replacement" || op === "replace" || op === "read-replacement" || op === "import-replacement")
    return "replace";
  return op === "delete-replaced" || op === "discard-replaced" || op === "discard" ? "delete" : op;
}

function together(earlier: Change["op"], later: Change["op"]): Change["op"] {
  return earlier === "replace" || later === "replace" ? "replace" : later;
}

function differences(step: StepEventMetadata): string[] {
  return [...new Set(step.detailedDiff ? Object.keys(step.detailedDiff) : (step.diffs ?? step.keys ?? []))].sort();
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
