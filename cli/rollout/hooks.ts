import { commandEnvironment, type CommandContext } from "../analysis/command.ts";
import { runHooks } from "../analysis/hooks.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import type { HookStage } from "../analysis/project-schema.ts";
import type { ImageFacts } from "../state/model.ts";
import type { Color } from "../../deployment/model.ts";
import type { RolloutContext } from "./context.ts";

/** A release can't go on: why. Whoever runs it takes it back. */
export class RollbackRequired extends Error {}

/**
 * Runs a stage between its hooks. It is written down that it has begun.
 * @throws RollbackRequired when a hook says ROLLBACK
 */
export async function runStage<T>(
  rollout: RolloutContext,
  stage: HookStage,
  image: ImageFacts,
  color: Color,
  run: () => Promise<T>,
): Promise<T> {
  await rollout.note({ kind: "stage", stage });
  await hooks(rollout, "before", stage, image, color);
  const result = await run();
  await hooks(rollout, "after", stage, image, color);
  return result;
}

async function hooks(
  rollout: RolloutContext,
  when: "before" | "after",
  stage: HookStage,
  image: ImageFacts,
  color: Color,
) {
  const { session } = rollout;
  const commands = readProjectFile(session.stackRef.folder).hooks[when][stage] ?? [];
  if (commands.length === 0) return;
  const context = { stack: session.stackRef.stack, stage, color, image, ...urls(rollout) };
  const outcome = await session.ui.step("hook", `Hooks ${when} ${stage}`, (tell) =>
    runHooks(commands, { ...commandRun(rollout, context), onLine: (line) => tell.now(line) }),
  );
  if (outcome.kind === "rollback") throw new RollbackRequired(outcome.why);
}

/** How a team's command is run: in the project's folder, with variables that tell what is released. */
export function commandRun(rollout: RolloutContext, context: CommandContext) {
  const { stackRef, signal } = rollout.session;
  const { environment } = readProjectFile(stackRef.folder);
  return { cwd: stackRef.folder, env: commandEnvironment(process.env, environment, context), signal };
}

export function urls({ recorded }: RolloutContext): { url: string; previewUrl: string } {
  const { url, previewUrl } = recorded.outputs;
  return { url, previewUrl };
}
