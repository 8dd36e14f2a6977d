import { cp, mkdir, readdir, rm, symlink } from "node:fs/promises";
import path from "node:path";

/** The settings' files, which a rehearsal writes. */
const SETTINGS = /^Pulumi(\..+)?\.yaml$/;
/** What a copy goes without: a rehearsal has its own, or it belongs to the repository alone. */
const LEFT_OUT = new Set([".git", ".rehearsal", ".images", "bluegreen.yaml"]);

/**
 * Makes a copy of the Pulumi project in which commands behave as in the repository's own folder: the settings' files are
 * copied, everything else is a link. What an earlier one left there is removed.
 */
export async function copyProject(repository: string, copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { recursive: true });
  for (const name of await readdir(repository)) {
    const [from, to] = [path.join(repository, name), path.join(copy, name)];
    if (SETTINGS.test(name)) await cp(from, to);
    else if (!LEFT_OUT.has(name)) await symlink(from, to);
  }
}
