import { existsSync } from "node:fs";
import path from "node:path";
import { PreparedOperation } from "../engine/running.ts";
import { pulumi, type StackPlace } from "./pulumi.ts";

/** The program that the operations run: this package's own. */
export const program = path.resolve(import.meta.dirname, "..", "index.ts");

/** What takes longest of a command, begun before the command's own code is even loaded: a way back is in a hurry. */
export interface HeadStart {
  /** What `pulumi stack export` prints. */
  readonly exported?: Promise<string>;
  /** A process that loads what the first operation needs. */
  readonly prepared?: PreparedOperation;
}

/**
 * Begins to read the state, and to load the engine's operation.
 * @param changes whether the command will run an operation
 */
export function headStart(cwd: string, stack: string | undefined, changes: boolean): HeadStart {
  const folder = path.resolve(cwd);
  // Whatever is wrong here is told by the session, which looks at it with care.
  if (!existsSync(path.join(folder, "Pulumi.yaml"))) return {};
  const exported = stack === undefined ? undefined : exportState({ folder, stack });
  exported?.catch(() => undefined);
  return {
    exported,
    prepared: changes ? new PreparedOperation({ env: process.env, cwd: folder }, program) : undefined,
  };
}

export const exportState = (place: StackPlace): Promise<string> => pulumi(place, ["stack", "export"]);
