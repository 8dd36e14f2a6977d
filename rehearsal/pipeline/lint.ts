import path from "node:path";
import { findLinters } from "../../tools/linters.ts";
import { findPipelineLinters } from "../../tools/pipelines.ts";
import { run } from "../../tools/run.ts";

/**
 * Judges the workflows below a folder with actionlint (and shellcheck on their scripts), zizmor and yamllint.
 * @param folder with .github/
 * @returns what each has found, by its name; none: nothing
 */
export async function lintPipelines(
  folder: string,
  progress: (message: string) => void,
): Promise<Record<string, string>> {
  const { actionlint, zizmor, python } = await findPipelineLinters(progress);
  const { shellcheck } = await findLinters(progress);
  const config = path.resolve(import.meta.dirname, "../../.github");
  const checks: Record<string, [string, ...string[]]> = {
    actionlint: [actionlint, "-no-color", "-shellcheck", shellcheck, "-pyflakes", ""],
    zizmor: [
      zizmor,
      "--offline",
      "--no-progress",
      "--quiet",
      "--color",
      "never",
      "--config",
      `${config}/zizmor.yml`,
      ".github",
    ],
    yamllint: [python, "-m", "yamllint", "--strict", "--config-file", `${config}/yamllint.yml`, ".github"],
  };
  const found: Record<string, string> = {};
  for (const [name, [program, ...args]] of Object.entries(checks)) {
    await run(program, args, { cwd: folder }).catch((error: unknown) => {
      found[name] = error instanceof Error ? error.message : String(error);
    });
  }
  return found;
}
