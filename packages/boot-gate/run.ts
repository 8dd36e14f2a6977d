import { answerHook, type AnswerParts } from "./answer.ts";
import { answerSeconds, decide, type Verdict } from "./gate.ts";
import type { Observed } from "./observe.ts";
import type { SpecResult } from "./report.ts";

/** One line of the report. */
export type Line = {
  event: "start" | "spec" | "failure" | "verdict" | "timeline" | "failed-unit" | "retry" | "answer" | "stopped";
} & Record<string, string | number | boolean>;

/** What the gate is given: its calls to the outside, each replaced in tests. */
export interface GateParts extends Omit<AnswerParts, "retrying"> {
  /** `left`: milliseconds until the deadline. */
  runSpec: (signal: AbortSignal, left: number) => Promise<SpecResult>;
  observe: (signal: AbortSignal) => Promise<Observed>;
  log: (line: Line) => void;
}

/** Milliseconds of the shortest and of the longest pause between two runs of the spec. */
const [shortest, longest] = [1_000, 5_000];

/**
 * Milliseconds until the spec is run again: soon at first, for a service needs a moment to start; seldom later, so that
 * the looking leaves a small instance its processor.
 */
export function pauseAfter(run: number): number {
  return Math.min(shortest * 2 ** (run - 1), longest);
}

/**
 * The whole gate: the spec until it passes or `deadline` (seconds) is over, then the answer. Gives the process's exit
 * code: 0 when the instance has passed and nothing waits for an answer any more, else 1.
 */
export async function runGate(parts: GateParts, deadline: number, signal: AbortSignal): Promise<0 | 1> {
  const { clock, log } = parts;
  const end = clock.now() + deadline * 1_000;
  log({ event: "start", deadline });
  try {
    const verdict = await judge(parts, end, signal);
    log({ event: "verdict", ...verdict });
    await tell(parts, signal);
    const retrying = (why: string) => log({ event: "retry", why });
    const outcome = await answerHook({ ...parts, retrying }, verdict, end + answerSeconds * 1_000, signal);
    if (outcome.kind === "answered") log({ event: "answer", ...outcome.answer });
    else log({ event: "answer", result: outcome.kind, why: outcome.why });
    return verdict.passed && outcome.kind !== "failed" ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    log({ event: "stopped", why: "the gate was told to end before it had answered" });
    return 1;
  }
}

/** Tells how the boot went, whatever the verdict. Nothing depends on it: what can't be told is told as that. */
async function tell({ observe, log }: GateParts, signal: AbortSignal): Promise<void> {
  try {
    const { timeline, failedUnits } = await observe(signal);
    log({ event: "timeline", ...timeline });
    for (const unit of failedUnits) log({ event: "failed-unit", unit });
  } catch (error) {
    signal.throwIfAborted();
    log({ event: "timeline", why: (error as Error).message });
  }
}

async function judge({ runSpec, clock, log }: GateParts, end: number, signal: AbortSignal): Promise<Verdict> {
  let told = "";
  for (let run = 1; ; run++) {
    const begun = clock.now();
    const result = await runSpec(signal, Math.max(end - begun, shortest));
    // What has been said is not said again: a console keeps little.
    const said = JSON.stringify(result);
    if (said !== told) report(log, run, (clock.now() - begun) / 1_000, result);
    told = said;
    const left = end - clock.now();
    const verdict = decide(result, left < shortest);
    if (verdict !== "again") return verdict;
    // The last look is just before the time is over.
    await clock.pause(Math.max(Math.min(pauseAfter(run), left - shortest), shortest), signal);
  }
}

function report(log: GateParts["log"], run: number, took: number, result: SpecResult): void {
  const seconds = Number(took.toFixed(2));
  switch (result.kind) {
    case "passed":
      return log({ event: "spec", run, result: "passed", tests: result.tests, skipped: result.skipped, seconds });
    case "failed": {
      const { tests, failures } = result;
      log({ event: "spec", run, result: "failed", tests, failed: failures.length, seconds });
      return failures.forEach((test) => log({ event: "failure", run, test }));
    }
    case "broken":
      return log({ event: "spec", run, result: "broken", why: result.reason, seconds });
  }
}
