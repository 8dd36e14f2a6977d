import { touchedResources, type OperationResult, type Progress } from "../../automation/protocol.ts";
import { codesIn } from "../../deployment/error-codes.ts";
import type { ReleaseSettings } from "../state/model.ts";
import { readLiveState } from "../state/read.ts";
import { CliError } from "../error.ts";
import type { Session } from "../session.ts";
import type { Teller } from "../ui.ts";

/** Options of an update. */
export interface UpdateOptions {
  /** Turns guards and gate into warnings, with this reason. */
  readonly override?: string;
  /** Lets traffic go to a revoked image, with this reason. */
  readonly revoked?: string;
}

/** Whose stack it is. */
export interface Ownership {
  /** Token of the lock: the health gate asks whether it still counts, right before it lets the listener change. */
  readonly lock: string | undefined;
  /** False when somebody has taken the stack over: the settings are theirs by then, and their update reads them. */
  readonly stillOurs: () => Promise<boolean>;
  /**
   * Keeps in the stack's table which settings are about to be written, before they are.
   * @returns their revision; undefined: the table does not answer, and a rollback does not wait for it
   */
  readonly writeDown: (settings: ReleaseSettings) => Promise<number | undefined>;
}

/**
 * Writes the settings and updates the stack. When the update fails or is cut off, the settings say again what is really
 * there. Where that can't be read they stay as they were asked for, as after a kill: traffic may have moved, and settings from
 * before it would lead the next `pulumi up` back.
 * @param from the release settings that are deployed: what is not changed stays as it is, whatever the file says
 * @returns logical names of the resources that were touched
 * @throws CliError with the engine's own reasons; "refused" when a guard or the gate said no
 */
export async function update(
  session: Session,
  from: ReleaseSettings,
  change: Partial<ReleaseSettings>,
  tell: Teller,
  { override, revoked, lock, stillOurs, writeDown }: UpdateOptions & Ownership,
): Promise<string[]> {
  const { file, runner } = session;
  const restore = async (unmoved?: ReleaseSettings): Promise<void> => {
    const there = (await deployedNow(session)) ?? unmoved;
    if (there !== undefined && (await stillOurs()))
      await file.write(there, await writeDown(there).catch(() => undefined));
  };
  const wanted = { ...from, ...change };
  const revision = await writeDown(wanted);
  await file.write(wanted, revision);
  let result: OperationResult;
  try {
    result = await runner.run("up", { override, revoked, lock, onProgress: reportProgress(tell) });
  } catch (error) {
    await restore();
    throw error;
  }
  if (result.ok) {
    // Else an older checkout would flip back what a rollback has done while the table gave no answer.
    if (revision === undefined) await file.write(wanted, await writeDown(wanted));
    return touchedResources(result);
  }
  const said = result.error ?? "no reason was given";
  const causes = codesIn(said);
  const isRefused = causes.some(({ code }) => code === "update-refused" || code === "gate-closed");
  await restore(isRefused ? from : undefined);
  throw new CliError(isRefused ? "refused" : "failed", said, causes);
}

/** The settings that lead to what is there; undefined: it can't be read. */
async function deployedNow(session: Session): Promise<ReleaseSettings | undefined> {
  try {
    return (await readLiveState(session)).world.settings.deployed;
  } catch {
    return undefined;
  }
}

/** Remarks of the program that stay true in every update: said once. */
const remarks = new Set<string>();

/** Says what the engine does, a line for each resource and for each message. */
export function reportProgress(tell: Teller): (progress: Progress) => void {
  return (progress) => {
    if (progress.kind === "diagnostic") {
      const [line = ""] = progress.message.split("\n");
      const known = progress.severity === "info" && progress.urn === undefined && remarks.has(line);
      remarks.add(line);
      if (!known) tell.now(line);
    }
    if (progress.kind === "resource" && progress.status === "started") tell.now(`${progress.op} ${progress.name}`);
  };
}
