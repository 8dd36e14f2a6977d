import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import path from "node:path";

/** What a copy has of its own, because a rehearsal writes it or it belongs to the repository alone. */
const OWN = /^(\.git|\.rehearsal|\.images|Pulumi(\..+)?\.yaml|bluegreen\.yaml)$/;

/**
 * Makes a copy of the Pulumi project in which commands behave as in the repository's own folder: the settings' files are
 * copied, everything else is a link. What an earlier one left there is removed.
 */
export async function copyProject(repository: string, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  for (const name of await readdir(repository)) {
    const [from, to] = [path.join(repository, name), path.join(copy, name)];
    if (/^Pulumi(\..+)?\.yaml$/.test(name)) await cp(from, to);
    else if (!OWN.test(name)) await symlink(from, to);
  }
}
