import { other, type Color } from "../../deployment/model.ts";
import { runChecks } from "../analysis/checks.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import { imageName, type CheckResult, type ImageFacts } from "../state/model.ts";
import type { RolloutContext } from "./context.ts";
import { commandRun, RollbackRequired, urls } from "./hooks.ts";
import { rulesOf } from "./analyze.ts";
import { previewOf } from "./preview.ts";

/**
 * Tries a colour through the preview listener: the built-in checks, then the team's own. The record gets their results.
 */
export async function check(rollout: RolloutContext, color: Color, image: ImageFacts): Promise<CheckResult[]> {
  const { session, recorded } = rollout;
  const { machines } = recorded.outputs.deployed;
  const context = { stack: session.stackRef.stack, stage: "check", color, image, ...urls(rollout) } as const;
  const results = await session.ui.step("check", `Checking ${imageName(image)} on ${color}`, (tell) =>
    runChecks({
      preview: previewOf(recorded, session),
      color,
      image,
      signal: session.signal,
      healthCheckPath: machines[color].healthCheckPath,
      versionPath: machines[color].versionPath,
      // After the cut-over the old colour still runs, and what fails on both is not the release's doing.
      baselinePath: rollout.world.fleets[other(color)].healthy > 0 ? machines[other(color)].versionPath : undefined,
      checks: readProjectFile(session.stackRef.folder).checks,
      rules: rulesOf(rollout),
      run: { ...commandRun(rollout, context), onLine: (line) => tell.now(line) },
      onResult: ({ ok, name, detail }) => tell.keep(`${ok ? "ok" : "FAILED"}  ${name}: ${detail}`),
    }),
  );
  await rollout.note(...results.map((result) => ({ kind: "check" as const, check: result })));
  return results;
}

/** @throws RollbackRequired that names the checks that failed */
export function requirePassed(results: readonly CheckResult[]): void {
  const failed = results.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  if (failed.length > 0) throw new RollbackRequired(failed.join("; "));
}
