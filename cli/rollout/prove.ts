import { askPreview, NoConnection } from "../../aws/preview.ts";
import { healthyTargetsNeeded, other, servingColor, type Color } from "../../deployment/model.ts";
import { readProjectFile } from "../analysis/project-file.ts";
import type { RollbackCheck } from "../analysis/project-schema.ts";
import { rollbackChecks, runRollbackCheck, type RollbackSide } from "../analysis/rollback-check.ts";
import { CliError } from "../error.ts";
import { imageName, type CheckResult, type LiveState } from "../state/model.ts";
import type { RolloutContext } from "./context.ts";
import { commandRun, urls } from "./hooks.ts";
import { previewOf } from "./preview.ts";

/**
 * Proves, by the team's command, that a colour and the other one read what either writes, each through the preview listener: a
 * rollback then keeps sessions and data. The record gets the results.
 * @param color with the image that is released
 * @throws CliError "usage" where the project file names no command, "refused" where a fleet is not at full size
 */
export async function prove(rollout: RolloutContext, color: Color): Promise<CheckResult[]> {
  const { session, world } = rollout;
  const { command, timeout } = requireRollbackCheck(rollout);
  requireFullSize(world);
  const old = other(color);
  const { image } = world.fleets[color];
  const title = `Proving the rollback from ${imageName(image)} on ${color} to ${imageName(world.fleets[old].image)} on ${old}`;
  const results = await session.ui.step("check", title, async (tell) => {
    const onResult = ({ ok, name, detail }: CheckResult) => tell.keep(`${ok ? "ok" : "FAILED"}  ${name}: ${detail}`);
    const unreachable = await whyUnreachable(rollout, color);
    if (unreachable !== undefined) return failedBoth(unreachable, onResult);
    return runRollbackCheck({
      command,
      timeoutSeconds: timeout,
      released: sideOf(rollout, color),
      old: sideOf(rollout, old),
      run: { cwd: session.stackRef.folder, signal: session.signal, onLine: (line) => tell.now(line) },
      onResult,
    });
  });
  await rollout.note(...results.map((result) => ({ kind: "check" as const, check: result })));
  return results;
}

/** @throws CliError "usage" */
export function requireRollbackCheck({ session }: Pick<RolloutContext, "session">): RollbackCheck {
  const { rollbackCheck } = readProjectFile(session.stackRef.folder);
  if (rollbackCheck !== undefined) return rollbackCheck;
  throw new CliError(
    "usage",
    "bluegreen.yaml names no command that could prove a rollback. Name it: rollbackCheck: { command: ./rollback-check.sh }.",
  );
}

/**
 * What is proved with a part of a fleet says nothing of the rest: the standby must be there as a cut-over needs it.
 * @throws CliError "refused"
 */
function requireFullSize({ fleets, weights, settings }: LiveState): void {
  const serving = servingColor(weights.live, settings.deployed.activeColor);
  const standby = other(serving);
  const needed = healthyTargetsNeeded(100, fleets[serving].healthy);
  const { healthy, image } = fleets[standby];
  if (healthy >= needed) return;
  throw new CliError(
    "refused",
    `${standby} (${imageName(image)}) has ${healthy} of the ${needed} healthy instances that all requests need, and a rollback is proved at full size. bluegreen status says what it lacks; a release with rollbackCheck.release: true proves it once ${standby} is whole.`,
  );
}

/** The command can tell a closed listener from a service that is broken as little as its reader can. */
async function whyUnreachable(rollout: RolloutContext, color: Color): Promise<string | undefined> {
  const { recorded, session } = rollout;
  const { versionPath } = recorded.outputs.deployed.machines[color];
  try {
    await askPreview(previewOf(recorded, session), color, versionPath, session.signal);
    return undefined;
  } catch (error) {
    session.signal.throwIfAborted();
    if (!(error instanceof NoConnection)) return undefined;
    return `the preview listener can't be reached from here (${error.message}): let this address in with previewCidrs`;
  }
}

function failedBoth(detail: string, onResult: (result: CheckResult) => void): CheckResult[] {
  const at = new Date().toISOString();
  const results = rollbackChecks.map((name) => ({ at, name, ok: false, detail }));
  results.forEach(onResult);
  return results;
}

/** The command asks one colour a run, and is told of that one alone. */
function sideOf(rollout: RolloutContext, color: Color): RollbackSide {
  const { image } = rollout.world.fleets[color];
  const { stack } = rollout.session.stackRef;
  const context = { stack, stage: "check", color, image, ...urls(rollout) } as const;
  return { name: `${imageName(image)} on ${color}`, env: commandRun(rollout, context).env };
}
