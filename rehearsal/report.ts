import Table from "cli-table3";
import type { Findings } from "./scenarios/context.ts";

/** One step as it went. */
export interface StepReport extends Findings {
  name: string;
  title: string;
  ok: boolean;
  seconds: number;
  /** Requests answered or failed while the step ran; undefined while there was no load. */
  requests?: number;
  failed?: number;
  error?: string;
}

export interface Report {
  ok: boolean;
  startedAt: string;
  seconds: number;
  node: string;
  pulumi: string;
  provider: string;
  timeScale: number;
  /** Requests a second of the load. */
  rate: number;
  steps: StepReport[];
  requests: number;
  failed: number;
  /** Failures that a machine took with it that was made to die; part of `failed`. */
  lostWithMachine: number;
  /** Failures of a bad image with its canary's share; part of `failed`, too. */
  lostToCanary: number;
}

const seconds = (value: number | undefined) => (value === undefined ? "" : value.toFixed(1));

/** The resources of a step, short enough for a table: names up to three, then their number. */
function touchedText(names: string[] | undefined): string {
  if (names === undefined) return "";
  if (names.length === 0) return "none";
  return names.length <= 3 ? names.join("\n") : `${names.length} resources`;
}

/** The table that ends a rehearsal. Columns: seconds of the step, of its update, and from the command to each colour. */
export function table(report: Report): string {
  const grid = new Table({
    head: ["step", "", "touched", "update s", "first new s", "last old s", "requests", "failed"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    colAligns: ["left", "left", "left", "right", "right", "right", "right", "right"],
  });
  for (const step of report.steps) {
    grid.push([
      step.name,
      step.ok ? "ok" : "FAILED",
      touchedText(step.touched),
      seconds(step.updateSeconds),
      seconds(step.firstNew),
      seconds(step.lastOld),
      step.requests ?? "",
      `${step.failed ?? ""}${step.lostWithMachine ? " *" : ""}${step.lostToCanary ? " **" : ""}`,
    ]);
  }
  return grid.toString();
}

/** What the table means, in a few lines. */
export function verdict({ requests, failed, lostWithMachine, lostToCanary, steps, seconds: total }: Report): string {
  const bad = steps.filter(({ ok }) => !ok);
  const lost = [lostWithMachine > 0 && `${lostWithMachine} *`, lostToCanary > 0 && `${lostToCanary} **`].filter(
    Boolean,
  );
  const beside = lost.length > 0 ? ` beside ${lost.join(" and ")}` : "";
  const lines = [
    `${requests} requests, ${failed - lostWithMachine - lostToCanary} failed${beside}; ` +
      `${steps.length - bad.length} of ${steps.length} steps as expected, ${seconds(total)} s.`,
  ];
  if (lostWithMachine > 0) {
    lines.push("* They were on the way to a machine that was made to die; no deployment can save those.");
  }
  if (lostToCanary > 0) {
    lines.push("** They were answered by a bad image itself, with the canary's share: the price of finding out.");
  }
  for (const step of bad) lines.push(`${step.name}: ${step.error}`);
  return lines.join("\n");
}
