import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { touchedResources } from "../../automation/protocol.ts";
import { codesIn } from "../../deployment/error-codes.ts";
import { reportProgress } from "../rollout/update.ts";
import type { Session } from "../session.ts";
import { SettingsFile } from "../settings-file.ts";
import type { ReleaseSettings } from "../state/model.ts";
import { lastRevision } from "../store/revision.ts";
import type { Teller } from "../ui.ts";
import type { Objection } from "./objections.ts";

/** What the engine foresees of an update. */
export interface Previewed {
  /** Logical names of the resources that it would touch; undefined: it is refused before. */
  readonly touched?: readonly string[];
  /** What guards and gate would refuse as things stand. */
  readonly against: readonly Objection[];
}

/**
 * Previews an update with other release settings: `pulumi preview` locks no state, and takes them from a copy of the stack's
 * file, so nothing is changed anywhere.
 */
export async function previewUpdate(
  session: Session,
  table: string,
  settings: ReleaseSettings,
  tell: Teller,
): Promise<Previewed> {
  const { environment, project, file, clients, runner } = session;
  const folder = await mkdtemp(path.join(tmpdir(), "bluegreen-plan-"));
  try {
    const copy = new SettingsFile(folder, environment, project);
    await copyFile(file.path, copy.path);
    // As the release itself would write them: after the last command's.
    const last = await lastRevision(clients.dynamodb, table);
    await copy.write(settings, last?.revision);
    const result = await runner.run("preview", { configFile: copy.path, onProgress: reportProgress(tell) });
    const warnings = result.diagnostics.filter(
      ({ severity, message }) => severity === "warning" && codesIn(message).length > 0,
    );
    const said = result.ok ? warnings.map(({ message }) => message) : [result.error ?? "no reason was given"];
    const against = said.map((why) => ({ by: "guards and gate", why: why.replace(/\s*\n\s*/g, " ") }));
    return { touched: result.ok ? touchedResources(result) : undefined, against };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
