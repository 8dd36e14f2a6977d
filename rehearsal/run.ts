import { Listr, type ListrTask } from "listr2";
import type { StepReport } from "./report.ts";
import { startLoad } from "./load/load.ts";
import { destroy } from "./scenarios/destroy.ts";
import { Context, type Findings, type Step, type Fixture } from "./scenarios/context.ts";

export interface RunArgs {
  context: Context;
  steps: readonly Step[];
  /** Gets every line that a person sees on the way, for the log file. */
  log: (line: string) => void;
}

/** Runs the steps in a row; the first that fails is the last, but for destroy, which always runs. */
export async function runSteps({ context, steps, log }: RunArgs): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  const begun = Date.now();
  const taskFor = (step: Step): ListrTask => ({
    title: step.title,
    async task(_, task) {
      context.onLine = (line) => {
        log(`${clock(begun)} ${step.name}: ${line}`);
        task.output = line;
      };
      const report = await runStep(context, step);
      reports.push(report);
      const line = summary(report);
      log(`${clock(begun)} ${step.name}: ${line}`);
      if (!report.ok) throw new Error(line);
      task.title = `${clock(begun)} ${step.title} · ${line}`;
    },
  });
  const run = (some: readonly Step[]) =>
    new Listr(some.map(taskFor), {
      renderer: process.stdout.isTTY ? "default" : "simple",
      rendererOptions: { collapseErrors: false },
    })
      .run()
      .catch(() => undefined);
  await run(steps.filter((step) => step !== destroy));
  await run(steps.filter((step) => step === destroy));
  return reports;
}

/** One step with its traffic. It ends well only when no request failed but those that it says why. */
async function runStep(context: Context, step: Step): Promise<StepReport> {
  const { name, title } = step;
  const started = Date.now();
  let begun = started;
  let findings: Findings = {};
  let error: string | undefined;
  try {
    if (step.from) await prepare(context, step.from(context));
    begun = Date.now();
    findings = await step.run(context);
  } catch (caught) {
    error = caught instanceof Error ? caught.message : String(caught);
  }
  const seconds = (Date.now() - begun) / 1000;
  // Getting there counts, too: whatever the traffic meets while a rehearsal runs is its result.
  const window = await context.load?.window(started);
  const failed = window?.failed ?? 0;
  const unexplained = failed - (findings.lostWithMachine ?? 0) - (findings.lostToCanary ?? 0);
  if (unexplained > 0) error ??= `${unexplained} requests failed, the first with: ${window?.errors[0]?.failure}`;
  return {
    name,
    title,
    ok: error === undefined,
    seconds,
    requests: window?.sent,
    failed: window && failed,
    ...findings,
    error,
  };
}

/**
 * The updates that lead from one fixture to another, `to` being the last. The program refuses to bring an image up and to send
 * traffic to it in one update, and to drop the rollback target in the update that moves traffic.
 * @param from undefined: there is no stack yet
 */
export function updatesBetween(from: Fixture | undefined, to: Fixture): Fixture[] {
  if (from !== undefined && from.activeColor !== to.activeColor) {
    const image = to.activeColor === "blue" ? "blueAmi" : "greenAmi";
    const staged = { ...from, standby: "warm", standbyWeight: 0, [image]: to[image] };
    return [staged, { ...staged, activeColor: to.activeColor }, ...updatesBetween(undefined, to)];
  }
  return to.standbyWeight ? [{ ...to, standbyWeight: 0 }, to] : [to];
}

/** Brings the stack to the settings with which a step begins, when it has others: so that each step can be run alone. */
async function prepare(context: Context, fixture: Fixture): Promise<void> {
  if (JSON.stringify(context.fixture) !== JSON.stringify(fixture)) {
    context.say("getting there");
    for (const next of updatesBetween(context.fixture, fixture)) await context.updated(next);
  }
  context.load ??= await startLoad({ url: `${(await context.urls()).main}/`, rate: context.rate });
}

function summary({ ok, error, updateSeconds, firstNew, lastOld, requests, failed, note, touched }: StepReport): string {
  if (!ok) return error ?? "failed";
  const parts = [
    updateSeconds !== undefined && `update ${updateSeconds.toFixed(1)} s`,
    touched && `${touched.length} touched`,
    firstNew !== undefined && `first new ${firstNew.toFixed(1)} s`,
    lastOld !== undefined && `last old ${lastOld.toFixed(1)} s`,
    requests !== undefined && `${requests} requests, ${failed} failed`,
    note,
  ];
  return parts.filter(Boolean).join(", ");
}

const clock = (begun: number) => `${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s`;
