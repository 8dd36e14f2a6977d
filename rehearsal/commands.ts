import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Session } from "./session.ts";

/** The command line of this repository, for node. */
export const entry = path.resolve(import.meta.dirname, "..", "cli", "bin.js");

/**
 * The environment in which `bluegreen` works on a session's stack, with the command itself on PATH: it knows nothing of the
 * rehearsal, only where its project, its AWS and its pulumi are.
 * @param folder where the command is put
 */
export async function commandEnvironment(session: Session, folder: string): Promise<NodeJS.ProcessEnv> {
  const bin = path.join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const command = path.join(bin, "bluegreen");
  await writeFile(command, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(entry)} "$@"\n`);
  await chmod(command, 0o755);
  const { stack } = session;
  const env = stack.environment();
  const found = path.isAbsolute(session.pulumiCommand) ? [path.dirname(session.pulumiCommand)] : [];
  return {
    ...env,
    PATH: [bin, ...found, env.PATH].join(path.delimiter),
    BLUEGREEN_CWD: stack.place.folder,
    BLUEGREEN_STACK: stack.place.stack,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
