import { execFileSync } from "node:child_process";
import path from "node:path";
import type { Figure } from "./figure.ts";

/** Pairs of runs; the median of their ratios is quoted, so that a machine whose speed drifts does no harm. */
const pairs = 7;

/** The program's evaluation over the bare import of the SDKs that it uses, each a process of its own, in turn. */
export function evaluation(say: (line: string) => void): Figure[] {
  say(`evaluating the program against mocks, ${pairs} times beside the bare import`);
  const ratios = Array.from({ length: pairs }, () => run("program") / run("import")).sort((a, b) => a - b);
  const ratio = ratios[(pairs - 1) / 2];
  return [
    {
      name: "program's evaluation over the bare import of its SDKs (CPU time, median of pairs)",
      value: ratio.toFixed(2),
      limit: "1.30",
      ok: ratio <= 1.3,
    },
  ];
}

/** Seconds of CPU time of one process, started as `pulumi up` starts the program (Pulumi.yaml, nodeargs). */
function run(what: "program" | "import"): number {
  const script = path.join(import.meta.dirname, "evaluate.ts");
  const preload = path.join(import.meta.dirname, "../../tools/preload.cjs");
  const output = execFileSync(process.execPath, ["--require", preload, script, what], {
    cwd: path.join(import.meta.dirname, "../.."),
  });
  return Number(output.toString().trim().split("\n").pop());
}
